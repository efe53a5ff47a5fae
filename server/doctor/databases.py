"""The database: reachable, of a schema that this release knows, writable, flushing, with a clock that agrees."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError

from server.config import Settings, SettingsError
from server.doctor import postgresql, sqlite
from server.doctor.findings import Finding, good, warning, wrong
from server.ids import milliseconds_of
from server.store.database import Database, error_name
from server.store.schema import check_schema
from server.store.tables import decisions, schema_state

__all__ = ["database"]

_SUBJECT: Final = "database"
_MOST_AHEAD_MILLISECONDS: Final = 2_000


def database(settings: Settings) -> Iterator[Finding]:
    """Everything about the database that the settings name."""
    if settings.database_url is None:
        remedy = "Set `database_url` where decisions are to be recorded, and run `rollbook migrate`."
        yield warning(_SUBJECT, "none is named: MODE_RECORD is refused with NOT_SERVED", remedy)
        return
    try:
        with Database(settings.database_url.get_secret_value()) as found:
            yield from _examined(found, settings)
    except SettingsError as error:
        yield wrong(_SUBJECT, str(error), "The server does not start before this is mended.")
    except DBAPIError as error:
        yield wrong(_SUBJECT, f"it fails ({error_name(error)})", "The log of the database may say more.")


def _examined(database: Database, settings: Settings) -> Iterator[Finding]:
    if check_schema(database) != "good":
        remedy = "Check that it runs, the URL, and what its `pg_hba.conf` allows. The server starts without it."
        yield wrong(_SUBJECT, f"{database.shown} cannot be reached", remedy)
        return
    with database.reading() as connection:
        revision = connection.execute(select(schema_state.c.revision)).scalar_one()
        yield good(_SUBJECT, f"{database.shown}, schema {revision}")
        yield from _newest(connection)
    yield from _writing(database)
    yield from sqlite.examine(database) if database.is_sqlite else postgresql.examine(database, settings)


def _writing(database: Database) -> Iterator[Finding]:
    """Whether this user may write: an update that changes nothing, and is undone."""
    subject = "writing to the database"
    try:
        with database.engine.execution_options(writes=True).connect() as connection:
            connection.execute(update(schema_state).values(revision=schema_state.c.revision))
            connection.rollback()
    except DBAPIError as error:
        name = error_name(error)
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            remedy = "See what holds it: a backup or a retention takes moments only."
            yield warning(subject, f"another process has been writing for seconds ({name})", remedy)
        else:
            remedy = (
                "Let this user write the file and its folder, or grant it the tables; see that the disk is not full."
            )
            yield wrong(subject, f"it is refused ({name})", remedy)
        return
    yield good(subject, "it works")


def _newest(connection: Connection) -> Iterator[Finding]:
    """Whether the newest decision is of the past, as it is unless a clock went back."""
    newest = connection.execute(select(decisions.c.id).order_by(decisions.c.id.desc()).limit(1)).scalar()
    if newest is None:
        return
    made = milliseconds_of(str(newest))
    when = datetime.fromtimestamp(made / 1000, UTC).isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")
    if made > time.time_ns() // 1_000_000 + _MOST_AHEAD_MILLISECONDS:
        found = f"the newest decision is of {when}, which is yet to come by this machine's clock"
        yield warning("newest decision", found, "Set the clock right (NTP): decisions sort by their time.")
    else:
        yield good("newest decision", when)
