"""Backups are made: the database first, then the segments of recorded rosters that its rows name."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Final, Literal

from sqlalchemy.exc import DBAPIError

from server.backups import postgresql, sqlite
from server.backups.archive import CHUNK, Archive, ArchiveWriter
from server.backups.contents import Contents, SegmentFile, contents_of
from server.backups.errors import BackupError
from server.backups.manifest import DATABASE, FORMAT, ROSTERS, Manifest
from server.backups.staging import flushed, staging
from server.store.database import Database, error_name

__all__ = ["Made", "Progress", "make_backup"]

Progress = Callable[[str, float], None]
"""What is being done, and what share of it is done."""

_ATTEMPTS: Final = 3
"""Retention and erasing delete segments; what was deleted while it was backed up is backed up anew, without it."""

_ROOM_BESIDE: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made.

    Attributes:
        file: where it is.
        manifest: what it says of itself.
        size: in bytes.
        sha256: of the whole file.
    """

    file: Path
    manifest: Manifest
    size: int
    sha256: str


class _SegmentsChangedError(Exception):
    """A segment that was in the log when the backup began was deleted or rewritten meanwhile."""


def make_backup(
    database: Database, rosters: Path | None, file: Path, *, force: bool = False, progress: Progress = lambda *_: None
) -> Made:
    """Makes a backup of a database that servers may be writing to, and reads it again before it takes its name.

    The database is read first, at one moment; then the segments that its rows name. A segment is on disk before its
    row, so that every row of the backup has its segment.

    Args:
        database: what to back up.
        rosters: the folder of segments of recorded rosters; None where there is none.
        file: where to; it is there as a whole or not at all, readable by its owner only.
        force: whether a file that is there already is replaced, once the new one is complete.
        progress: is told how far it is.

    Raises:
        BackupError: when it cannot be made; a file that was there before is still there.
    """
    if file.exists() and not force:
        message = f"{file} exists."
        raise BackupError(message, "Name another file, or say --force to have it replaced.")
    if not file.parent.is_dir():
        message = f"There is no folder {file.parent}."
        raise BackupError(message, f"`install -d -m 700 {file.parent}` makes it.")
    try:
        for _ in range(_ATTEMPTS):
            try:
                return _made(database, rosters, file, progress)
            except _SegmentsChangedError:
                continue
    except DBAPIError as error:
        message = f"The database failed ({error_name(error)}); no backup was made."
        raise BackupError(message, "`rollbook doctor` looks at the database.") from None
    except (OSError, sqlite3.Error) as error:
        raise _stopped(error, file) from None
    message = "Recorded rosters are deleted faster than they are backed up."
    raise BackupError(message, "Run it again when no retention and no erasing runs.")


def _made(database: Database, rosters: Path | None, file: Path, progress: Progress) -> Made:
    with staging(file.parent) as folder:
        part = folder / "backup"
        part.touch(mode=0o600)
        with part.open("wb") as out, ArchiveWriter(out) as archive:
            began = datetime.now(UTC)
            kind: Literal["sqlite", "postgresql"] = "sqlite" if database.is_sqlite else "postgresql"
            store = _of_sqlite if database.is_sqlite else _of_postgresql
            contents, made_by = store(database, folder, archive, progress)
            _segments(database, contents.segments, rosters, archive, progress)
            manifest = Manifest(
                format=FORMAT,
                release=version("rollbook"),
                kind=kind,
                database=made_by,
                schema_revision=contents.schema,
                made_at=began,
                newest_decision=contents.newest_decision,
                counts=contents.counts,
                files=tuple(archive.members),
            )
            whole = archive.finish(manifest)
        flushed(part)
        with Archive(part) as again:
            again.verify(lambda share: progress("reading the backup again", share))
        size = part.stat().st_size
        part.replace(file)
        flushed(file.parent)
        return Made(file, manifest, size, whole)


def _of_sqlite(database: Database, folder: Path, archive: ArchiveWriter, progress: Progress) -> tuple[Contents, str]:
    assert database.file is not None
    size = database.file.stat().st_size
    if shutil.disk_usage(folder).free < size + _ROOM_BESIDE:
        message = f"There is too little room at {folder.parent}: a copy of the database takes {size} bytes for a while."
        raise BackupError(message, "Make room, or write the backup to another disk.")
    copy = folder / "database"
    sqlite.copy(database, copy, lambda share: progress("copying the database", share))
    progress("checking the copy", 0.0)
    contents = sqlite.checked_copy(copy)
    whole = copy.stat().st_size
    with archive.member(DATABASE["sqlite"], compress=True) as write, copy.open("rb") as source:
        _copy(source, write, lambda done: progress("writing the backup", done / max(whole, 1)))
    copy.unlink()
    return contents, f"SQLite {sqlite3.sqlite_version}"


def _of_postgresql(
    database: Database, _folder: Path, archive: ArchiveWriter, progress: Progress
) -> tuple[Contents, str]:
    with postgresql.snapshot(database) as (connection, name):
        server = postgresql.major_version(connection)
        pg_dump = postgresql.program("pg_dump", server)
        contents = contents_of(connection)
        progress("dumping the database", 0.0)
        with archive.member(DATABASE["postgresql"], compress=False) as write:
            postgresql.dump(database, pg_dump, name, write)
    return contents, f"PostgreSQL {server}, pg_dump {postgresql.version_of(pg_dump)}"


def _segments(
    database: Database,
    segments: tuple[SegmentFile, ...],
    rosters: Path | None,
    archive: ArchiveWriter,
    progress: Progress,
) -> None:
    for number, segment in enumerate(segments):
        if rosters is None:
            message = "The database has recorded rosters, and nothing says where their segments are."
            raise BackupError(message, "Name the server's configuration (--config), or the folder (--rosters).")
        progress("copying recorded rosters", number / len(segments))
        found = _segment(rosters / segment.file, ROSTERS + segment.file, archive)
        if found == segment.sha256:
            continue
        with database.reading() as connection:
            if segment not in contents_of(connection).segments:
                raise _SegmentsChangedError
        what = "is missing" if found is None else "is not what was recorded"
        message = f"The segment {segment.file} of a recorded roster {what} in {rosters}."
        raise BackupError(message, "Restore that file from an older backup; docs/operations.md says how.")


def _segment(file: Path, name: str, archive: ArchiveWriter) -> str | None:
    """Copies a segment and gives its SHA-256; None where there is none."""
    try:
        source = file.open("rb")
    except FileNotFoundError:
        return None
    with source, archive.member(name, compress=False) as write:
        _copy(source, write)
    return archive.members[-1].sha256


def _copy(
    source: IO[bytes], write: Callable[[bytes], object], progress: Callable[[int], None] = lambda _: None
) -> None:
    done = 0
    while data := source.read(CHUNK):
        write(data)
        done += len(data)
        progress(done)


def _stopped(error: Exception, file: Path) -> BackupError:
    """What the disk says, in words."""
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
    if full or getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
        message = f"The disk of {file.parent} is full; no backup was made, and what was there before is still there."
        return BackupError(message, "Make room, or write the backup to another disk.")
    if isinstance(error, OSError):
        return BackupError(f"{error.filename or file.parent}: {error.strerror or error}; no backup was made.")
    return BackupError(f"The database cannot be copied ({error_name(error)}); no backup was made.")
