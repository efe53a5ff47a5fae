"""One worker as its supervisor sees it: started, asked whether it is well, told to end, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
import structlog

from server.supervisor.messages import MOST_BYTES, Drain, Failed, FromWorker, Order, State, Tell, Told, ToWorker, Well

__all__ = ["COMMAND", "Ended", "Process", "WorkerFailedError"]

COMMAND: Final = (sys.executable, "-I", "-B", "-m", "server.supervisor.worker")
"""How a worker is started: nothing of the working directory gets between it and our own modules."""

_ASK_EVERY_SECONDS: Final = 1.0

_log = structlog.stdlib.get_logger("server")
_decoder: Final = msgspec.json.Decoder(FromWorker)
_encode: Final = msgspec.json.Encoder().encode


class WorkerFailedError(Exception):
    """A worker that was to become ready did not; the text says why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a worker ended.

    Attributes:
        why: `died` by itself, `silent` when it was killed since it did not answer, `failed` when it could not serve.
        how: its exit code or the name of the signal.
    """

    why: Literal["died", "silent", "failed"]
    how: str


class Process:
    """A worker process, and the pipe to it. Made and used in one event loop.

    It is started by exec, never by fork alone: a forked child can hang, and one that outlives its parent keeps its
    port. It is in a process group of its own, so that what a terminal sends goes to the supervisor, which knows what
    to do.

    Args:
        order: what it is to be.
        answer_seconds: how long it may not answer.

    Attributes:
        ready: done when it serves; a WorkerFailedError when it ends before.
        ended: done when it is there no more.
        rulesets: how many it served when it became ready.
        draining: whether it takes no more calls.
        pid: its process.
    """

    def __init__(self, order: Order, answer_seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._number = order.worker
        self._answer_seconds = answer_seconds
        self.ready: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[Ended] = loop.create_future()
        self.rulesets = 0
        self.draining = False
        self._asked: float | None = None
        self._why: Literal["died", "silent", "failed"] = "died"
        self._error = ""
        self._metrics: list[asyncio.Future[str]] = []
        self._writer: asyncio.StreamWriter | None = None
        ours, its = socket.socketpair()
        with its:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                (*COMMAND, str(its.fileno())),
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr.fileno(),
                pass_fds=(its.fileno(),),
                process_group=0,
            )
        self.pid = self._process.pid
        self._pidfd = os.pidfd_open(self.pid)
        loop.add_reader(self._pidfd, self._gone)
        self._asking: asyncio.Task[None] | None = None
        self._talking = loop.create_task(self._talk(ours, order))

    def drain(self, *, delay: bool) -> None:
        """Has it finish what is in flight and end. One that is not ready yet is ended at once."""
        if not self.ready.done():
            self.kill()
        self._send(Drain(delay))

    def kill(self) -> None:
        """Ends it at once, also where it is stopped or hangs."""
        if not self.ended.done():
            self._process.kill()

    async def metrics(self, seconds: float) -> str:
        """Its metrics as text; empty where it does not give them in time."""
        told: asyncio.Future[str] = self._loop.create_future()
        self._metrics.append(told)
        self._send(Tell("metrics"))
        try:
            return await asyncio.wait_for(told, seconds)
        except TimeoutError:
            return ""

    async def _talk(self, ours: socket.socket, order: Order) -> None:
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=MOST_BYTES)
        self._send(order)
        self._asking = self._loop.create_task(self._keep_asking())
        try:
            while line := await reader.readline():
                self._heard(_decoder.decode(line))
        except (OSError, ValueError):  # it died while it said something, or says what nobody understands
            self.kill()

    def _heard(self, said: FromWorker) -> None:
        match said:
            case State("ready", rulesets):
                self.rulesets = rulesets
                if not self.ready.done():
                    self.ready.set_result(None)
            case State():
                self.draining = True
            case Failed(error):
                self._why, self._error = "failed", error
                self.kill()  # should it not end by itself
            case Well():
                self._asked = None
            case Told(text):
                while self._metrics:
                    told = self._metrics.pop(0)
                    if not told.done():
                        told.set_result(text)
                        break

    async def _keep_asking(self) -> None:
        """Asks it every second whether it is well, and kills it when it has not answered for too long."""
        while True:
            before = self._loop.time()
            await asyncio.sleep(_ASK_EVERY_SECONDS)
            now = self._loop.time()
            if self._asked is not None and now - before > 2 * _ASK_EVERY_SECONDS:
                self._asked = now  # it was us who stood still, and its answer may lie there unread
            elif self._asked is None:
                self._asked = now
                self._send(Tell("well"))
            elif now - self._asked > self._answer_seconds:
                _log.error("worker_silent", worker=self._number, seconds=round(now - self._asked, 1))
                self._why = "silent"
                self.kill()
                return

    def _send(self, message: ToWorker) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(_encode(message) + b"\n")

    def _gone(self) -> None:
        """The process is there no more."""
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        code = self._process.wait()
        how = signal.Signals(-code).name if code < 0 else str(code)
        self._settling = self._loop.create_task(self._settle(how))

    async def _settle(self, how: str) -> None:
        await asyncio.wait([self._talking], timeout=_ASK_EVERY_SECONDS)  # what it said last may lie there unread
        for task in (self._talking, self._asking):
            if task is not None:
                task.cancel()
        if self._writer is not None:
            self._writer.close()
        for told in self._metrics:
            if not told.done():
                told.set_result("")
        if not self.ready.done():
            self.ready.set_exception(WorkerFailedError(self._error or f"Worker {self._number} ended with {how}."))
            self.ready.exception()  # whoever does not ask for it need not hear of it
        self.ended.set_result(Ended(self._why, how))
