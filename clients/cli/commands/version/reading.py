"""`rollbook version list` and `show`."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from clients.cli.console import screen, write_json
from clients.cli.failures import FailureError
from clients.cli.lifecycle.connecting import AskedServer, connected
from clients.cli.options import Form, Output, day_option

__all__ = ["list_", "show"]


class _State(StrEnum):
    """The states, as they are written."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    RETIRED = "retired"


def list_(
    server: AskedServer,
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Only of this ruleset, or calendars/NAME.", show_default=False)
    ] = "",
    states: Annotated[
        list[_State], typer.Option("--state", help="Only in this state; may be given several times.")
    ] = [],  # noqa: B006 - Typer copies it
    output: Output = Form.TEXT,
) -> None:
    """List versions: how far each has come, and when it is in force."""
    from rollbook import VersionState

    with connected(server) as client:
        found = list(client.list_versions(name, states=[VersionState(state) for state in states], page_size=500))
    if output is Form.JSON:
        write_json({"versions": found})
        return
    from clients.cli.pages.versions import show_versions

    show_versions(screen(), found)


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="VERSION",
            help="The version: lausd/grade-marking for its newest one, or lausd/grade-marking@1f3a9c.",
            show_default=False,
        ),
    ],
    server: AskedServer,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show, line by line, what differs from the version in force.")
    ] = False,
    text: Annotated[bool, typer.Option("--text", help="Print the document itself, and nothing else.")] = False,
    as_of: Annotated[date | None, day_option("--as-of", "In force on this day; today unless it is given.")] = None,
    output: Output = Form.TEXT,
) -> None:
    """Show a version: its state, its days, who did what with it, and what it changes."""
    from clients.cli.lifecycle.choosing import choose
    from clients.cli.lifecycle.exporting import in_force
    from clients.cli.pages.versions import show_difference, show_version

    with connected(server) as client:
        version = client.get_version(choose(client, name).name)
        day = as_of or datetime.now().astimezone().date()
        other = in_force(client, day, version.parent).get(version.parent)
        before = None if other is None or not diff else client.get_version(other.name)
    if text:
        print(version.source_yaml, end="")
    elif output is Form.JSON:
        write_json({"version": version})
    elif not diff:
        later = other if other is not None and version.in_force(day) and other.name != version.name else None
        show_version(screen(), version, superseded_by=later)
    elif before is None:
        message = f"No version of {version.parent.removeprefix('rulesets/')} is in force on {day}."
        raise FailureError(message, "--as-of names another day.")
    else:
        show_difference(screen(), before, version)
