"""A SQLite file is copied while servers write to it, and a copy is looked at before it is trusted."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from server.backups.contents import Contents, contents_of
from server.backups.errors import BackupError
from server.store.database import Database

__all__ = ["checked_copy", "copy"]

_PAGES_AT_ONCE: Final = 2_000
"""Pages that are copied between two looks at the progress: 8 MB."""


def copy(database: Database, target: Path, progress: Callable[[float], None]) -> None:
    """Copies the database as it is now to a new file, by SQLite's online backup.

    One transaction reads all of it, so the copy is of one moment however much is written meanwhile, and whoever writes
    does not wait. What they write stays in the WAL until the copy is made.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(descriptor)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM schema_state")  # the moment begins
        source: Any = connection.connection.driver_connection
        with closing(_alone(target)) as made:
            made.execute("PRAGMA synchronous = OFF")  # it is flushed as a whole, afterwards
            made.execute("PRAGMA journal_mode = OFF")
            source.backup(
                made,
                pages=_PAGES_AT_ONCE,
                progress=lambda _, remaining, total: progress(1 - remaining / max(total, 1)),
            )
            made.execute("PRAGMA journal_mode = DELETE")  # one file, whatever the journal of the server's is


def checked_copy(file: Path) -> Contents:
    """What a copy holds, once SQLite has looked at every page of it.

    Raises:
        BackupError: when it is damaged.
    """
    engine = create_engine("sqlite://", creator=lambda: _alone(file), poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
            if said != "ok":
                raise _damaged()
            return contents_of(connection)
    except DBAPIError:
        raise _damaged() from None


def _alone(file: Path) -> sqlite3.Connection:
    """A connection to a file that nobody else uses."""
    path = os.fspath(file.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # so that a journal in WAL mode needs no shared memory
    return connection


def _damaged() -> BackupError:
    message = "The copy of the database is damaged: SQLite's integrity check fails."
    remedy = "If it is so every time the database itself is damaged: restore the newest backup that is not."
    return BackupError(message, remedy)
