"""Runs a job that is killed at its n-th touch of the disk, for every n, and resumed each time.

`python -m tests.clients.rosters.crashing CASES OUT` decides CASES again and again. Each run is a child process that
kills itself with SIGKILL just before it opens, renames or removes a file below the folder of OUT for the n-th time, or
for the m-th time when it is resumed; then the job is resumed to its end and its file compared with that of a run which
nothing disturbed. Prints how many moments there were.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clients.rosters.jobs import Job, run
from clients.rosters.local import LocalDecider
from clients.rosters.parts import Start, parts_folder
from clients.rosters.reading import open_cases
from tests.clients.rosters.loans import deciding

_TOUCHES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir"}
BATCH_ROWS = 10


def decide(decider: LocalDecider, cases: Path, out: Path, start: Start) -> None:
    run(open_cases(cases), decider, Job(out, ids=["id"], batch_rows=BATCH_ROWS, start=start))


def in_a_child(work: Callable[[], None], folder: Path, moment: int) -> bool:
    """Whether `work` came to its end in a process that dies at its `moment`-th touch of a file below `folder`."""
    if child := os.fork():
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, status
        return not os.WIFSIGNALED(status)
    left = moment

    def touch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in _TOUCHES and str(arguments[0]).startswith(str(folder)):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(touch)
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def crash(decider: LocalDecider, cases: Path, out: Path) -> int:
    """Every moment once; how many there were."""
    out.parent.mkdir()
    decide(decider, cases, out, Start.NEW)
    wanted, rejects = out.read_bytes(), out.with_name(f"{out.name}.rejects.jsonl")
    wanted_rejects = rejects.read_bytes()
    moment = 0
    while True:
        moment += 1
        out.unlink(missing_ok=True)
        rejects.unlink(missing_ok=True)
        if in_a_child(lambda: decide(decider, cases, out, Start.RESUME), out.parent, moment):
            return moment - 1
        assert not out.exists() or out.read_bytes() == wanted, moment
        in_a_child(lambda: decide(decider, cases, out, Start.RESUME), out.parent, moment % 7 + 2)
        assert not out.exists() or out.read_bytes() == wanted, moment
        decide(decider, cases, out, Start.RESUME)
        assert out.read_bytes() == wanted, moment
        assert rejects.read_bytes() == wanted_rejects, moment
        assert not parts_folder(out).exists(), moment


if __name__ == "__main__":
    with deciding() as found:
        sys.stdout.write(f"{crash(found, Path(sys.argv[1]), Path(sys.argv[2]))}\n")
