"""Pools of threads that know how many calls they hold, so that one call too many is refused and not queued."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import grpc

__all__ = ["Pool", "Streams"]

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


class Streams(Pool):
    """Threads for streams that may stay open for as long as their client likes, one for each."""

    def __init__(self, most: int) -> None:
        super().__init__("streams", most, most)
        self._open: set[grpc.ServicerContext] = set()
        self._opening = Lock()

    def opened(self, context: grpc.ServicerContext) -> None:
        """Remembers a stream until it ends."""
        with self._opening:
            self._open.add(context)
        if not context.add_callback(lambda: self._ended(context)):
            self._ended(context)

    def end_all(self) -> None:
        """Ends every stream that is open, as if its client had hung up."""
        with self._opening:
            streams = list(self._open)
        for context in streams:
            context.cancel()  # type: ignore[no-untyped-call]

    def _ended(self, context: grpc.ServicerContext) -> None:
        with self._opening:
            self._open.discard(context)
