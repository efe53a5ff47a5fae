"""The child process in which untrusted or throw-away rulesets are checked and run: `python -m server.sandbox TASK …`.

It takes one request on standard input, gives one answer on standard output and ends. Its processor time and its memory
are limited before it reads anything. A ruleset that runs wild, or that brings durable-rules down, ends this process and
no other; and what durable-rules never frees goes with it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from engine.errors import RollbookError

if TYPE_CHECKING:
    from engine.documents import Documents

__all__ = ["Exit", "main"]


class Exit(IntEnum):
    """How the child process ended."""

    DONE = 0
    """The answer is on standard output."""
    REFUSED = 3
    """A RollbookError, as JSON on standard output."""
    NO_MEMORY = 4
    """The limit of memory was reached."""
    FAULT = 5
    """A fault of ours: type and places, as JSON on standard output."""


_MEBIBYTE: Final = 1024 * 1024
_NICENESS: Final = 10
"""Checks give way to decisions."""


def main(arguments: list[str]) -> int:
    """Runs `TASK SECONDS MEGABYTES CORES`.

    Cores are comma-separated, those that the process may use. What comes on standard input begins with the rulesets and
    calendars that a document may refer to (`sandbox_documents.py`).
    """
    task, seconds, megabytes, cores = arguments
    # what was published is waited for
    niceness = 0 if task == "networks" else _NICENESS
    _limit(int(seconds), int(megabytes), [int(core) for core in cores.split(",")], niceness)
    answer_to = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not get between the answer
    try:
        exit_, answer = Exit.DONE, _run(task, sys.stdin.buffer.read())
    except RollbookError as error:
        exit_, answer = Exit.REFUSED, _refused(error)
    except MemoryError:
        exit_, answer = Exit.NO_MEMORY, b""
    except Exception as error:  # noqa: BLE001 - told to the parent, which logs it
        from server.logs import places

        fault = {"type": f"{type(error).__module__}.{type(error).__qualname__}", "places": places(error)}
        exit_, answer = Exit.FAULT, json.dumps(fault).encode()
    with os.fdopen(answer_to, "wb") as out:
        out.write(answer)
    return exit_


def _limit(seconds: int, megabytes: int, cores: list[int], niceness: int) -> None:
    os.sched_setaffinity(0, cores)
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * _MEBIBYTE, megabytes * _MEBIBYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _run(task: str, raw: bytes) -> bytes:
    from server.sandbox_documents import taken_over

    documents, request = taken_over(raw)
    return _tasks()[task](request, documents)


def _tasks() -> Mapping[str, Callable[[bytes, Documents | None], bytes]]:
    return {
        "validate": _validate,
        "scenarios": _scenarios,
        "rehearse": _rehearse,
        "networks": _networks,
        "replay": _replay,
        "version": _version,
    }


def _validate(request: bytes, documents: Documents | None) -> bytes:
    """ValidateRulesetRequest to ValidateRulesetResponse."""
    from rollbook.v1.ruleset_service_pb2 import ValidateRulesetRequest
    from server.trials import validate

    return validate(ValidateRulesetRequest.FromString(request).document, documents).SerializeToString()


def _scenarios(request: bytes, documents: Documents | None) -> bytes:
    """RunScenariosRequest with a document to RunScenariosResponse."""
    from rollbook.v1.ruleset_service_pb2 import RunScenariosRequest
    from server.trials import run_scenarios

    return run_scenarios(RunScenariosRequest.FromString(request).document, documents).SerializeToString()


def _rehearse(_request: bytes, documents: Documents | None) -> bytes:
    """Reading all of the documents must end well, with broken rulesets or without."""
    from engine.library import Library

    assert documents is not None
    Library.load(documents)
    return b""


def _networks(request: bytes, _documents: Documents | None) -> bytes:
    """Links of rules as JSON, by id, a mapping for each network; durable-rules must build them all."""
    import msgspec

    from engine.inference import Inference, Links

    inference = Inference()
    for network in msgspec.json.decode(request, type=list[dict[str, Links]]):
        inference.fill(network)
    return b""


def _replay(request: bytes, _documents: Documents | None) -> bytes:
    """`server.replaying.Again` as JSON to a Decision."""
    import msgspec

    from server.replaying import Again, replay

    return replay(msgspec.json.decode(request, type=Again)).SerializeToString()


def _version(request: bytes, _documents: Documents | None) -> bytes:
    """What `server.versions.asked` has: a question about versions as JSON to its answer."""
    from server.versions.examining import examine

    return examine(request)


def _refused(error: RollbookError) -> bytes:
    violations = [[violation.path, violation.expected, violation.message] for violation in error.violations]
    told = {"reason": error.reason, "message": error.message, "remedy": error.remedy, "violations": violations}
    return json.dumps(told).encode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
