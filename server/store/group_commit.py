"""Many calls want something on disk: one of them writes it for all that wait, with one flush."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from time import monotonic
from typing import Final, Generic, TypeVar

__all__ = ["MOST_AT_ONCE", "PATIENCE_SECONDS", "GroupCommit", "WaitedTooLongError", "Waiting"]

PATIENCE_SECONDS: Final = 0.003
"""How long the first of a group waits for others at most."""

MOST_AT_ONCE: Final = 256
"""Entries of one commit."""

_T = TypeVar("_T")


class WaitedTooLongError(Exception):
    """The entry was not written in time; it may be written yet."""


class Waiting(Generic[_T]):
    """An entry that waits to be written.

    Attributes:
        entry: the entry.
        error: what is raised to the one that waits; None where it was written.
        fresh: whether it was written; False where one of the same key is there already.
        leads: whether the one that waits is to write the next group.
    """

    __slots__ = ("entry", "error", "fresh", "leads", "since", "wake")

    def __init__(self, entry: _T) -> None:
        self.entry = entry
        self.error: Exception | None = None
        self.fresh = True
        self.leads = False
        self.since = monotonic()
        self.wake = Lock()
        self.wake.acquire()


class GroupCommit(Generic[_T]):
    """Has entries written in groups, one group at a time.

    A group is written as soon as every call in flight waits, else when the first has waited for `PATIENCE_SECONDS`. The
    call that completes it writes it, or the first when it has waited long enough: a thread that only writes would have
    to be woken for each group, which costs a call alone as much as the writing.

    Args:
        write: writes a group, and says in each of it what became of it. Raises nothing.
        in_flight: how many calls are being answered now, those that wait here among them.
    """

    def __init__(self, write: Callable[[Sequence[Waiting[_T]]], None], in_flight: Callable[[], int]) -> None:
        self._write = write
        self._in_flight = in_flight
        self._waiting: list[Waiting[_T]] = []
        self._writing = False
        self._lock = Lock()

    def submit(self, entry: _T, seconds: float) -> bool:
        """Waits until the entry is on disk; False where one of the same key was there already.

        Raises:
            WaitedTooLongError: when it took longer than `seconds`.
            Exception: what became of it, as the writer says.
        """
        mine = Waiting(entry)
        with self._lock:
            self._waiting.append(mine)
            first = len(self._waiting) == 1
            mine.leads = not self._writing and self._complete()
            self._writing |= mine.leads
        if not mine.leads:
            self._wait(mine, seconds, first=first)
        if mine.leads:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return mine.fresh

    def _wait(self, mine: Waiting[_T], seconds: float, *, first: bool) -> None:
        """Returns when the entry has been written, or whoever waits for it is to write the next group."""
        until = mine.since + seconds
        if first and not mine.wake.acquire(timeout=min(PATIENCE_SECONDS, seconds)):
            with self._lock:
                if not self._writing and mine in self._waiting:
                    mine.leads = self._writing = True
                    return
        elif first:
            return
        if mine.wake.acquire(timeout=max(until - monotonic(), 0)):
            return
        with self._lock:
            if mine.leads:
                return  # it was told so this moment, and the others rely on it
            if mine in self._waiting:
                self._waiting.remove(mine)
            if self._waiting and not self._writing:
                self._hand_over()  # it may have been the first, whose patience the others rely on
        raise WaitedTooLongError

    def _lead(self) -> None:
        """Writes the group that waits, wakes its calls, and has another write the next if that is due."""
        with self._lock:
            group = self._waiting[:MOST_AT_ONCE]
            del self._waiting[:MOST_AT_ONCE]
        self._write(group)
        with self._lock:
            self._writing = False
            # who was left over has nobody before it whose patience ends
            if self._waiting and (len(group) == MOST_AT_ONCE or self._complete() or self._overdue()):
                self._hand_over()
        for waiting in group:
            if not waiting.leads:
                waiting.wake.release()

    def _hand_over(self) -> None:
        """Has the call that waits longest write the next group."""
        self._writing = self._waiting[0].leads = True
        self._waiting[0].wake.release()

    def _complete(self) -> bool:
        """Whether every call in flight waits."""
        return len(self._waiting) >= min(self._in_flight(), MOST_AT_ONCE)

    def _overdue(self) -> bool:
        return monotonic() - self._waiting[0].since >= PATIENCE_SECONDS
