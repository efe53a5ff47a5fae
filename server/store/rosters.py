"""Recorded rosters: begun or resumed, added to batch by batch, ended.

One stream at a time may add to a run: each stream that begins or resumes it has a number, and what is written for an
older one is refused. So a stream whose client has long connected again can neither add a batch twice nor lose a file to
the newer one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server.errors import RefusalError
from server.rosters.assignment import Known, Written
from server.store import roster_reading
from server.store.database import Database
from server.store.entries import Document, Placed, Run
from server.store.roster_tables import roster_decisions, roster_runs, roster_segments
from server.store.scope import Scope
from server.store.tables import versions

__all__ = ["Begun", "RosterLog", "RunRow", "segment_folder"]

_T = TypeVar("_T")

Guarded = Callable[[Callable[[Connection], _T]], _T]

_INDEXED: Final = ("id", "tenant", "caller", "run", "sequence", "subject", "ruleset", "outcome")
"""The columns of a decision's row."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that a stream may add to.

    Attributes:
        run: the run, as it was begun first.
        stream: how often it was begun or resumed.
        known: the segments that are recorded already, by the number of their batch.
    """

    run: Run
    stream: int
    known: dict[int, Known]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run, and how far it has come.

    Attributes:
        run: the run.
        started_at, ended_at: milliseconds since 1970; None while it runs or where it broke off.
        input_sha256: of the cases as they were sent; None where it has not ended.
        batches, decided, rejected: how many batches and cases were recorded.
    """

    run: Run
    started_at: int
    ended_at: int | None
    input_sha256: str | None
    batches: int
    decided: int
    rejected: int


_RUN: Final = [roster_runs.c[name] for name in Run.__dataclass_fields__]


class RosterLog:
    """The recorded rosters of one database.

    Args:
        database: where they are.
        folder: where their segments are; None where no folder is known.
        write, read: do something in one transaction, and refuse with LOG_UNAVAILABLE when the database fails.
    """

    def __init__(self, database: Database, folder: Path | None, write: Guarded[Any], read: Guarded[Any]) -> None:
        self._database = database
        self._folder = folder
        self._write = write
        self._read = read

    @property
    def folder(self) -> Path | None:
        """Where segments are."""
        return self._folder

    def folder_of(self, run: str) -> Path:
        """Where the segments of a run are; made if need be."""
        assert self._folder is not None
        folder = self._folder / run
        if not folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def find(self, tenant: str, caller: str, run_id: str) -> Run | None:
        """The run of a caller by the caller's id of it."""
        mine = _of_caller(tenant, caller, run_id)
        found: Any = self._read(lambda connection: connection.execute(select(*_RUN).where(*mine)).one_or_none())
        return None if found is None else Run(*found)

    def begin(self, run: Run, documents: Sequence[Document]) -> Begun:
        """Begins the run, or resumes the one of the same caller and id; older streams of it cannot add any more.

        Raises:
            RefusalError: LOG_UNAVAILABLE; REQUEST_ID_REUSED where something else was asked under the id.
        """
        begun: Begun = self._write(lambda connection: self._begin(connection, run, documents))
        return begun

    def add(self, begun: Begun, written: Written) -> None:
        """Enters a segment and its decisions in the log.

        Raises:
            RefusalError: LOG_UNAVAILABLE; it is not in the log then, or nobody can tell; REQUEST_ID_REUSED where
                another stream has taken the run over.
        """
        self._write(lambda connection: self._add(connection, begun, written))

    def end(self, begun: Begun) -> None:
        """Says that the run has ended.

        Raises:
            RefusalError: as `add`.
        """
        self._write(lambda connection: _end(connection, begun))

    def runs(
        self, scope: Scope, count: int, *, id_: str = "", ruleset: str = "", caller: str = "", after: str = ""
    ) -> list[RunRow]:
        """At most `count` runs that may be read, the newest first; what is empty does not restrict them."""
        named = {"id": id_, "ruleset": ruleset, "caller": caller}
        conditions = [roster_runs.c[name] == value for name, value in named.items() if value]
        if after:
            conditions.append(roster_runs.c.id < after)
        of_run = select(func.count()).where(roster_segments.c.run == roster_runs.c.id).scalar_subquery()
        columns = [roster_runs.c[name] for name in ("started_at", "ended_at", "input_sha256", "decided", "rejected")]
        query = select(*_RUN, *columns, of_run.label("batches")).where(*scope.conditions(roster_runs), *conditions)
        ordered = query.order_by(roster_runs.c.id.desc()).limit(count)
        found: Any = self._read(lambda connection: connection.execute(ordered).all())
        return [
            RunRow(
                Run(*row[: len(_RUN)]),
                row.started_at,
                row.ended_at,
                row.input_sha256,
                row.batches,
                row.decided,
                row.rejected,
            )
            for row in found
        ]

    def placed_now(self, placed: Placed) -> Placed | None:
        """Where the decision stands now; None where it was deleted."""
        same = (roster_decisions.c.id == placed.id,)
        found: Any = self._read(lambda connection: roster_reading.placed(connection, same))
        return found[0] if found else None

    def _begin(self, connection: Connection, run: Run, documents: Sequence[Document]) -> Begun:
        now = _now()
        new = {name: getattr(run, name) for name in Run.__dataclass_fields__}
        new |= {"stream": 0, "started_at": now, "decided": 0, "rejected": 0}
        dialect: Any = sqlite if self._database.is_sqlite else postgresql
        connection.execute(dialect.insert(roster_runs).values(new).on_conflict_do_nothing())
        mine = roster_runs.c.id == run.id
        if run.run_id is not None:
            mine = roster_runs.c.id.in_(select(roster_runs.c.id).where(*_of_caller(run.tenant, run.caller, run.run_id)))
        taken = update(roster_runs).where(mine).values(stream=roster_runs.c.stream + 1)
        row = connection.execute(taken.returning(*_RUN, roster_runs.c.stream)).one()
        found, stream = Run(*row[:-1]), int(row.stream)
        if found.asked_sha256 != run.asked_sha256:
            message = "This run id was used for another question. Give every run an id of its own."
            raise RefusalError("REQUEST_ID_REUSED", message)
        if found.id == run.id and documents:
            rows = [{**document._asdict(), "first_used_at": now} for document in sorted(documents)]
            connection.execute(dialect.insert(versions).on_conflict_do_nothing(), rows)
        wanted = select(roster_segments).where(roster_segments.c.run == found.id)
        known = {
            row.sequence: Known(Path(row.file).name, row.sha256, row.input_sha256) for row in connection.execute(wanted)
        }
        # nobody else can enter a segment of this run while this transaction is open, and no older stream after it
        self._sweep(found.id, {one.file for one in known.values()})
        return Begun(found, stream, known)

    def _sweep(self, run: str, known: set[str]) -> None:
        """Deletes what was written for batches that were never answered."""
        try:
            for path in self.folder_of(run).iterdir():
                if path.name not in known:
                    path.unlink(missing_ok=True)
        except OSError:
            message = "The folder of recorded rosters cannot be used, so nothing is decided that must be recorded."
            raise RefusalError("LOG_UNAVAILABLE", message) from None

    def _add(self, connection: Connection, begun: Begun, written: Written) -> None:
        run = begun.run
        decided = len(written.ids)
        mine = (roster_runs.c.id == run.id, roster_runs.c.stream == begun.stream)
        counts = {
            "decided": roster_runs.c.decided + decided,
            "rejected": roster_runs.c.rejected + written.rejected,
            "ended_at": None,
            "input_sha256": None,
        }
        if connection.execute(update(roster_runs).where(*mine).values(counts)).rowcount != 1:
            raise _taken_over()
        segment = {
            "run": run.id,
            "sequence": written.sequence,
            "file": f"{run.id}/{written.file}",
            "sha256": written.sha256,
            "input_sha256": written.input_sha256,
            "cases": decided + written.rejected,
            "rejected": written.rejected,
            "written_at": _now(),
        }
        connection.execute(insert(roster_segments).values(segment))
        self._insert(connection, _rows(written, run))

    def _insert(self, connection: Connection, rows: Iterator[tuple[Any, ...]]) -> None:
        """Enters many decisions, by the driver's own means: row by row through SQLAlchemy takes ten times as long."""
        driver: Any = connection.connection.driver_connection
        names = ", ".join(_INDEXED)
        if self._database.is_sqlite:
            places = ", ".join("?" * len(_INDEXED))
            statement = f"INSERT INTO {roster_decisions.name} ({names}) VALUES ({places})"  # noqa: S608 - our own names
            driver.executemany(statement, rows)
            return
        with driver.cursor() as cursor, cursor.copy(f"COPY {roster_decisions.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def segment_folder(folder: Path | None, database: Database) -> Path | None:
    """Where segments are: in `folder`, else beside a SQLite file; None where nothing says it."""
    if folder is not None or database.file is None:
        return folder
    return database.file.with_name(database.file.name + ".rosters")


def _rows(written: Written, run: Run) -> Iterator[tuple[Any, ...]]:
    """The rows of a segment's decisions, in the order of `_INDEXED`."""
    same = (run.tenant, run.caller, run.id, written.sequence)
    ruleset = run.ruleset
    for id_, subject, outcome in zip(written.ids, written.subjects, written.outcomes, strict=True):
        yield (id_, *same, subject, ruleset, outcome)


def _end(connection: Connection, begun: Begun) -> None:
    of_run = (roster_segments.c.run == begun.run.id,)
    hashes = select(roster_segments.c.input_sha256).where(*of_run).order_by(roster_segments.c.sequence)
    whole = hashlib.sha256()
    for one in connection.execute(hashes).scalars():
        whole.update(bytes.fromhex(one))
    mine = (roster_runs.c.id == begun.run.id, roster_runs.c.stream == begun.stream)
    ended = update(roster_runs).where(*mine).values(ended_at=_now(), input_sha256=whole.hexdigest())
    if connection.execute(ended).rowcount != 1:
        raise _taken_over()


def _of_caller(tenant: str, caller: str, run_id: str) -> tuple[Any, ...]:
    return roster_runs.c.tenant == tenant, roster_runs.c.caller == caller, roster_runs.c.run_id == run_id


def _taken_over() -> RefusalError:
    message = "Another stream goes on with this run. Give every run an id of its own."
    return RefusalError("REQUEST_ID_REUSED", message)


def _now() -> int:
    return time.time_ns() // 1_000_000
