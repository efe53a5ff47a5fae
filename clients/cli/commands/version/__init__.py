"""`rollbook version`: versions of a server, from draft to retired."""

from __future__ import annotations

import typer

from clients.cli.commands.version.reading import list_, show
from clients.cli.commands.version.steps import approve, discard, publish, retire, return_, submit
from clients.cli.connection import asking_a_server

__all__ = ["version"]

version = typer.Typer(no_args_is_help=True, help="Versions of rulesets and calendars: from draft to published.")
_READ, _STEPS = "Look", "Take a step"
version.command("list", rich_help_panel=_READ)(asking_a_server(list_))
version.command("show", rich_help_panel=_READ)(asking_a_server(show))
version.command("submit", rich_help_panel=_STEPS)(asking_a_server(submit))
version.command("return", rich_help_panel=_STEPS)(asking_a_server(return_))
version.command("approve", rich_help_panel=_STEPS)(asking_a_server(approve))
version.command("publish", rich_help_panel=_STEPS)(asking_a_server(publish))
version.command("retire", rich_help_panel=_STEPS)(asking_a_server(retire))
version.command("discard", rich_help_panel=_STEPS)(asking_a_server(discard))
