"""PostgreSQL's own programs dump a database and restore it; Rollbook only finds the right ones and hands bytes on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection

from server.backups.archive import CHUNK
from server.backups.errors import BackupError
from server.store.database import Database

__all__ = ["dump", "is_empty", "major_version", "program", "restore", "snapshot", "version_of"]

_DEBIAN: Final = Path("/usr/lib/postgresql")
_VERSION: Final = re.compile(r"\b(\d+)(?:\.\d+|devel|beta\d|rc\d)")
_TABLES: Final = """
SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%%'
"""


def program(name: str, server: int, at_least: int = 0) -> Path:
    """The newest-enough `pg_dump` or `pg_restore`: of the server's own version if there is one, else the next newer.

    Args:
        name: of the program.
        server: the server's major version, such as 15.
        at_least: an older one is of no use either.

    Raises:
        BackupError: when there is none on the path or in /usr/lib/postgresql.
    """
    wanted = max(server, at_least)
    on_path = shutil.which(name)
    places = [*sorted(_DEBIAN.glob(f"*/bin/{name}")), *([Path(on_path)] if on_path else [])]
    found = [(version, place) for place in places if (version := version_of(place)) is not None]
    fitting = [each for each in found if each[0] >= wanted]
    if fitting:
        return min(fitting, key=lambda each: each[0])[1]
    remedy = f"Install PostgreSQL's client programs of version {wanted} or newer (Debian: postgresql-client-{wanted})."
    if not found:
        message = f"{name} is neither on the path nor in {_DEBIAN}."
        raise BackupError(message, remedy)
    newest = max(version for version, _ in found)
    message = f"The newest {name} here is of version {newest}; it must be {wanted} or newer."
    raise BackupError(message, remedy)


def major_version(connection: Connection) -> int:
    """Of the server, such as 15."""
    return int(_one(connection, "SHOW server_version_num")) // 10_000


@contextmanager
def snapshot(database: Database) -> Iterator[tuple[Connection, str]]:
    """A transaction that sees one moment, and the name by which others see the same."""
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
        yield connection, str(_one(connection, "SELECT pg_export_snapshot()"))


def dump(database: Database, pg_dump: Path, of: str, write: Callable[[bytes], object]) -> None:
    """Has the database dumped as it was in the snapshot `of`, in pg_dump's own compressed form.

    Owners and grants are left out, so that it can be restored by another user.

    Raises:
        BackupError: when pg_dump fails.
    """
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={of}"]
    with _running([str(pg_dump), *options], database, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        while data := process.stdout.read(CHUNK):
            write(data)


def is_empty(connection: Connection) -> bool:
    """Whether there is no table, view or the like in the database."""
    return int(_one(connection, _TABLES)) == 0


def restore(database: Database, pg_restore: Path, pieces: Iterable[bytes]) -> None:
    """Has a dump restored to an empty database, in one transaction: all of it, or nothing.

    Raises:
        BackupError: when pg_restore fails, or the pieces do.
    """
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL}
    # a pipe that is broken: it ended before, and says why
    with _running([str(pg_restore), *options], database, **streams) as process, suppress(BrokenPipeError):
        for data in pieces:
            process.stdin.write(data)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


@contextmanager
def _running(command: list[str], database: Database, **streams: Any) -> Iterator[Any]:
    """One of PostgreSQL's programs at work on the database; it has ended afterwards, and well."""
    _, said = database.engine.dialect.create_connect_args(database.engine.url)
    said.pop("context", None)  # psycopg's own, which libpq does not know
    password = said.pop("password", None)  # which other users of this machine would see on a command line
    environment = os.environ | ({} if password is None else {"PGPASSWORD": str(password)})
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own, found by `program`
            [*command, f"--dbname={make_conninfo(**said)}"], stderr=errors, env=environment, **streams
        )
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(BrokenPipeError):
                        stream.close()
            process.wait()
        if process.returncode:
            message = f"{Path(command[0]).name} failed: {_first_line(errors)}"
            raise BackupError(message, "Check the database's URL, the rights of its user, and the disk of its server.")


def _first_line(errors: IO[bytes]) -> str:
    """What a program complained of first, without details, which may quote rows."""
    errors.seek(0)
    for line in errors.read(64 * 1024).decode(errors="replace").splitlines():
        if "error:" in line or "ERROR:" in line:
            return line.strip()
    return "it did not say why"


def version_of(place: Path) -> int | None:
    """The major version of one of PostgreSQL's programs; None where it does not say."""
    try:
        done = subprocess.run([str(place), "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603 - likewise
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(done.stdout)
    return int(found[1]) if found else None


def _one(connection: Connection, query: str) -> Any:
    return connection.exec_driver_sql(query).scalar_one()
