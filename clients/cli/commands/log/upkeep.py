"""`rollbook log retention`, `hold`, `erase` and `audit`: on the database itself, whether a server runs or not."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.cli.console import screen, write_json
from clients.cli.databases import Config, DatabaseUrl, Rosters, opened
from clients.cli.failures import FailureError
from clients.cli.options import Form, Output, RulesetId

if TYPE_CHECKING:
    from server.store.upkeep import Keeper

__all__ = ["audit", "erase", "hold", "retention"]

retention = typer.Typer(
    no_args_is_help=True, help="Say for how long decisions are kept, and delete those whose time is over."
)
hold = typer.Typer(no_args_is_help=True, help="Legal holds: nothing that one covers is deleted until it is released.")

Tenant = Annotated[str, typer.Option("--tenant", metavar="NAME", help="The district.")]
HeldSubject = Annotated[
    str, typer.Option("--subject", metavar="ID", help="Only decisions about this subject.", show_default=False)
]
HeldRuleset = Annotated[
    str, typer.Option("--ruleset", metavar="RULESET", help="Only decisions of this ruleset.", show_default=False)
]


@contextmanager
def _keeper(config: Path | None, url: str | None, tenant: str, rosters: Path | None = None) -> Iterator[Keeper]:
    from server.config import load_settings
    from server.store.roster_upkeep import SegmentsError
    from server.store.rosters import segment_folder
    from server.store.upkeep import Keeper

    with opened(config, url) as database:
        folder = rosters or segment_folder(load_settings(config, database_url=url).roster_log_folder, database)
        try:
            yield Keeper(database, tenant, getpass.getuser(), folder)
        except SegmentsError as error:
            raise FailureError(str(error)) from None


@retention.command("set")
def set_(
    ruleset: RulesetId,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", min=1, help="Keep decisions for so many days.")
    ] = None,
    forever: Annotated[bool, typer.Option("--forever", help="Keep decisions for ever, as without a rule.")] = False,
    config: Config = None,
    url: DatabaseUrl = None,
    tenant: Tenant = "default",
) -> None:
    """Say for how long decisions of a ruleset are kept. Nothing is deleted before `rollbook log retention apply`."""
    if (days is None) is not forever:
        message = "Say either --days N or --forever."
        raise typer.BadParameter(message)
    with _keeper(config, url, tenant) as keeper:
        keeper.set_retention(ruleset, days)
    print(f"Decisions of {ruleset} are kept {'for ever' if days is None else f'for {days} days'}.")


@retention.command("list")
def list_retention(config: Config = None, url: DatabaseUrl = None, tenant: Tenant = "default") -> None:
    """Say for how many days decisions are kept, ruleset by ruleset; those of others are kept for ever."""
    with _keeper(config, url, tenant) as keeper:
        for ruleset, days in keeper.retentions().items():
            print(f"{ruleset}: {days} days")


@retention.command("apply")
def apply(config: Config = None, url: DatabaseUrl = None, tenant: Tenant = "default", rosters: Rosters = None) -> None:
    """Delete the decisions whose time is over and that no hold covers. Run it every night."""
    with _keeper(config, url, tenant, rosters) as keeper:
        for ruleset, count in keeper.apply_retention().items():
            print(f"{ruleset}: {count} deleted")


@hold.command("place")
def place(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, such as the number of a case.")],
    subject: HeldSubject = "",
    ruleset: HeldRuleset = "",
    config: Config = None,
    url: DatabaseUrl = None,
    tenant: Tenant = "default",
) -> None:
    """Keep decisions from being deleted: of a subject, of a ruleset, of both, or all of the district."""
    with _keeper(config, url, tenant) as keeper:
        print(keeper.place_hold(subject=subject, ruleset=ruleset, reason=reason))


@hold.command("release")
def release(
    hold_id: Annotated[str, typer.Argument(metavar="HOLD", help="The id of the hold.", show_default=False)],
    config: Config = None,
    url: DatabaseUrl = None,
    tenant: Tenant = "default",
) -> None:
    """End a hold."""
    with _keeper(config, url, tenant) as keeper:
        if not keeper.release_hold(hold_id):
            message = "There is no hold of that id."
            raise FailureError(message, "`rollbook log hold list` lists those that there are.")


@hold.command("list")
def list_holds(
    config: Config = None, url: DatabaseUrl = None, tenant: Tenant = "default", output: Output = Form.TEXT
) -> None:
    """List the holds that are not released."""
    with _keeper(config, url, tenant) as keeper:
        found = keeper.holds()
    if output is Form.JSON:
        write_json({"holds": found})
        return
    from clients.cli.pages.log import show_holds

    show_holds(screen(), found)


def erase(
    subject: Annotated[str, typer.Option("--subject", metavar="ID", help="The subject.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    url: DatabaseUrl = None,
    tenant: Tenant = "default",
    rosters: Rosters = None,
) -> None:
    """Delete every decision about a subject, for ever. Refused while a legal hold covers one of them.

    Backups keep them until they are deleted too.
    """
    from server.store.upkeep import HeldError

    if not yes:
        typer.confirm("Every decision about this subject will be deleted for ever. Go on?", abort=True, err=True)
    with _keeper(config, url, tenant, rosters) as keeper:
        try:
            count = keeper.erase(subject)
        except HeldError as error:
            raise FailureError(str(error), "`rollbook log hold release` ends it.") from None
    print(f"{count} {'decision' if count == 1 else 'decisions'} deleted.")


def audit(
    config: Config = None, url: DatabaseUrl = None, tenant: Tenant = "default", output: Output = Form.TEXT
) -> None:
    """Show what was done to the log: retention, holds, erasing; the newest first."""
    with _keeper(config, url, tenant) as keeper:
        acts = keeper.acts()
    if output is Form.JSON:
        write_json({"acts": acts})
        return
    from clients.cli.pages.log import show_acts

    show_acts(screen(), acts)
