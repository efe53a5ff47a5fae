"""`rollbook rulesets`."""

from __future__ import annotations

from clients.cli.asking import asked
from clients.cli.console import screen, write_json
from clients.cli.options import Form, Output, Rulesets, Server

__all__ = ["rulesets"]


def rulesets(server: Server = None, folder: Rulesets = None, output: Output = Form.TEXT) -> None:
    """List the rulesets: what each decides, since when it is in force, whether it has errors."""
    with asked(server, folder) as rulebook:
        found = list(rulebook.list_rulesets())
    if output is Form.JSON:
        write_json({"rulesets": found})
        return
    from clients.cli.pages.rulesets import show_rulesets

    show_rulesets(screen(), found)
