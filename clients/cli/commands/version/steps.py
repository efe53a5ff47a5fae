"""`rollbook version submit`, `return`, `approve`, `publish`, `retire` and `discard`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from clients.cli.console import screen
from clients.cli.failures import Exit, failure_of
from clients.cli.lifecycle.choosing import choose_all, shown_name
from clients.cli.lifecycle.connecting import LONG_SECONDS, AskedServer, connected
from clients.cli.options import day_option

if TYPE_CHECKING:
    from rollbook import Client, Version, VersionState

__all__ = ["approve", "discard", "publish", "retire", "return_", "submit"]

Names = Annotated[
    list[str],
    typer.Argument(
        metavar="VERSION…",
        help="The versions: lausd/grade-marking where only one can be meant, calendars/westlake, or "
        "lausd/grade-marking@1f3a9c with the beginning of the version.",
        show_default=False,
    ),
]
Comment = Annotated[str, typer.Option("--comment", "-m", metavar="TEXT", help="Why, for the record.")]
All = Annotated[bool, typer.Option("--all", help="All that this step can be taken with.")]


def submit(server: AskedServer, names: Names = [], everything: All = False, comment: Comment = "") -> None:  # noqa: B006 - Typer copies it
    """Say that drafts are ready to be approved. Needs the role edit."""
    _steps(server, names, ["draft"], lambda client, name: client.submit_version(name, comment=comment), everything)


def return_(server: AskedServer, names: Names = [], everything: All = False, comment: Comment = "") -> None:  # noqa: B006 - likewise
    """Make submitted or approved versions drafts again. Needs the role approve or edit."""
    begins = ["submitted", "approved"]
    _steps(server, names, begins, lambda client, name: client.return_version(name, comment=comment), everything)


def approve(server: AskedServer, names: Names = [], everything: All = False, comment: Comment = "") -> None:  # noqa: B006 - likewise
    """Approve what somebody else has submitted. Needs the role approve."""
    _steps(server, names, ["submitted"], lambda client, name: client.approve_version(name, comment=comment), everything)


def publish(
    server: AskedServer,
    names: Names = [],  # noqa: B006 - likewise
    everything: All = False,
    first: Annotated[
        date | None, day_option("--from", "The first day on which it is in force; its document's unless it is given.")
    ] = None,
    last: Annotated[
        date | None, day_option("--until", "The last day on which it is in force; its document's unless it is given.")
    ] = None,
    comment: Comment = "",
) -> None:
    """Publish approved versions, after their check and all their scenarios. Needs the role approve.

    Several are published in the order in which they build on each other, calendars first.
    """

    def step(client: Client, name: str) -> Version:
        return client.publish_version(
            name, in_force_from=first, in_force_until=last, comment=comment, timeout=LONG_SECONDS
        )

    _steps(server, names, ["approved"], step, everything, ordered=True)


def retire(server: AskedServer, names: Names, comment: Comment = "") -> None:
    """End that published versions decide; what was published before them decides again. Needs the role approve."""
    _steps(
        server,
        names,
        ["published"],
        lambda client, name: client.retire_version(name, comment=comment, timeout=LONG_SECONDS),
    )


def discard(server: AskedServer, names: Names = [], everything: All = False, comment: Comment = "") -> None:  # noqa: B006 - likewise
    """Delete drafts. Needs the role edit."""
    _steps(server, names, ["draft"], lambda client, name: client.discard_version(name, comment=comment), everything)


def _steps(
    server: str,
    names: Sequence[str],
    begins: Iterable[str],
    step: Callable[[Client, str], Version | None],
    everything: bool = False,
    *,
    ordered: bool = False,
) -> None:
    """Takes a step with each version, and says what became of it; one that is refused does not stop the others."""
    from rollbook import RollbookError, VersionState

    page = screen()
    refused = 0
    with connected(server) as client:
        states: list[VersionState] = [VersionState(state) for state in begins]
        chosen = choose_all(client, names, states, everything=everything)
        for name in _in_order(client, chosen) if ordered else chosen:
            try:
                version = step(client, name)
            except RollbookError as error:
                if not error.reason:
                    raise  # the server cannot be reached
                refused += 1
                failure = failure_of(error)
                page.print(f"{shown_name(name)}: {failure.message}", soft_wrap=True)
                for line in failure.places:
                    page.print(f"  {line}", soft_wrap=True)
                continue
            page.print(f"{shown_name(name)}: {_became(version)}", soft_wrap=True)
    if not chosen:
        page.print(f"There is no version that is {' or '.join(states)}.")
    if refused:
        raise typer.Exit(Exit.FAILED)


def _became(version: Version | None) -> str:
    from clients.cli.pages.versions import days_text

    if version is None:
        return "discarded"
    days = days_text(version)
    return f"{version.state}, in force {days}" if version.state == "published" else str(version.state)


def _in_order(client: Client, names: Sequence[str]) -> list[str]:
    from clients.cli.lifecycle.ordering import in_order

    return in_order({name: client.get_version(name).source_yaml for name in names})
