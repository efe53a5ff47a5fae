"""Who decides a roster, and what is to be done with it, from the options of a command."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import typer

from clients.cli.connection import credentials_for
from clients.cli.folders import find_rulesets
from clients.rosters.formats import CasesFormat
from clients.rosters.jobs import Job
from clients.rosters.parts import Start, parts_folder
from clients.rosters.reading import BATCH_ROWS

if TYPE_CHECKING:
    from clients.rosters.deciding import Decider
    from clients.rosters.remote import Record
    from engine.rosters.model import Detail

__all__ = ["Machine", "Named", "job_of", "named", "roster_decider"]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a roster is decided: by a server, or here, with so much of this machine.

    Attributes:
        server: HOST:PORT; None for here.
        rulesets: the folder of rulesets; looked for when None.
        threads: threads to decide with; a thread per core when None.
        memory_limit: memory to decide in.
        spill_folder: where that goes which does not fit; beside what is written when None.
        patience: seconds to wait for a server that is gone.
    """

    server: str | None
    rulesets: Path | None
    threads: int | None
    memory_limit: str
    spill_folder: Path | None
    patience: float


@dataclass(frozen=True, slots=True)
class Named:
    """Which columns say whose the cases of a recorded roster are; empty where none does."""

    case_id: str
    subject: str
    school: str

    def among(self, ids: Sequence[str]) -> tuple[str, ...]:
        """All id columns: those that were named as such, and these."""
        return tuple(dict.fromkeys((*ids, *filter(None, (self.case_id, self.subject, self.school)))))


class _Question(TypedDict):
    """What is asked about every case."""

    as_of: date
    rules_as_of: date | None
    absent_is_none: bool
    calendar: str
    detail: Detail


def job_of(
    out: Path, ids: Sequence[str], batch_rows: int | None, form: CasesFormat | None, *, resume: bool, restart: bool
) -> Job:
    """What is to be done."""
    if resume and restart:
        message = "--resume and --restart exclude each other."
        raise typer.BadParameter(message)
    start = Start.RESUME if resume else Start.RESTART if restart else Start.NEW
    return Job(out, tuple(ids), batch_rows or BATCH_ROWS, start, form)


def named(record: bool, case_id: str, subject: str, school: str) -> Named | None:
    """What is said of a recorded roster; None where nothing is recorded."""
    if not record and (case_id or subject or school):
        message = "--case-id, --subject and --school are for rosters that are recorded: --record."
        raise typer.BadParameter(message)
    return Named(case_id, subject, school) if record else None


def _recorded(record: Named, job: Job) -> Record:
    """How the run is recorded: under the id of the run that is resumed, or a new one."""
    from clients.rosters.parts import run_to_resume
    from clients.rosters.remote import Record

    run_id = run_to_resume(job.out, job.start) or secrets.token_hex(16)
    return Record(run_id, job.ids, record.case_id, record.subject, record.school)


@contextmanager
def roster_decider(
    machine: Machine,
    job: Job,
    ruleset: str,
    *,
    as_of: date,
    rules_as_of: date | None,
    absent_is_none: bool,
    calendar: str,
    detail: Detail,
    record: Named | None = None,
) -> Iterator[Decider]:
    """What decides the cases of a roster by this ruleset.

    Raises:
        FailureError: when there is no folder of rulesets.
        RollbookError: when the ruleset or the calendar is refused.
    """
    if machine.server is not None and machine.rulesets is not None:
        message = "--server and --rulesets exclude each other: the server has its own rulesets."
        raise typer.BadParameter(message)
    if record is not None and machine.server is None:
        message = "--record needs --server: decisions are recorded in the decision log of a server."
        raise typer.BadParameter(message)
    question: _Question = {
        "as_of": as_of,
        "rules_as_of": rules_as_of,
        "absent_is_none": absent_is_none,
        "calendar": calendar,
        "detail": detail,
    }
    if machine.server is not None:
        from clients.rosters.remote import remote_decider

        with remote_decider(
            machine.server,
            ruleset,
            patience=machine.patience,
            credentials=credentials_for(machine.server),
            record=None if record is None else _recorded(record, job),
            **question,
        ) as remote:
            yield remote
        return
    from clients.rosters.local import local_decider
    from engine.rosters import RosterSettings

    spill = machine.spill_folder or parts_folder(job.out) / "spill"
    threads = machine.threads or len(os.sched_getaffinity(0))
    with local_decider(
        find_rulesets(machine.rulesets),
        ruleset,
        **question,
        settings=RosterSettings(machine.memory_limit, threads, str(spill)),
    ) as decider:
        yield decider
