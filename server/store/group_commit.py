"""One thread writes what many calls want to have on disk: one flush for all that wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Final, Generic, TypeVar

__all__ = ["PATIENCE_SECONDS", "GroupCommit", "WaitedTooLongError", "Waiting"]

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
        error: what the writer raises to the one that waits; None where it was written.
        fresh: whether it was written; False where one of the same key is there already.
        given_up: whether nobody waits any more.
    """

    __slots__ = ("done", "entry", "error", "fresh", "given_up")

    def __init__(self, entry: _T) -> None:
        self.entry = entry
        self.error: Exception | None = None
        self.fresh = True
        self.given_up = False
        self.done = Lock()
        self.done.acquire()


class GroupCommit(Generic[_T]):
    """Hands entries to `write` in groups, from one thread.

    A group is written as soon as every call in flight waits, else when the first has waited for `PATIENCE_SECONDS`.

    Args:
        write: writes a group, and says in each of it what became of it.
        in_flight: how many calls are being answered now, those that wait here among them.
    """

    def __init__(self, write: Callable[[Sequence[Waiting[_T]]], None], in_flight: Callable[[], int]) -> None:
        self._write = write
        self._in_flight = in_flight
        self._waiting: list[Waiting[_T]] = []
        self._changed = Condition(Lock())
        self._closed = False
        self._thread = Thread(target=self._loop, name="decision-log", daemon=True)
        self._thread.start()

    def submit(self, entry: _T, seconds: float) -> bool:
        """Waits until the entry is on disk; False where one of the same key was there already.

        Raises:
            WaitedTooLongError: when it took longer than `seconds`, or the log is closed.
            Exception: what the writer says.
        """
        waiting = Waiting(entry)
        with self._changed:
            if self._closed:
                raise WaitedTooLongError
            self._waiting.append(waiting)
            count = len(self._waiting)
            # the thread is woken for the first of a group and for the last, not for each
            if count == 1 or count >= min(self._in_flight(), MOST_AT_ONCE):
                self._changed.notify()
        if not waiting.done.acquire(timeout=seconds):
            waiting.given_up = True
            raise WaitedTooLongError
        if waiting.error is not None:
            raise waiting.error
        return waiting.fresh

    def close(self) -> None:
        """Writes what waits, and ends the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _loop(self) -> None:
        while group := self._next():
            try:
                self._write(group)
            finally:
                for waiting in group:
                    waiting.done.release()
                del group

    def _next(self) -> list[Waiting[_T]]:
        """The next group; empty when the log is closed and nothing waits."""
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                until = monotonic() + PATIENCE_SECONDS
                while not self._closed and len(self._waiting) < min(self._in_flight(), MOST_AT_ONCE):
                    if (left := until - monotonic()) <= 0:
                        break
                    self._changed.wait(left)
                group = [one for one in self._waiting[:MOST_AT_ONCE] if not one.given_up]
                del self._waiting[:MOST_AT_ONCE]
                if group or (self._closed and not self._waiting):
                    return group
