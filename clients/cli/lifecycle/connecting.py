"""The server whose versions they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from clients.cli.connection import connect

if TYPE_CHECKING:
    from rollbook import Client

__all__ = ["LONG_SECONDS", "AskedServer", "connected"]

LONG_SECONDS = 600.0
"""What a call may take that has the server run scenarios; it has a limit of its own, and says when that is met."""

AskedServer = Annotated[
    str,
    typer.Option(
        "--server", metavar="HOST:PORT", help="The server, whose rulesets come from its database.", show_default=False
    ),
]


@contextmanager
def connected(server: str) -> Iterator[Client]:
    """A client of the server."""
    with connect(server, 60.0) as client:
        yield client
