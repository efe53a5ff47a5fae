"""Pools of threads that know how many calls they hold, so that one call too many is refused and not queued."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

import grpc
import structlog

__all__ = ["Pool", "Streams"]

_log = structlog.stdlib.get_logger("server")

_Work = tuple[Callable[..., object], tuple[Any, ...], Mapping[str, Any]]


class Pool(ThreadPoolExecutor):
    """Threads that are started as they are needed.

    It is a ThreadPoolExecutor since gRPC takes nothing else, but makes no futures: nobody asks for what a call gives,
    and a future costs as much as reading the request.

    Attributes:
        capacity: calls that it takes at a time, those that wait for a thread or for their message too.
        held: calls that it holds now.
    """

    def __init__(self, name: str, threads: int, capacity: int) -> None:
        super().__init__(threads, thread_name_prefix=name)
        self.capacity = capacity
        self.held = 0
        self._name = name
        self._most = threads
        self._started: list[Thread] = []
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._to_do = 0
        self._closed = False
        self._counting = Lock()

    @property
    def full(self) -> bool:
        """Whether one call more should be refused."""
        return self.held >= self.capacity

    def submit(self, fn: Callable[..., object], /, *args: Any, **kwargs: Any) -> Any:
        """Runs `fn` in one of the threads, as soon as one is free. Gives None, and no future.

        Raises:
            RuntimeError: after `shutdown`.
        """
        self.hold()
        self.run(fn, args, kwargs)

    def hold(self) -> None:
        """Counts a call that `run` is going to be told about.

        Raises:
            RuntimeError: after `shutdown`.
        """
        with self._counting:
            if self._closed:
                message = f"the pool {self._name} is shut down"
                raise RuntimeError(message)
            self.held += 1

    def run(self, fn: Callable[..., object], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Runs `fn`, which `hold` has counted."""
        with self._counting:
            self._to_do += 1
            if len(self._started) < min(self._to_do, self._most):
                thread = Thread(target=self._loop, name=f"{self._name}_{len(self._started)}", daemon=True)
                self._started.append(thread)
                thread.start()
        self._work.put((fn, args, kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the signature is the library's
        """Takes nothing more; what it holds is finished."""
        with self._counting:
            self._closed = True
            started = list(self._started)
        for _ in started:
            self._work.put(None)
        if wait:
            for thread in started:
                thread.join()

    def _loop(self) -> None:
        while (work := self._work.get()) is not None:
            fn, args, kwargs = work
            try:
                fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - the thread goes on with the next call
                _log.error("thread_fault", pool=self._name, kind=type(error).__name__)
            finally:
                with self._counting:
                    self.held -= 1
                    self._to_do -= 1
            del work, fn, args, kwargs  # while it waits, nothing of a call is kept


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
            context.cancel()  # type: ignore[no-untyped-call]  # untyped in its stubs

    def _ended(self, context: grpc.ServicerContext) -> None:
        with self._opening:
            self._open.discard(context)
