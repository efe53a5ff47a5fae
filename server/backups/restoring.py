"""Backups are restored: everything is verified before anything is written, and nothing is ever overwritten."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from server.backups import postgresql, sqlite
from server.backups.archive import CHUNK, Archive
from server.backups.contents import Contents, contents_of
from server.backups.errors import BackupError
from server.backups.making import Progress
from server.backups.manifest import ROSTERS, Manifest, Member
from server.backups.staging import flushed, staging
from server.store.database import Database, error_name
from server.store.schema import KNOWN

__all__ = ["check_backup", "restore_backup"]

_DUMPED_BY: Final = re.compile(r"pg_dump (\d+)")
_BESIDE: Final = ("-wal", "-shm", "-journal")
_STOP: Final = "Stop every server on it"


def check_backup(file: Path, *, sha256: str = "", progress: Progress = lambda *_: None) -> Manifest:
    """Reads a backup to its end, and gives its manifest.

    Args:
        file: the backup.
        sha256: of the whole file, where it is known.
        progress: is told how far it is.

    Raises:
        BackupError: when it is damaged, changed, or no backup.
    """
    if sha256 and _hash(file, progress) != sha256.lower():
        message = f"{file} is not the file of that SHA-256."
        raise BackupError(message, "Take the backup that was made then; this one was changed, or is another.")
    with Archive(file) as archive:
        archive.verify(lambda share: progress("verifying the backup", share))
        return archive.manifest


def restore_backup(
    file: Path, database: Database, rosters: Path | None, *, sha256: str = "", progress: Progress = lambda *_: None
) -> Manifest:
    """Restores a backup to a database that is empty, and the segments of recorded rosters to their folder.

    Args:
        file: the backup.
        database: a SQLite file that does not exist, or a PostgreSQL database without tables.
        rosters: the folder for segments; None where there is none. What is in it already stays.
        sha256: of the whole backup, where it is known.
        progress: is told how far it is.

    Returns:
        The manifest of the backup.

    Raises:
        BackupError: when it cannot be restored. The database is as empty then as it was.
    """
    try:
        manifest = check_backup(file, sha256=sha256, progress=progress)
        _fits(manifest, database)
        with Archive(file) as archive:
            wanted = _segments(archive, rosters)
            restore = _to_sqlite if database.is_sqlite else _to_postgresql
            restore(archive, database, wanted, progress)
    except DBAPIError as error:
        message = f"The database failed ({error_name(error)})."
        raise BackupError(message, "See whether anything was restored to it before you try again.") from None
    except OSError as error:
        message = f"{error.filename or file}: {error.strerror or error}; nothing was restored."
        raise BackupError(message, "Make room, or mend who may write there.") from None
    return manifest


def _fits(manifest: Manifest, database: Database) -> None:
    """Raises where the backup is of another kind than the database, or of a release that is newer than this one."""
    kind = "sqlite" if database.is_sqlite else "postgresql"
    if manifest.kind != kind:
        message = f"The backup is of {manifest.kind}, and the database is of {kind}."
        raise BackupError(message, "Restore it to a database of its own kind.")
    if manifest.schema_revision > KNOWN:
        message = f"The backup has the schema {manifest.schema_revision}, which this release ({KNOWN}) does not know."
        raise BackupError(message, f"Install Rollbook {manifest.release} or newer.")


def _to_sqlite(archive: Archive, database: Database, segments: list[tuple[Member, Path]], progress: Progress) -> None:
    assert database.file is not None
    target = database.file.absolute()
    _refuse_used(target)
    if not target.parent.is_dir():
        message = f"There is no folder {target.parent}."
        raise BackupError(message, f"`install -d -m 700 {target.parent}`, as the server's user, makes it.")
    member = archive.manifest.files[0]
    with staging(target.parent) as folder:
        staged = folder / "database"
        _written(_told(archive.read(member), member.size, progress), staged)
        progress("checking the database", 0.0)
        _same(sqlite.checked_copy(staged), archive.manifest)
        _restore_segments(archive, segments, progress)
        _refuse_used(target)
        try:
            os.link(staged, target)  # which, unlike renaming, never replaces what has come there meanwhile
        except FileExistsError:
            raise _not_empty(target) from None
    flushed(target.parent)


def _refuse_used(target: Path) -> None:
    """Raises where there is a database, or what is left of one."""
    if target.exists():
        raise _not_empty(target)
    for ending in _BESIDE:
        if (left := target.with_name(target.name + ending)).exists():
            message = f"{left} is there without its database: a server may still have it open."
            raise BackupError(message, f"{_STOP}, and move it away with the database that it belongs to.")


def _not_empty(target: Path) -> BackupError:
    message = f"{target} exists; a backup is restored only where there is nothing."
    remedy = f"{_STOP}, and move it away, with {target.name}-wal and {target.name}-shm if they are there."
    return BackupError(message, remedy)


def _to_postgresql(
    archive: Archive, database: Database, segments: list[tuple[Member, Path]], progress: Progress
) -> None:
    member = archive.manifest.files[0]
    dumped_by = _DUMPED_BY.search(archive.manifest.database)
    with database.reading() as connection:
        if not postgresql.is_empty(connection):
            message = f"{database.shown} is not empty; a backup is restored only where there is nothing."
            raise BackupError(message, f"Make a database for it (`createdb`). {_STOP} that is to use the restored one.")
        server = postgresql.major_version(connection)
    pg_restore = postgresql.program("pg_restore", server, int(dumped_by[1]) if dumped_by else 0)
    _restore_segments(archive, segments, progress)
    postgresql.restore(database, pg_restore, _told(archive.read(member), member.size, progress))
    with database.reading() as connection:
        _same(contents_of(connection), archive.manifest)


def _same(found: Contents, manifest: Manifest) -> None:
    """Raises where the database does not hold what the manifest says."""
    said = {name: count for name, count in found.counts.items() if name in manifest.counts}
    if (said, found.schema, found.newest_decision) != (
        manifest.counts,
        manifest.schema_revision,
        manifest.newest_decision,
    ):
        message = "The database of the backup does not hold what its manifest says."
        raise BackupError(message, "Take another backup; do not use a database that was restored from this one.")


def _segments(archive: Archive, rosters: Path | None) -> list[tuple[Member, Path]]:
    """The segments that are still to be restored, each with its place.

    Raises:
        BackupError: when there is no folder for them, or other files have their names.
    """
    wanted: list[tuple[Member, Path]] = []
    for member in archive.manifest.files[1:]:
        if rosters is None:
            message = "The backup has recorded rosters, and nothing says where they are to be."
            raise BackupError(message, "Name the server's configuration (--config), or the folder (--rosters).")
        place = rosters / member.name.removeprefix(ROSTERS)
        if not place.exists():
            wanted.append((member, place))
        elif place.stat().st_size != member.size or _hash(place) != member.sha256:
            message = f"{place} is there already, and is another file."
            raise BackupError(message, f"{_STOP}, and move {rosters} away.")
    return wanted


def _restore_segments(archive: Archive, segments: list[tuple[Member, Path]], progress: Progress) -> None:
    for number, (member, place) in enumerate(segments):
        progress("restoring recorded rosters", number / len(segments))
        place.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        part = place.with_name(place.name + ".part")
        part.unlink(missing_ok=True)
        _written(archive.read(member), part)
        part.rename(place)
        flushed(place.parent)


def _written(pieces: Iterator[bytes], file: Path) -> None:
    """Writes a new file, for its owner only, and has it on the disk."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as out:  # noqa: PTH123 - opened above, with its mode
        out.writelines(pieces)
    flushed(file)


def _told(pieces: Iterator[bytes], size: int, progress: Progress) -> Iterator[bytes]:
    done = 0
    for data in pieces:
        done += len(data)
        progress("restoring", done / max(size, 1))
        yield data


def _hash(file: Path, progress: Progress = lambda *_: None) -> str:
    found, size, done = hashlib.sha256(), max(file.stat().st_size, 1), 0
    with file.open("rb") as source:
        while data := source.read(CHUNK):
            found.update(data)
            done += len(data)
            progress("reading the backup", done / size)
    return found.hexdigest()
