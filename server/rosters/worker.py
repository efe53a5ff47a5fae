"""The child process that decides rosters: `python -m server.rosters.worker CORES IDLE_SECONDS`.

It gets assignments and batches on standard input and gives answers on standard output (`frames.py`), one roster after
another, and ends when nobody has sent anything for a while, or is there any more. So the work of a roster takes nothing
from the process that answers single cases, can be ended at any moment, and takes nobody with it when it crashes.
"""

from __future__ import annotations

import os
import resource
import select
import sys
from typing import BinaryIO, Final, Protocol

import duckdb
import msgspec
from google.protobuf.message import DecodeError

from engine.errors import Reason, RollbookError
from server.errors import RefusalError, refusal_of
from server.logs import places
from server.rosters.assignment import Assignment, Fault, Refused, Tally
from server.rosters.engines import Engines
from server.rosters.frames import Kind, read_frame, write_frame

__all__ = ["main"]

_NICENESS: Final = 5
"""Rosters give way to decisions, and checks to both."""


class Task(Protocol):
    """What is done with the batches of a stream."""

    def started(self) -> bytes:
        """The first message."""

    def answer(self, raw: bytes) -> tuple[bytes, Tally]:
        """The answer to a batch."""

    def ended(self) -> tuple[bytes, Tally]:
        """The last message."""


def main(arguments: list[str]) -> int:
    """Runs `CORES IDLE_SECONDS`: the cores that it may use, comma-separated, and when it ends by itself."""
    cores, idle = arguments
    os.sched_setaffinity(0, [int(core) for core in cores.split(",")])
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer_to = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not get between the answers
    engines = Engines()
    with os.fdopen(answer_to, "wb") as out:
        try:
            while _something_comes(float(idle)) and _run(sys.stdin.buffer, out, engines):
                pass
        except (EOFError, BrokenPipeError):
            os._exit(0)  # the server is gone, and what is not written yet has no reader
    return 0


def _something_comes(seconds: float) -> bool:
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def _run(source: BinaryIO, out: BinaryIO, engines: Engines) -> bool:
    """Works off one assignment; False when the process should end."""
    try:
        assignment = msgspec.json.decode(read_frame(source).body, type=Assignment)
        write_frame(out, Kind.ACCEPTED)
        task = _task(assignment, engines)
        write_frame(out, Kind.ANSWER, task.started(), _encoded(Tally()))
        while (frame := read_frame(source)).kind is Kind.BATCH:
            answer, tally = task.answer(frame.body)
            write_frame(out, Kind.ANSWER, answer, _encoded(tally))
        answer, tally = task.ended()
        write_frame(out, Kind.LAST, answer, _encoded(tally))
    except (EOFError, BrokenPipeError):
        raise
    except (RefusalError, RollbookError) as error:
        if isinstance(error, RollbookError) and error.reason is Reason.INTERNAL:
            return _fault(out, error)
        return _refused(out, refusal_of(error))
    except DecodeError:
        return _refused(out, RefusalError("REQUEST_INVALID", "The request is no message of the method's type."))
    except (MemoryError, duckdb.OutOfMemoryException):
        message = "Deciding the batch takes more memory than a roster may use. Send smaller batches."
        return _refused(out, RefusalError("LIMIT_EXCEEDED", message, metadata={"limit": "roster-memory"}))
    except Exception as error:  # noqa: BLE001 - told to the server, which logs it
        return _fault(out, error)
    return True


def _task(assignment: Assignment, engines: Engines) -> Task:
    if assignment.task == "compare":
        from server.rosters.comparing import Comparing

        return Comparing(assignment, engines)
    from server.rosters.deciding import Deciding

    return Deciding(assignment, engines)


def _refused(out: BinaryIO, error: RefusalError) -> bool:
    violations = tuple((one.path, one.expected, one.message) for one in error.violations)
    write_frame(out, Kind.REFUSED, _encoded(Refused(error.reason, error.message, violations, error.metadata)))
    return False


def _fault(out: BinaryIO, error: Exception) -> bool:
    fault = Fault(f"{type(error).__module__}.{type(error).__qualname__}", tuple(places(error)))
    write_frame(out, Kind.FAULT, _encoded(fault))
    return False


def _encoded(value: Tally | Refused | Fault) -> bytes:
    return msgspec.json.encode(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
