"""Which worker stays on which core, and what is left for rosters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.config import SettingsError
from server.cores import share_out


def test_workers_take_the_last_cores_and_rosters_the_others() -> None:
    cores = share_out({0, 1, 2, 3}, 2, "auto", 1)
    assert cores.of_workers == (2, 3)
    assert cores.rosters == {0, 1}
    assert not cores.crowded


def test_rosters_may_use_all_where_too_few_are_left() -> None:
    assert share_out({0, 1}, 1, "auto", 2).rosters == {0, 1}
    assert share_out({0, 1}, 2, "auto", 1).rosters == {0, 1}


def test_more_workers_than_cores_share_them() -> None:
    cores = share_out({4, 7}, 3, "auto", 1)
    assert cores.of_workers == (4, 7, 4)
    assert cores.crowded


def test_one_worker_may_be_told_its_core() -> None:
    assert share_out({0, 1, 2}, 1, 0, 2).of_workers == (0,)
    assert share_out({0, 1, 2}, 1, 0, 2).rosters == {1, 2}


@pytest.mark.parametrize(("workers", "core", "said"), [(2, 1, "there are 2 workers"), (1, 9, "may use only 0, 1")])
def test_a_core_that_cannot_be_had(workers: int, core: int, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        share_out({0, 1}, workers, core, 1)


@given(
    allowed=st.frozensets(st.integers(0, 31), min_size=1),
    workers=st.integers(1, 40),
    pinned=st.booleans(),
    threads=st.integers(1, 8),
)
def test_nobody_gets_a_core_that_may_not_be_used(
    allowed: frozenset[int], workers: int, pinned: bool, threads: int
) -> None:
    cores = share_out(allowed, workers, "auto" if pinned else "off", threads)
    assert len(cores.of_workers) == workers
    assert cores.rosters
    assert cores.rosters <= allowed
    assert {core for core in cores.of_workers if core is not None} <= allowed
    assert cores.crowded == (workers > len(allowed))
    if pinned and not cores.crowded:
        assert len(set(cores.of_workers)) == workers
