"""`rollbook doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.databases import Config
from clients.cli.failures import Exit

__all__ = ["doctor"]


def doctor(
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")] = False,
) -> None:
    """Look at everything that a server needs, and say what to mend: configuration, database, rulesets, certificates.

    Nothing is changed. Run it as the user of the server, while a server runs or not; it exits with 1 where something is
    wrong.
    """
    from clients.cli.pages import doctor as page
    from server.doctor import State, examine

    findings = examine(config)
    found = page.show_json(findings) if as_json else page.show_text(findings)
    states = {finding.state for finding in found}
    if State.WRONG in states or (strict and State.WARNING in states):
        raise typer.Exit(Exit.FAILED)
