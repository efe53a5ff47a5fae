"""The schema of a database: brought up to date by `rollbook migrate`, and by nothing else.

Migrations expand first and contract later: a migration adds what the next release needs, and only a release after that
removes what nobody reads any more. So servers of one release work while the database is migrated for the next; each
migration says in `serves_from` which servers those are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DBAPIError

from server.config import SettingsError
from server.store import identity_tables, roster_tables, version_tables
from server.store.database import Database, error_name
from server.store.tables import schema_state

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["KNOWN", "MODULES", "check_schema", "migrate", "state_of"]

MODULES: Final = (identity_tables, roster_tables, version_tables)
"""Modules whose tables belong to the schema, besides those of `server.store.tables`."""

_MIGRATIONS: Final = Path(__file__).with_name("migrations")


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config  # a server that only looks at the schema starts sooner without Alembic

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


KNOWN: Final = "0002"
"""The schema that this code is written for: the newest migration."""


def migrate(database: Database) -> tuple[str, str]:
    """Applies every migration that is missing.

    Returns:
        The revision before, empty for a new database, and after.

    Raises:
        SettingsError: when the database cannot be reached, or is of a newer release.
    """
    from alembic import command
    from alembic.script import ScriptDirectory

    try:
        with database.writing() as connection:
            before = state_of(connection)
            newest = ScriptDirectory.from_config(_config()).get_current_head()
            if before is not None and before[0] > str(newest):
                raise SettingsError(_newer(database, before[0]))
            command.upgrade(_config(connection), "head")
            after = state_of(connection)
    except DBAPIError as error:
        raise SettingsError(_unreachable(database, error)) from None
    assert after is not None
    return ("" if before is None else before[0]), after[0]


def check_schema(database: Database) -> Literal["good", "unreachable"]:
    """Whether the database has a schema that this code knows, or cannot be asked now.

    Raises:
        SettingsError: when it has another, or the file of a SQLite database does not exist.
    """
    if database.file is not None and not database.file.exists():
        message = f"There is no database at {database.file}. `rollbook migrate` makes it."
        raise SettingsError(message)
    try:
        with database.reading() as connection:
            state = state_of(connection)
    except DBAPIError as error:
        if database.is_sqlite:
            raise SettingsError(_unreachable(database, error)) from None
        return "unreachable"
    if state is None:
        message = f"The database {database.shown} is empty. `rollbook migrate` prepares it."
        raise SettingsError(message)
    revision, serves_from = state
    if revision < KNOWN:
        message = f"The database {database.shown} has the schema {revision}; this release needs {KNOWN}. "
        message += "`rollbook migrate` brings it up to date; servers of the release before go on meanwhile."
        raise SettingsError(message)
    if revision > KNOWN and serves_from > KNOWN:
        raise SettingsError(_newer(database, revision))
    return "good"


def state_of(connection: Connection) -> tuple[str, str] | None:
    """The revision and the oldest whose servers it serves; None for a database without tables of ours."""
    if not inspect(connection).has_table(schema_state.name):
        return None
    row: Any = connection.execute(select(schema_state)).one()
    return row.revision, row.serves_from


def _newer(database: Database, revision: str) -> str:
    return (
        f"The database {database.shown} has the schema {revision}, which this release (schema {KNOWN}) does not know. "
        "Install the release that it was migrated for."
    )


def _unreachable(database: Database, error: DBAPIError) -> str:
    return (
        f"The database {database.shown} cannot be used ({error_name(error)}). "
        "Check that it runs, the URL, and that this user may read and write it."
    )
