"""What only a SQLite file can have wrong: its disk, its file system, who may read it."""

from __future__ import annotations

from collections.abc import Iterator

from server.doctor.findings import Finding, good, warning, wrong
from server.doctor.folders import disk, file_system, is_remote, readers, writable_folder
from server.store.database import Database

__all__ = ["examine"]


def examine(database: Database) -> Iterator[Finding]:
    """The file, its folder and its disk."""
    assert database.file is not None
    file, subject = database.file.absolute(), "file of the database"
    with database.engine.connect() as connection:
        journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
        synchronous = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    kind = file_system(file)
    if is_remote(kind):
        remedy = "Put it on a disk of this machine, or take PostgreSQL."
        yield wrong(subject, f"{file} is on {kind}, which does not keep SQLite's promises", remedy)
    elif journal != "wal" or synchronous < 2:
        remedy = "Put it on a local disk, in a folder that the server's user may write."
        yield wrong(subject, f"its journal is `{journal}`, and must be `wal`", remedy)
    else:
        yield good(subject, f"{file}, journal in WAL mode, flushed at every commit" + (f", on {kind}" if kind else ""))
    yield from readers(subject, file)  # SQLite gives the files beside it the same mode
    yield from writable_folder("folder of the database", file.parent)
    if file.parent.stat().st_mode & 0o002:
        remedy = f"`chmod o-w {file.parent}`."
        yield warning(
            "folder of the database", f"every user of this machine may replace files in {file.parent}", remedy
        )
    yield disk("disk of the database", file.parent, "decisions are refused with LOG_UNAVAILABLE")
