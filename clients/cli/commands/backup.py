"""`rollbook backup` and `rollbook restore`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.cli.console import note, write_json
from clients.cli.databases import Config, DatabaseUrl, Rosters
from clients.cli.failures import FailureError

if TYPE_CHECKING:
    from server.store import Database

__all__ = ["backup", "restore"]

_ENDING = ".backup"


def backup(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="PATH",
            help="The file to write, or a folder, in which the file is named by the time.",
            show_default=False,
        ),
    ],
    config: Config = None,
    url: DatabaseUrl = None,
    rosters: Rosters = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file, once the new one is complete.")] = False,
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep",
            metavar="N",
            min=1,
            help="Of a folder: delete the oldest backups beyond so many, once the new one is complete.",
            show_default="all",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write what was backed up as JSON.")] = False,
) -> None:
    """Back up the database and recorded rosters into one file, while servers work. It holds facts about students.

    rollbook backup --config /etc/rollbook/rollbook.toml --out /var/backups/rollbook --keep 14
    """
    from clients.cli.pages.backup import shown_progress
    from server.backups import make_backup
    from server.doctor.folders import sized

    if keep is not None and not out.is_dir():
        message = "--keep is for a folder that is there."
        raise typer.BadParameter(message)
    file = out / f"rollbook-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{_ENDING}" if out.is_dir() else out
    with _place(config, url, rosters) as (database, folder), shown_progress() as progress:
        made = make_backup(database, folder, file, force=force, progress=progress)
    for old in sorted(out.glob(f"rollbook-*T*Z{_ENDING}"))[:-keep] if keep is not None else ():
        old.unlink()
        note(f"{old} deleted.")
    if as_json:
        write_json({"file": made.file, "bytes": made.size, "sha256": made.sha256, **_said(made.manifest)})
        return
    decisions = made.manifest.decisions
    print(f"{made.file}: {decisions} {'decision' if decisions == 1 else 'decisions'}, {sized(made.size)}.")
    print(f"SHA-256 {made.sha256}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.", show_default=False)],
    config: Config = None,
    url: DatabaseUrl = None,
    rosters: Rosters = None,
    sha256: Annotated[
        str, typer.Option("--sha256", metavar="HEX", help="Refuse any other file than that.", show_default=False)
    ] = "",
    only_check: Annotated[
        bool, typer.Option("--check", help="Restore nothing: read the backup to its end, and say what is in it.")
    ] = False,
) -> None:
    """Restore a backup, to a SQLite file that does not exist or to a PostgreSQL database without tables.

    The whole backup is verified first. Stop the servers on the database that it replaces, and move that away.
    """
    from clients.cli.pages.backup import show_manifest, shown_progress
    from server.backups import BackupError, check_backup, restore_backup

    if only_check:
        try:
            with shown_progress() as progress:
                manifest = check_backup(file, sha256=sha256, progress=progress)
        except BackupError as error:
            raise FailureError(error.message, error.remedy) from None
        show_manifest(manifest)
        return
    with _place(config, url, rosters) as (database, folder), shown_progress() as progress:
        manifest = restore_backup(file, database, folder, sha256=sha256, progress=progress)
        shown = database.shown
    show_manifest(manifest)
    print(f"It is restored to {shown}. Now:")
    print(f"  rollbook migrate --database '{shown}'    # if this release is newer than {manifest.release}")
    print("  rollbook doctor                          # as the user of the server")


@contextmanager
def _place(config: Path | None, url: str | None, rosters: Path | None) -> Iterator[tuple[Database, Path | None]]:
    """The database, whatever is in it, and the folder of segments.

    Raises:
        FailureError: when the command line and the configuration name none, or a backup is refused.
    """
    from server.backups import BackupError
    from server.config import SettingsError, load_settings
    from server.store import Database
    from server.store.rosters import segment_folder

    try:
        settings = load_settings(config, database_url=url)
        if settings.database_url is None:
            message = "No database is named."
            raise FailureError(message, "Name it with --database, or as `database_url` in the configuration.")
        with Database(settings.database_url.get_secret_value()) as database:
            yield database, rosters or segment_folder(settings.roster_log_folder, database)
    except SettingsError as error:
        raise FailureError(str(error)) from None
    except BackupError as error:
        raise FailureError(error.message, error.remedy) from None


def _said(manifest: object) -> dict[str, object]:
    from server.backups import Manifest

    assert isinstance(manifest, Manifest)
    return manifest.model_dump(mode="json", exclude={"files"}) | {"segments": len(manifest.files) - 1}
