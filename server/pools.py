"""Pools of threads that know how many calls they hold, so that one call too many is refused and not queued."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, ParamSpec, TypeVar

__all__ = ["Pool"]

P = ParamSpec("P")
T = TypeVar("T")


class Pool(ThreadPoolExecutor):
    """Threads that are started as they are needed.

    Attributes:
        capacity: calls that it takes at a time, those that wait for a thread too.
        held: calls that it holds now.
    """

    def __init__(self, name: str, threads: int, capacity: int) -> None:
        super().__init__(threads, thread_name_prefix=name)
        self.capacity = capacity
        self.held = 0
        self._counting = Lock()

    @property
    def full(self) -> bool:
        """Whether one call more should be refused."""
        return self.held >= self.capacity

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs `fn` in one of the threads, as soon as one is free."""
        with self._counting:
            self.held += 1
        try:
            future = super().submit(fn, *args, **kwargs)
        except BaseException:
            self._finished()
            raise
        future.add_done_callback(self._finished)
        return future

    def _finished(self, _future: Future[Any] | None = None) -> None:
        with self._counting:
            self.held -= 1
