"""`rollbook export`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.lifecycle.connecting import AskedServer, connected
from clients.cli.options import day_option

__all__ = ["export"]


def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write them.", show_default=False)],
    server: AskedServer,
    as_of: Annotated[date | None, day_option("--as-of", "In force on this day; today unless it is given.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that say something else.")] = False,
) -> None:
    """Write the published rulesets and calendars of a day as files for git, byte for byte as they were imported.

    Needs the role edit, approve or administer.
    """
    from clients.cli.lifecycle.exporting import export_to
    from clients.cli.pages.words import counted

    day = as_of or datetime.now().astimezone().date()
    with connected(server) as client:
        found = export_to(client, folder, day, force=force)
    print(f"{counted(found.versions, 'version')} in force on {day}; {counted(len(found.written), 'file')} written.")
