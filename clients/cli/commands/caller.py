"""`rollbook caller`: who may call a server; on the database itself, whether a server runs or not."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from clients.cli.console import write_json
from clients.cli.databases import Config, DatabaseUrl, opened
from clients.cli.failures import FailureError
from clients.cli.options import Form, Output

if TYPE_CHECKING:
    from server.callers import Grant
    from server.store import Database
    from server.store.identities import Administrator, StoredCaller

__all__ = ["administrator", "caller", "moment", "told"]

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,98}[A-Za-z0-9])?")

caller = typer.Typer(no_args_is_help=True, help="Say who may call the server: districts, roles, client certificates.")

Name = Annotated[str, typer.Argument(metavar="CALLER", help="The name of the caller.", show_default=False)]
_TENANTS: Final = "A district whose students it may decide about and read of; may be given several times."
_ROLES: Final = (
    "What it may do: decide, read-log, edit, approve or administer, with `:lausd/*` or `:lausd/grade-marking` behind "
    "it for these rulesets only; may be given several times."
)
_CERTIFICATE: Final = "The name in its client certificate: its alternative name, or common name where it has none."


@contextmanager
def administrator(config: Path | None, url: str | None) -> Iterator[tuple[Administrator, Database]]:
    """Who changes callers and tokens in the database.

    Raises:
        FailureError: when there is no database, or what was to be done cannot be.
    """
    from server.store.identities import Administrator, IdentityError

    with opened(config, url) as database:
        try:
            yield Administrator(database, getpass.getuser()), database
        except IdentityError as error:
            raise FailureError(str(error)) from None


@caller.command("add")
def add(
    name: Name,
    tenants: Annotated[list[str], typer.Option("--tenant", metavar="NAME", help=_TENANTS)],
    roles: Annotated[list[str], typer.Option("--role", metavar="ROLE", help=_ROLES)],
    certificate: Annotated[
        str | None, typer.Option("--certificate", metavar="NAME", help=_CERTIFICATE, show_default=False)
    ] = None,
    config: Config = None,
    url: DatabaseUrl = None,
) -> None:
    """Add a caller. It can call once it has a token (`rollbook token create`) or a client certificate."""
    if _NAME.fullmatch(name) is None:
        message = "A caller's name has 1 to 100 letters, digits, dots, hyphens, underscores and @."
        raise typer.BadParameter(message)
    with administrator(config, url) as (changing, _):
        changing.add_caller(name, _districts(tenants), _grants(roles), certificate or None)
    print(f"Added {name}. Make a token for it with: rollbook token create {name}")


@caller.command("list")
def list_(config: Config = None, url: DatabaseUrl = None, output: Output = Form.TEXT) -> None:
    """List callers with their districts and roles."""
    from server.store.identities import Identities

    with administrator(config, url) as (_, database):
        found = [told(one) for one in Identities(database).callers()]
    if output is Form.JSON:
        write_json({"callers": found})
        return
    for one in found:
        _show(one)


@caller.command("show")
def show(name: Name, config: Config = None, url: DatabaseUrl = None, output: Output = Form.TEXT) -> None:
    """Show a caller."""
    from server.store.identities import Identities

    with administrator(config, url) as (_, database):
        found = Identities(database).caller(name)
    if found is None:
        message = f"There is no caller {name}."
        raise FailureError(message)
    if output is Form.JSON:
        write_json(told(found))
    else:
        _show(told(found))


@caller.command("change")
def change(
    name: Name,
    tenants: Annotated[list[str], typer.Option("--tenant", metavar="NAME", help=_TENANTS)] = [],  # noqa: B006 - Typer copies it
    roles: Annotated[list[str], typer.Option("--role", metavar="ROLE", help=_ROLES)] = [],  # noqa: B006 - likewise
    certificate: Annotated[
        str | None,
        typer.Option("--certificate", metavar="NAME", help=f"{_CERTIFICATE} Empty for none.", show_default=False),
    ] = None,
    config: Config = None,
    url: DatabaseUrl = None,
) -> None:
    """Change a caller: what is given takes the place of all that was there of its kind."""
    with administrator(config, url) as (changing, _):
        changing.change_caller(
            name,
            tenants=_districts(tenants) if tenants else None,
            grants=_grants(roles) if roles else None,
            certificate=certificate,
        )
    print(f"Changed {name}. Servers know within `identity_cache_seconds`.")


@caller.command("disable")
def disable(name: Name, config: Config = None, url: DatabaseUrl = None) -> None:
    """Let a caller call no more, whatever tokens and certificates it has."""
    with administrator(config, url) as (changing, _):
        changing.disable_caller(name)
    print(f"Disabled {name}. Servers know within `identity_cache_seconds`.")


@caller.command("enable")
def enable(name: Name, config: Config = None, url: DatabaseUrl = None) -> None:
    """Let a caller call again that was disabled."""
    with administrator(config, url) as (changing, _):
        changing.disable_caller(name, disabled=False)
    print(f"Enabled {name}.")


def told(found: StoredCaller) -> dict[str, Any]:
    """A caller as it is shown."""
    from server.identity.grants import written

    return {
        "name": found.name,
        "tenants": list(found.tenants),
        "roles": written(found.grants),
        "certificate": found.certificate,
        "created_at": moment(found.created_at),
        "disabled_at": None if found.disabled_at is None else moment(found.disabled_at),
    }


def moment(milliseconds: int) -> str:
    """A time as it is shown: 2026-10-01T08:30:00Z."""
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _show(one: dict[str, Any]) -> None:
    more = f"; certificate {one['certificate']}" if one["certificate"] else ""
    more += f"; disabled {one['disabled_at']}" if one["disabled_at"] else ""
    print(f"{one['name']}: {', '.join(one['tenants'])}; {', '.join(one['roles']) or 'no role'}{more}")


def _districts(names: Sequence[str]) -> tuple[str, ...]:
    from server.identity.grants import is_tenant

    for name in names:
        if not is_tenant(name):
            message = f"{name!r} is no name of a district: 1 to 64 letters, digits, dots, hyphens, underscores."
            raise typer.BadParameter(message)
    return tuple(dict.fromkeys(names))


def _grants(roles: Sequence[str]) -> tuple[Grant, ...]:
    from server.identity.grants import grants_of, read_grant

    for role in roles:
        if read_grant(role) is None:
            message = f"{role!r} is no role. {_ROLES}"
            raise typer.BadParameter(message)
    return grants_of(roles)
