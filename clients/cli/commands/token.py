"""`rollbook token`: API tokens; on the database itself, whether a server runs or not."""

from __future__ import annotations

import re
import time
from typing import Annotated, Final

import typer

from clients.cli.commands.caller import Name, administrator, moment
from clients.cli.console import note, write_json
from clients.cli.databases import Config, DatabaseUrl
from clients.cli.failures import FailureError
from clients.cli.options import Form, Output

__all__ = ["token"]

_DAY_MILLISECONDS: Final = 24 * 60 * 60 * 1000
_MOST_DAYS: Final = 1100
_ID: Final = re.compile(r"(?:rbk_)?([0-9a-f]{16})(?:_[0-9a-f]+)?")

token = typer.Typer(no_args_is_help=True, help="Make and revoke API tokens.")


@token.command("create")
def create(
    name: Name,
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=1, max=_MOST_DAYS, help="For how long it is valid.")
    ] = 365,
    comment: Annotated[str, typer.Option("--note", metavar="TEXT", help="What it is for.")] = "",
    config: Config = None,
    url: DatabaseUrl = None,
) -> None:
    """Make a token for a caller, and print it: this once, since only its hash is stored."""
    from server.identity.api_tokens import new_token

    made = new_token()
    expires_at = time.time_ns() // 1_000_000 + days * _DAY_MILLISECONDS
    with administrator(config, url) as (changing, _):
        changing.add_token(made.id, made.secret_sha256, name, expires_at, comment)
    print(made.text)
    note(f"The token {made.id} of {name} is valid until {moment(expires_at)}. It is shown this once.")


@token.command("list")
def list_(
    name: Annotated[
        str, typer.Option("--caller", metavar="NAME", help="Only of this caller.", show_default=False)
    ] = "",
    config: Config = None,
    url: DatabaseUrl = None,
    output: Output = Form.TEXT,
) -> None:
    """List tokens by their ids, with how long they are valid; no secret is shown, since none is stored."""
    from server.store.identities import Identities

    with administrator(config, url) as (_, database):
        found = Identities(database).tokens(name)
    now = time.time_ns() // 1_000_000
    if output is Form.JSON:
        shown = [
            {
                "id": one.id,
                "caller": one.caller.name,
                "created_at": moment(one.created_at),
                "expires_at": moment(one.expires_at),
                "revoked_at": None if one.revoked_at is None else moment(one.revoked_at),
                "note": one.note,
            }
            for one in found
        ]
        write_json({"tokens": shown})
        return
    for one in found:
        if one.revoked_at is not None:
            state = f"revoked {moment(one.revoked_at)}"
        else:
            state = f"{'expired' if one.expires_at <= now else 'valid until'} {moment(one.expires_at)}"
        print(f"{one.id}: {one.caller.name}; {state}" + (f"; {one.note}" if one.note else ""))


@token.command("revoke")
def revoke(
    ids: Annotated[list[str], typer.Argument(metavar="TOKEN…", help="The ids of the tokens.", show_default=False)],
    config: Config = None,
    url: DatabaseUrl = None,
) -> None:
    """Have tokens be worth nothing."""
    with administrator(config, url) as (changing, _):
        for given in ids:
            found = _ID.fullmatch(given)
            if found is None or not changing.revoke_token(found[1]):
                message = "There is no such token, or it was revoked before."  # who gives a whole one may mistype it
                raise FailureError(message, "`rollbook token list` shows their ids.")
            print(f"Revoked {found[1]}. Servers know within `identity_cache_seconds`.")
