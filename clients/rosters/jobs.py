"""Decides a roster from files to a file, in parts, so that a run which was stopped goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from clients.rosters.chunks import Chunk, numbered
from clients.rosters.deciding import Decider, Prepared, prepared
from clients.rosters.errors import RosterFileError
from clients.rosters.formats import CasesFormat, out_format
from clients.rosters.ids import check_ids
from clients.rosters.manifest import Begun, differences
from clients.rosters.merging import merge, rejects_path, written_names
from clients.rosters.parts import Parts, Start, opened_parts
from clients.rosters.reading import BATCH_ROWS, Cases
from clients.rosters.tally import Tally

__all__ = ["Finished", "Job", "Watcher", "run"]


@dataclass(frozen=True, slots=True)
class Job:
    """What to do with the cases.

    Attributes:
        out: the file of decisions; its ending says its form.
        ids: the id columns.
        batch_rows: rows that are read, decided and written at a time.
        start: what to do about the parts of a run that was stopped.
        form: how the cases are written, where their ending does not say so.
    """

    out: Path
    ids: Sequence[str] = ()
    batch_rows: int = BATCH_ROWS
    start: Start = Start.NEW
    form: CasesFormat | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that is over.

    Attributes:
        out: the file of decisions.
        rejects: the file of the rows that were not decided; None when all were.
        tally: what became of the cases, those of parts that were there already among them.
        resumed: how many cases were in parts that were there already.
    """

    out: Path
    rejects: Path | None
    tally: Tally
    resumed: int


class Watcher(Protocol):
    """Is told how a run goes; what it raises ends the run, which can be resumed."""

    def begun(self, rows: int | None, tally: Tally) -> None:
        """It begins; `rows` there are, where that is known, and `tally` is what parts have that are there already."""
        ...

    def decided(self, tally: Tally, share: float) -> None:
        """Some more cases are decided and written; `share` of the input is read now."""
        ...

    def merging(self) -> None:
        """All is decided, and a batch more of it is written to the file that was asked for."""
        ...


class _Silent:
    """Nobody watches."""

    def begun(self, rows: int | None, tally: Tally) -> None:
        """Passes."""

    def decided(self, tally: Tally, share: float) -> None:
        """Passes."""

    def merging(self) -> None:
        """Passes."""


def run(cases: Cases, decider: Decider, job: Job, watcher: Watcher | None = None) -> Finished:
    """Decides the cases and writes the decisions, exactly one for each case that can be decided.

    Work lies in `<out>.parts` until all is done; then the file gets its name as a whole, the rejects theirs beside it
    (`<out>.rejects.jsonl`), and the folder is removed.

    Raises:
        RosterFileError: when files cannot be used, were changed meanwhile, or parts are there and `job.start` is NEW.
        RollbookError: when the table is not what the ruleset declares, or whatever else the decider refuses.
        OSError: when writing fails. The parts that are done stay, and a run with RESUME goes on with them.
    """
    watcher = watcher or _Silent()
    form = out_format(job.out)
    detail = decider.asked.schema
    check_ids(job.ids, cases.columns, written_names(decider.asked, detail))
    if not job.out.absolute().parent.is_dir():
        message = f"there is no folder {job.out.parent} to write to."
        raise RosterFileError(message)
    begun = _begun(cases, decider, job)
    with opened_parts(job.out, begun, job.start, decider.run_id) as parts:
        tally = parts.tally
        resumed = tally.rows
        watcher.begun(cases.rows, tally)
        if not parts.manifest.merged:
            try:
                tally = _decide(cases, decider, job, parts, watcher)
            finally:
                parts.recorded = bool(decider.run_id) and decider.answered
            _check_unchanged(begun, _begun(cases, decider, job))
            merge(parts, job.out, form, decider.asked, _empty(cases, job, detail), watcher.merging)
        parts.remove()
    rejects = rejects_path(job.out)
    return Finished(job.out, rejects if tally.rejected else None, tally, resumed)


def _begun(cases: Cases, decider: Decider, job: Job) -> Begun:
    form = "" if job.form is None else job.form.value
    return Begun.of(cases.files, form, decider.asked, job.ids, job.batch_rows)


def _decide(cases: Cases, decider: Decider, job: Job, parts: Parts, watcher: Watcher) -> Tally:
    tally = parts.tally
    for answer in decider.decide(_to_do(cases, decider, job, parts.done)):
        tally += parts.add(answer)
        watcher.decided(tally, answer.chunk.piece.share)
    return tally


def _to_do(cases: Cases, decider: Decider, job: Job, done: frozenset[int]) -> Iterator[Prepared]:
    chunk: Chunk
    for chunk in numbered(cases.pieces(job.batch_rows)):
        if chunk.number not in done:
            yield prepared(chunk, job.ids, decider.facts)


def _check_unchanged(before: Begun, now: Begun) -> None:
    if changed := list(differences(before, now)):
        message = f"the cases were changed while they were read: {'; '.join(changed)}."
        raise RosterFileError(message, "--restart begins anew with what is there now.")


def _empty(cases: Cases, job: Job, detail: pa.Schema) -> pa.Schema:
    """The columns of a roster without rows."""
    types = {} if cases.columns is None else {field.name: field.type for field in cases.columns}
    return pa.schema([*((name, types.get(name, pa.string())) for name in job.ids), *detail])
