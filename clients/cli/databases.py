"""The database of a server, for commands that work on it without the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.cli.failures import FailureError

if TYPE_CHECKING:
    from server.store import Database

__all__ = ["Config", "DatabaseUrl", "Rosters", "opened"]

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        envvar="ROLLBOOK_CONFIG",
        help="The configuration file of the server, TOML.",
        show_default=False,
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="The database, such as sqlite:////var/lib/rollbook/rollbook.db or postgresql://user@host/database.",
        show_default="`database_url` of the configuration",
    ),
]


Rosters = Annotated[
    Path | None,
    typer.Option(
        "--rosters",
        metavar="DIR",
        help="The folder of recorded rosters.",
        show_default="`roster_log_folder` of the configuration, or FILE.rosters beside a SQLite file",
    ),
]


@contextmanager
def opened(config: Path | None, url: str | None, *, create: bool = False) -> Iterator[Database]:
    """The database that the command line or the configuration names; its tables are as this release needs them.

    Args:
        config: the configuration file.
        url: what wins over the configuration.
        create: whether it may be new, or of an older release.

    Raises:
        FailureError: when there is none, or it cannot be used.
    """
    from sqlalchemy.exc import DBAPIError

    from server.config import SettingsError, load_settings
    from server.store import Database
    from server.store.database import error_name
    from server.store.schema import check_schema

    try:
        settings = load_settings(config, database_url=url)
        if settings.database_url is None:
            message = "No database is named."
            raise FailureError(message, "Name it with --database, or as `database_url` in the configuration.")
        with Database(settings.database_url.get_secret_value(), create=create) as database:
            if not create and check_schema(database) != "good":
                message = f"The database {database.shown} cannot be reached."
                raise FailureError(message, "Check that it runs, and the URL.")
            yield database
    except SettingsError as error:
        raise FailureError(str(error)) from None
    except DBAPIError as error:
        message = f"The database failed ({error_name(error)}); nothing was changed."
        raise FailureError(message) from None
