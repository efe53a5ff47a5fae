"""`rollbook migrate`."""

from __future__ import annotations

from clients.cli.databases import Config, DatabaseUrl, opened

__all__ = ["migrate"]


def migrate(config: Config = None, url: DatabaseUrl = None) -> None:
    """Prepare the database, or bring it up to date with this release; nothing else ever changes its tables.

    Run it before the servers of a new release start; those of the release before go on meanwhile. A SQLite file that
    does not exist is made, readable by this user only.
    """
    from server.store.schema import migrate as run

    with opened(config, url, create=True) as database:
        before, after = run(database)
    if before == after:
        print(f"{database.shown} is up to date: schema {after}.")
    elif before:
        print(f"{database.shown} is migrated from schema {before} to {after}.")
    else:
        print(f"{database.shown} is prepared: schema {after}.")
