"""Writes groups of entries, each group in one transaction, on a connection that is kept."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from threading import Event
from typing import Any, Final

from sqlalchemy import Table

from server.store.database import Database
from server.store.entries import Document, Entry
from server.store.group_commit import Waiting
from server.store.tables import decisions, requests, versions

__all__ = ["Writer"]

_LOOK_EVERY_SECONDS: Final = 0.001
_PRIMARY_CODE: Final = 0xFF
"""The part of SQLite's error codes that says what kind an error is of."""


class Writer:
    """Writes entries. Used by one thread at a time.

    Statements are handed to the driver itself: a row that goes through SQLAlchemy costs as much as deciding the case.

    Args:
        database: where to.
        seconds: how long a statement may wait.

    Attributes:
        stored: the versions that are known to be stored.
    """

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._milliseconds = max(int(seconds * 1000), 1)
        self._connection: Any = None
        self._file: tuple[int, int] | None = None
        self.stored: set[tuple[str, str, str]] = set()
        place = "?" if database.is_sqlite else "%s"
        self._insert_decision = _insert(decisions, place)
        self._insert_version = f"{_insert(versions, place)} ON CONFLICT DO NOTHING"
        self._insert_request = f"{_insert(requests, place)} ON CONFLICT DO NOTHING"
        if not database.is_sqlite:
            self._insert_request += " RETURNING 1"

    def write(self, group: Sequence[Waiting[Entry]]) -> None:
        """Writes a group in one transaction; what is of a key that is there already is left out, and said to be.

        Raises:
            Exception: the driver's; nothing of the group is written then, or, where the connection broke, perhaps all.
        """
        self._check_file()
        connection = self._connected()
        documents = self._documents(group)
        try:
            # a cursor that stays open keeps SQLite's lock, however the connection ends
            with closing(connection.cursor()) as cursor:
                if self._database.is_sqlite:
                    self._begin(cursor)
                if documents:
                    now = time.time_ns() // 1_000_000
                    cursor.executemany(self._insert_version, [(*document, now) for document in documents])
                self._requests(cursor, group)
                rows = [row for waiting in group if waiting.fresh for row in waiting.entry.rows]
                if rows:
                    cursor.executemany(self._insert_decision, rows)
                cursor.execute("COMMIT")
        except BaseException:
            self.disconnect()
            raise
        self.stored.update(document.key for document in documents)

    def disconnect(self) -> None:
        """Ends the connection; the next group makes another. Whatever was not committed is undone."""
        connection, self._connection, self._file = self._connection, None, None
        self.stored.clear()  # what is there next may be another database, restored from a backup
        if connection is not None:
            connection.invalidate()

    def _begin(self, cursor: Any) -> None:
        """Begins as soon as no other process writes.

        SQLite itself would look again after longer and longer pauses, up to a tenth of a second, while workers that
        come later go before.
        """
        until = time.monotonic() + self._milliseconds / 1000
        while True:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    raise
            Event().wait(_LOOK_EVERY_SECONDS)

    def _requests(self, cursor: Any, group: Sequence[Waiting[Entry]]) -> None:
        """Writes the ids of requests, and says of whose there was one."""
        # in one order, so that two servers that write the same ones cannot wait for each other
        asked = sorted((waiting for waiting in group if waiting.entry.key is not None), key=_key_of)
        if self._database.is_sqlite:
            for waiting in asked:
                cursor.execute(self._insert_request, _request_row(waiting.entry))
                waiting.fresh = cursor.rowcount == 1
        elif asked:
            cursor.executemany(self._insert_request, [_request_row(one.entry) for one in asked], returning=True)
            for number, waiting in enumerate(asked):
                if number:
                    cursor.nextset()
                waiting.fresh = cursor.fetchone() is not None

    def _documents(self, group: Iterable[Waiting[Entry]]) -> list[Document]:
        found = {document.key: document for waiting in group for document in waiting.entry.documents}
        return [found[key] for key in sorted(found) if key not in self.stored]

    def _connected(self) -> Any:
        if self._connection is None:
            connection: Any = self._database.engine.raw_connection()
            with closing(connection.cursor()) as cursor:
                if self._database.is_sqlite:
                    cursor.execute("PRAGMA busy_timeout = 0")  # `_begin` waits for others
                else:
                    # how long it may wait for others that hold a lock
                    cursor.execute(f"SET statement_timeout = {self._milliseconds}")
                    connection.commit()
            self._connection, self._file = connection, self._identity()
        return self._connection

    def _check_file(self) -> None:
        """Lets go of a SQLite file that is no longer the one at its path: what is written there is lost."""
        if self._connection is not None and self._file != self._identity():
            self.disconnect()

    def _identity(self) -> tuple[int, int] | None:
        if self._database.file is None:
            return None
        try:
            found = self._database.file.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_dev, found.st_ino


def _key_of(waiting: Waiting[Entry]) -> tuple[str, ...]:
    key = waiting.entry.key
    assert key is not None
    return key


def _request_row(entry: Entry) -> tuple[object, ...]:
    assert entry.key is not None
    return (*entry.key, entry.body, entry.reply)


def _insert(table: Table, place: str) -> str:
    """An insert of every column, in the table's order."""
    names = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([place] * len(names))})"  # noqa: S608 - our own names
