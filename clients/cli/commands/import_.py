"""`rollbook import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.cli.console import screen
from clients.cli.failures import Exit
from clients.cli.lifecycle.connecting import AskedServer, connected

__all__ = ["import_"]


def import_(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of rulesets.", show_default=False)],
    server: AskedServer,
    comment: Annotated[
        str, typer.Option("--comment", "-m", metavar="TEXT", help="Why, for those who approve the drafts.")
    ] = "",
) -> None:
    """Make drafts of every ruleset, with its scenarios, and every calendar of a folder. Needs the role edit.

    What the server knows already stays as it is. Nothing decides otherwise than before until drafts are submitted,
    approved and published.
    """
    from clients.cli.lifecycle.importing import import_folder
    from clients.cli.pages.versions import show_imported

    with connected(server) as client:
        if show_imported(screen(), import_folder(client, folder, comment)):
            raise typer.Exit(Exit.FAILED)
