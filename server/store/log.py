"""The decision log: what is in it is on disk, and what was not written is not answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.config import Settings
from server.errors import RefusalError
from server.metrics import Metrics
from server.store import reading
from server.store.database import Database, error_name
from server.store.entries import Document, Entry, LoggedRow, Placed, RequestKey, StoredRequest
from server.store.group_commit import GroupCommit, WaitedTooLongError, Waiting
from server.store.reading import Filter
from server.store.rosters import RosterLog, segment_folder
from server.store.schema import check_schema
from server.store.scope import Scope
from server.store.writing import Writer

__all__ = ["DecisionLog", "open_log"]

_log = structlog.stdlib.get_logger("server")

_T = TypeVar("_T")

_FAULTS_OF_ONE: Final = ("DataError", "IntegrityError", "ProgrammingError", "InterfaceError")
"""Errors of the drivers that one entry can cause; its neighbours are then written without it."""


class DecisionLog:
    """The log of one database, for one process. Safe to be used by many threads.

    Args:
        database: where it is.
        metrics: what commits are counted in.
        seconds: how long a decision may wait to be written.
        in_flight: how many calls are being answered now.
        roster_folder: where the segments of recorded rosters are; None where rosters cannot be recorded.

    Raises:
        SettingsError: when the database has a schema that this release does not know.

    Attributes:
        rosters: the recorded rosters.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        *,
        seconds: float,
        in_flight: Callable[[], int] = lambda: 1,
        roster_folder: Path | None = None,
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._seconds = seconds
        self._writer = Writer(database, seconds)
        self._available = self._checked = False
        self._checked = check_schema(database) == "good"
        self._tell(None if self._checked else "unreachable")
        self._commits: GroupCommit[Entry] = GroupCommit(self._write, in_flight)
        self.rosters = RosterLog(database, roster_folder, self._change, self._read)

    def close(self) -> None:
        """Ends the connections, once no call waits any more."""
        self._writer.disconnect()
        self._database.close()

    def record(self, entry: Entry, seconds: float | None = None) -> bool:
        """Waits until the entry is on disk; False where the request of its key was logged before, and this is not.

        Args:
            entry: what to write.
            seconds: how long the caller waits for it; less than the log's own patience counts.

        Raises:
            RefusalError: LOG_UNAVAILABLE; it is not on disk then, or nobody can tell.
        """
        patience = self._seconds if seconds is None else max(min(seconds, self._seconds), 0.0)
        try:
            return self._commits.submit(entry, patience)
        except WaitedTooLongError:
            raise _unavailable() from None

    def unstored(self, documents: Sequence[Document]) -> tuple[Document, ...]:
        """Those that may not be stored yet, to be handed over with an entry."""
        stored = self._writer.stored
        return tuple(document for document in documents if document.key not in stored)

    def stored_request(self, key: RequestKey) -> StoredRequest | None:
        """The request of that id, if there was one."""
        return self._read(lambda connection: reading.stored_request(connection, key))

    def decisions(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The messages of these decisions, by id; those that were deleted are not among them."""
        return self._read(lambda connection: reading.decisions_by_id(connection, ids))

    def get(self, scope: Scope, id_: str) -> LoggedRow | Placed | None:
        """The decision of that id, if it is one of those; of one of a recorded roster where it stands."""
        return self._read(lambda connection: reading.decision_by_id(connection, scope, id_))

    def page(
        self, scope: Scope, wanted: Filter, count: int, after: str = "", *, newest_first: bool = True
    ) -> list[LoggedRow | Placed]:
        """At most `count` decisions by their time, fewer where they are large; those that follow the id `after`."""
        return self._read(
            lambda connection: reading.page(connection, scope, wanted, count, after, newest_first=newest_first)
        )

    def document(self, kind: str, name: str, version: str) -> str | None:
        """The YAML of a version, or None where it is not stored."""
        return self._read(lambda connection: reading.document(connection, kind, name, version))

    def _read(self, ask: Callable[[Connection], _T]) -> _T:
        """What the database answers.

        Raises:
            RefusalError: LOG_UNAVAILABLE when it does not.
        """
        try:
            with self._database.reading() as connection:
                found: _T = ask(connection)
        except SQLAlchemyError as error:
            _log.warning("log_not_read", error=error_name(error))
            raise _unavailable() from None
        return found

    def _change(self, change: Callable[[Connection], _T]) -> _T:
        """What `change` gives, in one transaction that is on disk then.

        Raises:
            RefusalError: LOG_UNAVAILABLE when the database fails; what `change` refuses, and nothing is changed then.
        """
        try:
            self._check()
            with self._metrics.log_commit_seconds.time(), self._database.writing() as connection:
                if not self._database.is_sqlite:
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(int(self._seconds * 1000), 1)}")
                changed: _T = change(connection)
        except RefusalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be answered that is not on disk
            self._tell(error_name(error))
            raise _unavailable() from None
        self._tell(None)
        return changed

    def _check(self) -> None:
        """Looks at the schema, where the database could not be asked before.

        Raises:
            RefusalError: LOG_UNAVAILABLE when it cannot be asked now.
        """
        if not self._checked:
            self._checked = check_schema(self._database) == "good"
            if not self._checked:
                raise _unavailable()

    def _write(self, group: Sequence[Waiting[Entry]]) -> None:
        """Writes a group. Whatever happens, each of it is told what became of it."""
        with self._metrics.log_commit_seconds.time():
            error = self._attempt(group)
        if error is not None and len(group) > 1 and _is_of_one(error):
            for waiting in group:
                self._settle([waiting], self._attempt([waiting]))
            return
        self._settle(group, error)

    def _attempt(self, group: Sequence[Waiting[Entry]]) -> Exception | None:
        try:
            self._check()
            self._writer.write(group)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing of the group may be answered
            return error
        return None

    def _settle(self, group: Sequence[Waiting[Entry]], error: Exception | None) -> None:
        if error is not None:
            refusal = error if isinstance(error, RefusalError) else _unavailable()
            for waiting in group:
                waiting.error = refusal
            self._tell(error_name(error))
            return
        self._metrics.log_decisions.inc(sum(len(waiting.entry.rows) for waiting in group if waiting.fresh))
        self._tell(None)

    def _tell(self, error: str | None) -> None:
        """Logs when the database ceases to take decisions, and when it takes them again."""
        available = error is None
        self._metrics.log_available.set(available)
        if available is self._available:
            return
        self._available = available
        if available:
            _log.info("log_available")
        else:
            _log.error("log_unavailable", error=error)


def open_log(settings: Settings, metrics: Metrics, in_flight: Callable[[], int]) -> DecisionLog | None:
    """The decision log, or None where the settings name no database.

    Raises:
        SettingsError: when its database cannot be used.
    """
    if settings.database_url is None:
        return None
    database = Database(settings.database_url.get_secret_value())
    folder = segment_folder(settings.roster_log_folder, database)
    return DecisionLog(database, metrics, seconds=settings.log_seconds, in_flight=in_flight, roster_folder=folder)


def _is_of_one(error: Exception) -> bool:
    return any(kind.__name__ in _FAULTS_OF_ONE for kind in type(error).__mro__)


def _unavailable() -> RefusalError:
    message = "The decision log cannot be written or read, so nothing is decided that must be recorded; try again."
    return RefusalError("LOG_UNAVAILABLE", message)
