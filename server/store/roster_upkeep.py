"""Decisions of recorded rosters are deleted: their segments are written again without them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, text, update

from server.rosters.segments import SegmentError, read_file, rows_in, without, write_file
from server.store.database import Database
from server.store.holding import held
from server.store.roster_tables import roster_decisions, roster_runs, roster_segments

__all__ = ["RosterKeeper", "SegmentsError"]

_LEFT_SECONDS: Final = 3600
"""A file that is in no segment's row is left over from a batch that was never answered, once it is so old."""


class SegmentsError(Exception):
    """Segments cannot be read or written, or nobody knows where they are; the text says what to do."""


class RosterKeeper:
    """Deletes decisions of the recorded rosters of one district.

    Args:
        database: where the log is.
        folder: where segments are; None where nobody knows.
        tenant: the district.
        audit: says in a transaction what it does: the act and its details.
    """

    def __init__(
        self,
        database: Database,
        folder: Path | None,
        tenant: str,
        audit: Callable[[Connection, str, dict[str, Any]], None],
    ) -> None:
        self._database = database
        self._folder = folder
        self._tenant = tenant
        self._audit = audit

    def remove(self, *wanted: Any) -> Iterator[Sequence[str]]:
        """Deletes what is wanted and not held, one segment in a transaction, and gives the ids.

        Raises:
            SegmentsError: when a segment cannot be written again; what was given before is deleted.
        """
        conditions = (roster_decisions.c.tenant == self._tenant, *wanted, ~held(roster_decisions))
        place = select(roster_decisions.c.run, roster_decisions.c.sequence).where(*conditions).limit(1)
        while True:
            with self._database.reading() as connection:
                found = connection.execute(place).one_or_none()
            if found is None:
                return
            try:
                removed = self._remove(found.run, found.sequence, conditions)
            except (OSError, SegmentError) as error:
                message = (
                    f"The segment {found.sequence} of the roster {found.run} cannot be written again: {_why(error)}"
                )
                raise SegmentsError(message) from None
            if removed:
                yield removed

    def sweep(self) -> None:
        """Deletes files of batches that were never answered, an hour after they were written.

        Raises:
            SegmentsError: when one cannot be deleted.
        """
        if self._folder is None or not self._folder.is_dir():
            return
        before = time.time() - _LEFT_SECONDS
        with self._database.reading() as connection:
            known = set(connection.execute(select(roster_segments.c.file)).scalars())
        try:
            for path in self._folder.glob("*/*.parquet*"):
                if f"{path.parent.name}/{path.name}" not in known and path.stat().st_mtime < before:
                    self._sweep(path)
        except OSError as error:
            message = f"The folder {self._folder} cannot be tidied: {_why(error)}"
            raise SegmentsError(message) from None

    def _sweep(self, path: Path) -> None:
        """Deletes a file, unless it was entered in the log meanwhile."""
        name = f"{path.parent.name}/{path.name}"
        with self._database.writing() as connection:
            self._lock(connection, path.parent.name)
            if connection.execute(select(roster_segments.c.run).where(roster_segments.c.file == name)).first() is None:
                path.unlink(missing_ok=True)

    def _remove(self, run: str, sequence: int, conditions: tuple[Any, ...]) -> Sequence[str]:
        if self._folder is None:
            message = "The database has recorded rosters, and nothing says where their segments are. "
            raise SegmentsError(message + "Name the server's configuration (--config) or the folder (--rosters).")
        here = (roster_decisions.c.run == run, roster_decisions.c.sequence == sequence)
        of_segment = (roster_segments.c.run == run, roster_segments.c.sequence == sequence)
        with self._database.writing() as connection:
            stream, ended = self._lock(connection, run)
            if not self._database.is_sqlite:
                connection.execute(text("LOCK TABLE holds IN SHARE MODE"))  # none is placed meanwhile
            ids = tuple(connection.execute(select(roster_decisions.c.id).where(*conditions, *here)).scalars())
            segment = connection.execute(select(roster_segments).where(*of_segment)).one()
            if not ids:
                return ()
            left = connection.execute(select(func.count()).select_from(roster_decisions).where(*here)).scalar_one()
            sha256 = None
            if left > len(ids) or not ended:  # a run that is resumed must find that the batch was answered
                name = f"{run}/{sequence}-{stream}-{secrets.token_hex(4)}.parquet"
                sha256 = self._rewritten(segment, ids, name)
                connection.execute(update(roster_segments).where(*of_segment).values(file=name, sha256=sha256))
            else:
                connection.execute(delete(roster_segments).where(*of_segment))
            # all that is wanted of the segment, as it was selected above, and nothing that came meanwhile
            connection.execute(delete(roster_decisions).where(*conditions, *here))
            said = {"run": run, "sequence": sequence, "deleted": len(ids)}
            self._audit(connection, "rewrite-segment", {**said, "sha256_before": segment.sha256, "sha256": sha256})
        with suppress(FileNotFoundError):
            (self._folder / segment.file).unlink()
        return ids

    def _rewritten(self, segment: Any, ids: tuple[str, ...], name: str) -> str:
        assert self._folder is not None
        raw = read_file(self._folder / segment.file, segment.sha256)
        kept = without(raw, ids)
        if rows_in(kept) + len(ids) != rows_in(raw):
            message = "the segment has other decisions than the log says."
            raise SegmentError(message)
        return write_file(self._folder / name, kept)

    def _lock(self, connection: Connection, run: str) -> tuple[int, bool]:
        """Keeps others from adding to the run until the transaction ends; its stream, and whether it has ended."""
        mine = roster_runs.c.id == run
        locked = update(roster_runs).where(mine).values(stream=roster_runs.c.stream)
        found = connection.execute(locked.returning(roster_runs.c.stream, roster_runs.c.ended_at)).one_or_none()
        return (0, True) if found is None else (found.stream, found.ended_at is not None)


def _why(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
