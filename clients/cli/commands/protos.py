"""`rollbook protos`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["protos"]


def protos(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder to write to; it is made.", show_default=False)
    ],
) -> None:
    """Write the contract, rollbook/v1/*.proto and all that it imports, to build clients in any language."""
    from rollbook.contract import write_protos

    for path in write_protos(out):
        typer.echo(path)
