"""One flush for all that wait."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest

from server.store.group_commit import MOST_AT_ONCE, PATIENCE_SECONDS, GroupCommit, WaitedTooLongError, Waiting


class Groups:
    def __init__(self, in_flight: int) -> None:
        self.written: list[list[int]] = []
        self.in_flight = in_flight
        self.go_on = Event()
        self.go_on.set()
        self.commits: GroupCommit[int] = GroupCommit(self._write, lambda: self.in_flight)

    def _write(self, group: Sequence[Waiting[int]]) -> None:
        assert self.go_on.wait(20)
        self.written.append(sorted(waiting.entry for waiting in group))
        for waiting in group:
            waiting.fresh = waiting.entry % 2 == 0


def test_a_group_is_written_as_soon_as_every_call_waits() -> None:
    groups = Groups(8)
    with ThreadPoolExecutor(8) as threads:
        for _ in range(20):
            began = monotonic()
            fresh = list(threads.map(lambda number: groups.commits.submit(number, 20), range(8)))
            assert fresh == [number % 2 == 0 for number in range(8)]
            if monotonic() - began < PATIENCE_SECONDS:
                break
        else:
            pytest.fail("none of the groups was written before the patience was over")
    assert [0, 1, 2, 3, 4, 5, 6, 7] in groups.written


def test_a_call_alone_is_not_made_to_wait_for_others_for_long() -> None:
    groups = Groups(100)
    began = monotonic()
    assert groups.commits.submit(2, 20)
    assert monotonic() - began >= PATIENCE_SECONDS
    assert groups.written == [[2]]


def test_what_comes_while_a_group_is_written_goes_with_the_next() -> None:
    groups = Groups(1)
    groups.go_on.clear()
    many = 2 * MOST_AT_ONCE + 10
    with ThreadPoolExecutor(many) as threads:
        done = [threads.submit(groups.commits.submit, number, 30) for number in range(many)]
        while len(groups.commits._waiting) < many - 1 - MOST_AT_ONCE:
            pass
        groups.go_on.set()
        assert sum(one.result() for one in done) == many / 2
    assert sorted(number for group in groups.written for number in group) == list(range(many))
    assert len(groups.written) < 10
    assert max(map(len, groups.written)) <= MOST_AT_ONCE


def test_who_gives_up_before_it_is_written_is_not_written() -> None:
    groups = Groups(1)
    groups.go_on.clear()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(groups.commits.submit, 2, 20)
        while not groups.commits._writing:
            pass
        with pytest.raises(WaitedTooLongError):
            groups.commits.submit(4, 0.01)
        groups.go_on.set()
        assert first.result()
    assert groups.commits.submit(6, 20)
    assert groups.written == [[2], [6]]


def test_what_the_writer_raises_reaches_who_waits() -> None:
    def fails(group: Sequence[Waiting[int]]) -> None:
        for waiting in group:
            waiting.error = ValueError("disk")

    commits: GroupCommit[int] = GroupCommit(fails, lambda: 1)
    with pytest.raises(ValueError, match="disk"):
        commits.submit(1, 20)


def test_those_who_are_left_over_are_written_too() -> None:
    groups = Groups(1)
    groups.go_on.clear()
    many = MOST_AT_ONCE + 11
    with ThreadPoolExecutor(many) as threads:
        first = threads.submit(groups.commits.submit, 0, 20)
        while not groups.commits._writing:
            pass
        groups.in_flight = 10 * many
        done = [threads.submit(groups.commits.submit, number, 5) for number in range(1, many)]
        while len(groups.commits._waiting) < many - 1:
            pass
        groups.go_on.set()
        assert sum(one.result() for one in (first, *done)) == (many + 1) // 2
    assert sorted(map(len, groups.written)) == [1, 10, MOST_AT_ONCE]


def test_when_the_first_gives_up_the_others_are_written() -> None:
    groups = Groups(100)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(groups.commits.submit, 2, PATIENCE_SECONDS / 3)
        second = threads.submit(groups.commits.submit, 4, 5)
        assert second.result()
        assert isinstance(first.exception(), WaitedTooLongError) or first.result()
