"""The place of one worker: while the server serves there is one in it, and where it dies another."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from server.supervisor.messages import Order
from server.supervisor.metrics import SupervisorMetrics
from server.supervisor.processes import Ended, Process, WorkerFailedError

__all__ = ["Backoff", "Slot"]

_WELL_SECONDS: Final = 60.0
"""A worker that served for so long was well: if it dies then, it is replaced at once."""

_FIRST_WAIT_SECONDS: Final = 0.5

_log = structlog.stdlib.get_logger("server")


class Backoff:
    """How long to wait before a worker is replaced: not at all, then for longer and longer.

    Args:
        most_seconds: the longest wait.
    """

    def __init__(self, most_seconds: float) -> None:
        self.most_seconds = most_seconds
        self._deaths = 0

    def after(self, served_seconds: float) -> float:
        """The seconds to wait after a worker that served for so long has died."""
        if served_seconds >= _WELL_SECONDS:
            self._deaths = 0
        self._deaths += 1
        wait: float = _FIRST_WAIT_SECONDS * 2 ** min(self._deaths - 2, 32)
        return 0.0 if self._deaths == 1 else min(wait, self.most_seconds)


class Slot:
    """Where one worker runs.

    Args:
        order: what its worker is to be.
        metrics: what replacements are counted in.
        answer_seconds: how long its worker may not answer.
        most_backoff_seconds: the longest wait before a worker is replaced.

    Attributes:
        process: the worker that serves, or the next one that is to.
    """

    def __init__(
        self, order: Order, metrics: SupervisorMetrics, *, answer_seconds: float, most_backoff_seconds: float
    ) -> None:
        self._order = order
        self._metrics = metrics
        self._answer_seconds = answer_seconds
        self._backoff = Backoff(most_backoff_seconds)
        self._keeping: asyncio.Task[None] | None = None
        self._replacing: Process | None = None
        self.process = self._started(order)

    @property
    def processes(self) -> tuple[Process, ...]:
        """Those that run in its place now: two while one replaces the other."""
        running = (self.process, self._replacing)
        return tuple(process for process in running if process is not None and not process.ended.done())

    @property
    def serving(self) -> bool:
        """Whether its worker is ready."""
        process, ready = self.process, self.process.ready
        return ready.done() and ready.exception() is None and not (process.draining or process.ended.done())

    def keep(self) -> None:
        """From now on a worker that dies is replaced."""
        self._keeping = asyncio.get_running_loop().create_task(self._keep())

    def let_go(self) -> None:
        """From now on nothing is replaced."""
        if self._keeping is not None:
            self._keeping.cancel()

    async def replace(self, order: Order, *, answer_seconds: float, most_backoff_seconds: float) -> None:
        """Puts a worker of another order in the place; the one before ends its calls when the new one is ready.

        Raises:
            WorkerFailedError: when the new one does not become ready; all is as it was then.
        """
        new = self._replacing = self._started(order, answer_seconds)
        try:
            await asyncio.shield(new.ready)
        except BaseException:
            new.kill()
            raise
        finally:
            self._replacing = None
        self.let_go()
        self._order, self._answer_seconds = order, answer_seconds
        self._backoff = Backoff(most_backoff_seconds)
        # the old one is still among the processes until it has ended
        before, self.process, self._replacing = self.process, new, self.process
        self.keep()
        before.drain(delay=False)
        await asyncio.shield(before.ended)
        self._replacing = None
        self._metrics.replaced(order.worker, "reload")

    def _started(self, order: Order, answer_seconds: float | None = None) -> Process:
        return Process(order, self._answer_seconds if answer_seconds is None else answer_seconds)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            ended, served = await self._watched(loop)
            wait = self._backoff.after(served)
            _log.error(
                "worker_ended",
                worker=self._order.worker,
                why=ended.why,
                how=ended.how,
                replaced_in_seconds=wait,
            )
            await asyncio.sleep(wait)
            self._metrics.replaced(self._order.worker, ended.why)
            self.process = self._started(self._order)

    async def _watched(self, loop: asyncio.AbstractEventLoop) -> tuple[Ended, float]:
        """How the worker ended, and for how many seconds it had served."""
        process, since = self.process, None
        try:
            await asyncio.shield(process.ready)
            since = loop.time()
            _log.info("worker_ready", worker=self._order.worker, pid=process.pid)
        except WorkerFailedError as error:
            _log.error("worker_failed", worker=self._order.worker, error=str(error))
        ended = await asyncio.shield(process.ended)
        return ended, 0.0 if since is None else loop.time() - since
