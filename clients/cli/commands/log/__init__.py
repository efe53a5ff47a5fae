"""`rollbook log`: the decision log, through a server, and its upkeep, in the database."""

from __future__ import annotations

import typer

from clients.cli.commands.log.reading import export, get, list_, replay, runs
from clients.cli.commands.log.upkeep import audit, erase, hold, retention
from clients.cli.connection import asking_a_server

__all__ = ["log"]

log = typer.Typer(no_args_is_help=True, help="Find recorded decisions, make them again, keep or delete them.")
_READ, _KEEP = "Read, through a server", "Keep, in the database"
log.command("get", rich_help_panel=_READ)(asking_a_server(get))
log.command("list", rich_help_panel=_READ)(asking_a_server(list_))
log.command("runs", rich_help_panel=_READ)(asking_a_server(runs))
log.command("replay", rich_help_panel=_READ)(asking_a_server(replay))
log.command("export", rich_help_panel=_READ)(asking_a_server(export))
log.command("erase", rich_help_panel=_KEEP)(erase)
log.command("audit", rich_help_panel=_KEEP)(audit)
log.add_typer(retention, name="retention", rich_help_panel=_KEEP)
log.add_typer(hold, name="hold", rich_help_panel=_KEEP)
