"""What is in a database: its schema, how many rows, which segments of rosters; asked in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, column, func, inspect, select, table

from server.backups.errors import BackupError
from server.store.roster_tables import roster_segments
from server.store.schema import state_of
from server.store.tables import decisions

__all__ = ["Contents", "SegmentFile", "contents_of"]


class SegmentFile(NamedTuple):
    """A segment of a recorded roster: its path below the folder of segments, and the SHA-256 of what is in it."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database held at one moment.

    Attributes:
        schema: its revision.
        counts: rows, by table.
        newest_decision: its id; empty where there is none.
        segments: in the order of their names.
    """

    schema: str
    counts: dict[str, int]
    newest_decision: str
    segments: tuple[SegmentFile, ...]


def contents_of(connection: Connection) -> Contents:
    """What the database of a connection holds.

    Raises:
        BackupError: when it is no database of Rollbook.
    """
    state = state_of(connection)
    if state is None:
        message = "The database has no tables of Rollbook."
        raise BackupError(message, "`rollbook migrate` prepares a database; is the URL right?")
    names = sorted(inspect(connection).get_table_names())
    counts = {
        name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one()) for name in names
    }
    newest = connection.execute(select(decisions.c.id).order_by(decisions.c.id.desc()).limit(1)).scalar()
    segments: tuple[SegmentFile, ...] = ()
    if roster_segments.name in counts:
        wanted: Any = select(column("file"), column("sha256")).select_from(table(roster_segments.name))
        wanted = wanted.order_by(column("file"))
        segments = tuple(SegmentFile(str(row[0]), str(row[1])) for row in connection.execute(wanted))
    return Contents(state[0], counts, str(newest or ""), segments)
