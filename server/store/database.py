"""A database by its URL: SQLite in one file, or PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError

from server.config import SettingsError

__all__ = ["Database", "error_name"]

_BUSY_SECONDS: Final = 5
"""How long to wait for another process that writes."""

_POSTGRESQL: Final = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 2,
    "tcp_user_timeout": 5_000,
    "application_name": "rollbook",
}
"""A server that vanished without a word is noticed in seconds. What the URL says wins."""

_EXAMPLES: Final = "Write sqlite:////var/lib/rollbook/rollbook.db or postgresql://user@host/database."


class Database:
    """A database that may be connected to.

    Attributes:
        engine: connects to it.
        is_sqlite: whether it is a SQLite file; else it is PostgreSQL.
        file: the file, for SQLite.
        shown: the URL without its password.
    """

    def __init__(self, url: str, *, create: bool = False) -> None:
        """Connects to nothing yet.

        Args:
            url: `sqlite:////path/to/file` or `postgresql://user@host/database`.
            create: whether a SQLite file that does not exist is made.

        Raises:
            SettingsError: when the URL is none of these.
        """
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            message = f"The URL of the database cannot be read. {_EXAMPLES}"
            raise SettingsError(message) from None
        self.shown = parsed.render_as_string(hide_password=True)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.file: Path | None = None
        if self.is_sqlite and parsed.database not in (None, "", ":memory:"):
            self.file = Path(str(parsed.database))
            self.engine = _sqlite(self.file, create=create)
        elif parsed.get_backend_name() == "postgresql":
            self.engine = _postgresql(parsed)
        else:
            message = f"{self.shown} is no database that Rollbook can use. {_EXAMPLES}"
            raise SettingsError(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends its connections."""
        self.engine.dispose()

    def reading(self) -> Any:
        """A context with a connection for reading, in one transaction."""
        return self.engine.begin()

    def writing(self) -> Any:
        """A context with a connection for writing, in one transaction."""
        return self.engine.execution_options(writes=True).begin()


def error_name(error: BaseException) -> str:
    """What a failure of the database is called, such as `SQLITE_FULL` or `57P01`; never its text, which may quote."""
    inner = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(inner, "sqlite_errorname", None) or getattr(inner, "sqlstate", None)
    return str(name or type(inner).__name__)


def _sqlite(file: Path, *, create: bool) -> Engine:
    if create and not file.exists():
        file.touch(mode=0o600)  # it holds what is known of students
    quoted = URL.create("sqlite", database=f"file:{_uri_path(file)}", query={"mode": "rw", "uri": "true"})
    engine = create_engine(
        quoted, connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None}, hide_parameters=True
    )

    def connected(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        # in WAL mode readers and the writer do not wait for each other; FULL flushes at every commit
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begins(connection: Connection) -> None:
        # a transaction that reads first and writes then would fail where another has written in between
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def taken(_connection: Any, record: Any, _proxy: object) -> None:
        # what is written to a file that another has replaced, as a restored backup does, is lost
        now = _identity(file)
        if record.info.setdefault("file", now) != now:
            raise DisconnectionError

    event.listen(engine, "connect", connected)
    event.listen(engine, "checkout", taken)
    event.listen(engine, "begin", begins)
    return engine


def _identity(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_dev, found.st_ino


def _uri_path(file: Path) -> str:
    """The path as SQLite's URIs write it."""
    path = os.fspath(file.absolute())
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _postgresql(url: URL) -> Engine:
    query = {name: value for name, value in _POSTGRESQL.items() if name not in url.query}
    engine = create_engine(url.set(drivername="postgresql+psycopg"), connect_args=query, hide_parameters=True)

    def connected(connection: Any, _record: object) -> None:
        # a database may have it off for its other users; what is stricter than `on` stays
        wanted = "SELECT set_config('synchronous_commit', 'on', false)"
        with connection.cursor() as cursor:
            cursor.execute(f"{wanted} WHERE current_setting('synchronous_commit') = 'off'")
        connection.commit()

    event.listen(engine, "connect", connected)
    return engine
