"""The child processes that decide rosters: started when needed, kept for the next roster, ended at any moment."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec
import structlog

from engine.errors import Violation
from server.errors import RefusalError
from server.rosters.assignment import Assignment, Fault, Refused
from server.rosters.frames import Frame, Kind, read_frame, write_frame

__all__ = ["COMMAND", "Worker", "WorkerEndedError", "WorkerFaultError", "Workers"]

COMMAND: Final = (sys.executable, "-I", "-B", "-m", "server.rosters.worker")
"""How a child is started: nothing of the working directory or the environment gets between it and our own modules."""

_PIPE_BYTES: Final = 1024 * 1024
"""So that one side need not wait for the other after every 64 KiB."""
_MOST_RULESETS: Final = 16
"""Versions that a child may have made ready; what durable-rules keeps of each is never freed."""

_log = structlog.stdlib.get_logger("server")


class WorkerEndedError(Exception):
    """The child process is there no more."""


class WorkerFaultError(Exception):
    """The child process met a fault of ours, or ended as it never should; the text says how, without any value."""


class Worker:
    """One child process.

    Attributes:
        rulesets: the documents that it has made ready.
    """

    def __init__(self, process: subprocess.Popen[bytes], spill: Path | None) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.rulesets: set[str] = set()
        self.spill = spill
        self._process = process
        self._to, self._from = process.stdin, process.stdout
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):  # the machine may allow less
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def send(self, kind: Kind, body: bytes = b"") -> None:
        """Sends a frame.

        Raises:
            WorkerEndedError: when it runs no more.
        """
        try:
            write_frame(self._to, kind, body)
        except (OSError, ValueError):
            raise WorkerEndedError from None

    def receive(self) -> Frame:
        """The next answer.

        Raises:
            RefusalError: when it refuses the stream.
            WorkerFaultError: when it met a fault of ours.
            WorkerEndedError: when it runs no more.
        """
        try:
            frame = read_frame(self._from)
        except (EOFError, OSError, ValueError):
            raise WorkerEndedError from None
        if frame.kind is Kind.REFUSED:
            refused = msgspec.json.decode(frame.body, type=Refused)
            violations = tuple(Violation(*violation) for violation in refused.violations)
            raise RefusalError(refused.reason, refused.message, violations, metadata=refused.metadata)
        if frame.kind is Kind.FAULT:
            fault = msgspec.json.decode(frame.body, type=Fault)
            _log.error("roster_fault", error_type=fault.type, error_places=fault.places)
            message = f"the child process met a {fault.type}"
            raise WorkerFaultError(message)
        return frame

    def kill(self) -> None:
        """Ends it at once, whatever it does. Safe to be called by another thread."""
        self._process.kill()

    def end(self) -> int:
        """Ends it, frees what it had, and returns its exit code."""
        self._process.kill()
        code = self._process.wait()
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):  # what was to be written has no reader
                pipe.close()
        if self.spill is not None:
            shutil.rmtree(self.spill, ignore_errors=True)
        return code


class Workers:
    """Gives out child processes.

    They are started by exec, never by fork alone: a forked child of a server with threads can hang, and one that
    outlives the server keeps its port. A child whose roster ended well waits for another.

    Args:
        most_idle: how many may wait.
        idle_seconds: when one that waits ends.
        cores: the cores that they may use.
        spill_folder: where each gets a folder of its own for what does not fit in memory.
    """

    def __init__(
        self, *, most_idle: int, idle_seconds: float, cores: frozenset[int], spill_folder: Path | None
    ) -> None:
        self._most_idle = most_idle
        self._arguments = (",".join(map(str, sorted(cores))), str(idle_seconds))
        self._spill_folder = spill_folder
        self._idle: list[Worker] = []
        self._closed = False
        self._changing = Lock()

    def take(self, assignment: Assignment) -> Worker:
        """A child that was given the assignment: one that waits, best one that has the ruleset ready, or a new one.

        Raises:
            WorkerFaultError: when no child can be started.
        """
        texts = {ruled.text for ruled in assignment.rulesets}
        while (worker := self._waiting(texts)) is not None:
            try:
                return self._assigned(worker, assignment, texts)
            except WorkerEndedError:
                worker.end()  # it had waited for long enough, just now
        worker = self._started()
        try:
            return self._assigned(worker, assignment, texts)
        except WorkerEndedError:
            message = f"a new child process ended with {worker.end()}"
            raise WorkerFaultError(message) from None

    def give_back(self, worker: Worker) -> None:
        """Keeps a child whose roster ended well for the next one, if it may wait."""
        with self._changing:
            if not self._closed and len(self._idle) < self._most_idle and len(worker.rulesets) <= _MOST_RULESETS:
                self._idle.append(worker)
                return
        worker.end()

    def close(self) -> None:
        """Ends those that wait."""
        with self._changing:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def _waiting(self, texts: set[str]) -> Worker | None:
        with self._changing:
            gone = [worker for worker in self._idle if not worker.alive]
            self._idle = [worker for worker in self._idle if worker not in gone]
            found = next((worker for worker in self._idle if texts <= worker.rulesets), None)
            if found is None and self._idle:
                found = self._idle[0]
            if found is not None:
                self._idle.remove(found)
        for worker in gone:
            worker.end()
        return found

    def _assigned(self, worker: Worker, assignment: Assignment, texts: set[str]) -> Worker:
        worker.rulesets |= texts
        spill = None if worker.spill is None else str(worker.spill)
        worker.send(Kind.ASSIGNMENT, msgspec.json.encode(msgspec.structs.replace(assignment, spill_folder=spill)))
        worker.receive()
        return worker

    def _started(self) -> Worker:
        spill = None
        if self._spill_folder is not None:
            spill = Path(tempfile.mkdtemp(prefix="rollbook-roster-", dir=self._spill_folder))
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            (*COMMAND, *self._arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        return Worker(process, spill)
