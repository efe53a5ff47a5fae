"""Pools know how many calls they hold."""

from __future__ import annotations

import threading

import pytest

from server.pools import Pool


def test_a_pool_is_full_when_it_holds_what_it_can() -> None:
    pool = Pool("test", 1, 2)
    go_on = threading.Event()
    done: list[int] = []

    def work(number: int) -> None:
        go_on.wait(30)
        done.append(number)

    for number in range(2):
        pool.submit(work, number)
    assert (pool.held, pool.full) == (2, True), "those that wait for a thread count too"
    go_on.set()
    pool.shutdown()
    assert (pool.held, pool.full, done) == (0, False, [0, 1])


def test_threads_are_started_as_they_are_needed() -> None:
    pool = Pool("test", 3, 10)
    go_on, working = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        working.release()
        go_on.wait(30)

    for _ in range(2):
        pool.submit(work)
        assert working.acquire(timeout=30)
    assert len([thread for thread in threading.enumerate() if thread.name.startswith("test_")]) == 2
    for _ in range(3):
        pool.submit(work)
    assert working.acquire(timeout=30)
    assert not working.acquire(timeout=0.05), "two wait for a thread"
    go_on.set()
    pool.shutdown()
    assert pool.held == 0


def test_what_fails_is_not_held_and_its_thread_goes_on() -> None:
    pool = Pool("test", 1, 2)
    done = threading.Event()
    pool.submit(lambda: 1 // 0)
    pool.submit(done.set)
    assert done.wait(30)
    pool.shutdown()
    with pytest.raises(RuntimeError):
        pool.submit(print)
    assert pool.held == 0
