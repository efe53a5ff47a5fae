"""`rollbook roster`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clients.cli.failures import Exit
from clients.cli.options import AbsentIsNone, AsOf, Calendar, Form, Output, RulesAsOf, RulesetId, Rulesets, Server
from clients.cli.roster_options import (
    BatchRows,
    CaseIdColumn,
    CasesFile,
    Detail,
    HowMuch,
    Ids,
    MemoryLimit,
    OutFile,
    Patience,
    Quiet,
    ReadAs,
    Recorded,
    Restart,
    Resume,
    SchoolColumn,
    SpillFolder,
    SubjectColumn,
    Threads,
)

if TYPE_CHECKING:
    from clients.rosters.jobs import Job

__all__ = ["roster"]


def roster(
    ruleset_id: RulesetId,
    cases: CasesFile,
    as_of: AsOf,
    out: OutFile,
    rules_as_of: RulesAsOf = None,
    absent_is_none: AbsentIsNone = False,
    calendar: Calendar = "",
    ids: Ids = [],  # noqa: B006 - Typer copies it
    form: ReadAs = None,
    detail: HowMuch = Detail.DECISIONS,
    resume: Resume = False,
    restart: Restart = False,
    server: Server = None,
    rulesets: Rulesets = None,
    batch_rows: BatchRows = None,
    threads: Threads = None,
    memory_limit: MemoryLimit = "1GB",
    spill_folder: SpillFolder = None,
    patience: Patience = 60.0,
    record: Recorded = False,
    subject: SubjectColumn = "",
    school: SchoolColumn = "",
    case_id: CaseIdColumn = "",
    quiet: Quiet = False,
    output: Output = Form.TEXT,
) -> None:
    """Decide a whole table of cases: Parquet, CSV, JSON lines or Arrow in; Parquet, CSV or JSON lines out.

    A row that cannot be decided stops nothing: it is told in OUT.rejects.jsonl, and the exit code is 3. A run that was
    stopped goes on where it stopped with --resume.

        rollbook roster lausd/grade-marking cases.parquet --as-of 2018-11-02 --out decisions.parquet --id student_id
    """
    from clients.cli.pages.roster import show_summary, summary_of
    from clients.cli.pages.roster_progress import watching
    from clients.cli.rosters import Machine, job_of, named, roster_decider
    from clients.rosters.jobs import run
    from clients.rosters.reading import open_cases

    whose = named(record, case_id, subject, school)
    all_ids = ids if whose is None else whose.among(ids)
    job = job_of(out, all_ids, batch_rows, form, resume=resume, restart=restart)
    table = open_cases(cases, form)
    machine = Machine(server, rulesets, threads, memory_limit, spill_folder, patience)
    with roster_decider(
        machine, job, ruleset_id, as_of=as_of, rules_as_of=rules_as_of, absent_is_none=absent_is_none,
        calendar=calendar, detail="outcomes" if detail is Detail.OUTCOMES else "decisions", record=whose,
    ) as decider, _telling(job), watching(quiet=quiet) as watcher:  # fmt: skip
        watcher.slow(decider.one_by_one)
        finished = run(table, decider, job, watcher)
    summary = summary_of(decider.asked, finished, watcher.seconds)
    show_summary(summary, output is Form.JSON, quiet=quiet)
    if finished.tally.rejected:
        raise typer.Exit(Exit.REJECTS)


@contextmanager
def _telling(job: Job) -> Iterator[None]:
    """Tells what is kept of a run that ends before its end, and how to go on."""
    from clients.cli.console import note
    from clients.cli.interrupts import interruptible
    from clients.rosters.errors import RosterFileError
    from clients.rosters.parts import parts_folder
    from engine.errors import FactsError, Reason, RollbookError

    folder = parts_folder(job.out)
    try:
        with interruptible():
            yield
    except RosterFileError:
        raise
    except KeyboardInterrupt:
        note("Interrupted." if not folder.exists() else f"Interrupted. {_kept(folder)}")
        raise typer.Exit(Exit.INTERRUPTED) from None
    except FactsError as error:
        error.add_note("A column that is no fact but says which case a row is: --id COLUMN passes it through.")
        raise
    except Exception as error:
        if isinstance(error, RollbookError) and error.reason is Reason.LIMIT_EXCEEDED:
            error.add_note("Here --batch-rows makes batches smaller, and --memory-limit gives more memory.")
        if folder.exists():
            error.add_note(_kept(folder))
        raise


def _kept(folder: Path) -> str:
    return f"What is decided so far is kept in {folder}; --resume goes on with it."
