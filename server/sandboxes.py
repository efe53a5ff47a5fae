"""Work on untrusted or throw-away rulesets, given to child processes with limits of time and memory."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from threading import Event
from typing import Final, Literal, NoReturn

import structlog

from engine.documents import Documents
from engine.errors import Reason, RollbookError, Violation
from server.calls import ClientGoneError
from server.errors import RefusalError
from server.metrics import Metrics
from server.sandbox import Exit
from server.sandbox_documents import handed_over

__all__ = ["CHILD", "SandboxFaultError", "Sandboxes", "Task"]

Task = Literal["validate", "scenarios", "rehearse", "networks", "replay", "version"]

CHILD: Final = (sys.executable, "-I", "-B", "-m", "server.sandbox")
"""How a child is started: nothing of the working directory or the environment gets between it and our own modules."""

_log = structlog.stdlib.get_logger("server")

_WALL: Final = 4
"""How many times its processor time a child may take by the clock: where decisions keep the cores busy, it waits."""

_OUT_OF_TIME: Final = (-signal.SIGXCPU, -signal.SIGKILL)


class SandboxFaultError(Exception):
    """The child process ended as it never should; its text says how, without any value."""


class Sandboxes:
    """Runs tasks in child processes, each in a fresh one.

    They are started by exec, never by fork alone: a forked child of a server with threads can hang, and one that
    outlives the server keeps its port.

    Args:
        metrics: what processes at work, and those ended by a limit, are counted in.
        seconds: processor time that one may take; of wall time four times as much, since they give way to decisions.
        megabytes: address space of one, in MiB.
        cores: the cores that they may use, also where the server stays on one.
    """

    def __init__(self, metrics: Metrics, *, seconds: float, megabytes: int, cores: frozenset[int]) -> None:
        self._metrics = metrics
        self._seconds = seconds
        self._megabytes = megabytes
        self._cores = cores

    def run(
        self,
        task: Task,
        request: bytes,
        when_over: Callable[[Callable[[], None]], None] | None = None,
        *,
        documents: Documents | None = None,
    ) -> bytes:
        """The answer of `task` to `request`.

        `when_over` is told how to end the process, for callers that may lose interest. `documents` are the
        rulesets and calendars that may be referred to; there are none when they are not given.

        Raises:
            ClientGoneError: when it was ended so.
            RefusalError: LIMIT_EXCEEDED when it took too long, or too much memory.
            RollbookError: what the task refused.
            SandboxFaultError: when it failed otherwise.
        """
        gone = Event()
        with self._metrics.sandboxes.track_inprogress(), self._started(task) as process:
            if when_over is not None:
                when_over(lambda: _end(process, gone))
            try:
                answer, _ = process.communicate(handed_over(documents) + request, self._seconds * _WALL)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                self._out_of("seconds")
            except BaseException:
                process.kill()
                raise
        if gone.is_set():
            raise ClientGoneError
        return self._answer(process.returncode, answer)

    def _started(self, task: Task) -> subprocess.Popen[bytes]:
        limits = (str(math.ceil(self._seconds)), str(self._megabytes), ",".join(map(str, sorted(self._cores))))
        command = [*CHILD, task, *limits]
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )

    def _answer(self, code: int, answer: bytes) -> bytes:
        if code == Exit.DONE:
            return answer
        if code == Exit.REFUSED:
            told = json.loads(answer)
            violations = tuple(Violation(*violation) for violation in told["violations"])
            raise RollbookError(Reason(told["reason"]), told["message"], violations, remedy=told["remedy"])
        if code == Exit.NO_MEMORY:
            self._out_of("megabytes")
        if code in _OUT_OF_TIME:
            self._out_of("seconds")
        if code == Exit.FAULT:
            fault = json.loads(answer)
            _log.error("sandbox_fault", error_type=fault["type"], error_places=fault["places"])
        message = f"the child process ended with {code}"
        raise SandboxFaultError(message)

    def _out_of(self, limit: Literal["seconds", "megabytes"]) -> NoReturn:
        self._metrics.sandbox_kills.labels(limit).inc()
        allowed = f"{self._seconds:g} seconds" if limit == "seconds" else f"{self._megabytes} MiB"
        message = f"Working on the ruleset takes more than {allowed}. Make it smaller, or its expressions simpler."
        raise RefusalError("LIMIT_EXCEEDED", message, metadata={"limit": f"sandbox-{limit}"})


def _end(process: subprocess.Popen[bytes], gone: Event) -> None:
    gone.set()
    process.kill()
