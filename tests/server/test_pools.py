"""Pools know how many calls they hold."""

from __future__ import annotations

import threading

import pytest

from server.pools import Pool


def test_a_pool_is_full_when_it_holds_what_it_can() -> None:
    pool = Pool("test", 1, 2)
    go_on = threading.Event()
    futures = [pool.submit(go_on.wait, 30) for _ in range(2)]
    assert (pool.held, pool.full) == (2, True), "those that wait for a thread count too"
    go_on.set()
    assert [future.result() for future in futures] == [True, True]
    pool.shutdown()
    assert (pool.held, pool.full) == (0, False)


def test_what_fails_is_not_held() -> None:
    pool = Pool("test", 1, 2)
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 // 0).result()
    pool.shutdown()
    with pytest.raises(RuntimeError):
        pool.submit(print)
    assert pool.held == 0
