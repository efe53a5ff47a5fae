"""Section by section, what of a ruleset encodes it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from clients.cli.console import screen
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.provisions import Provision, provisions

__all__ = ["show_provisions"]


def show_provisions(rulesets: Iterable[CheckedRuleset]) -> None:
    """Prints a table per ruleset."""
    page = screen()
    for ruleset in rulesets:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("section", "pages", "rules", "beside them"):
            table.add_column(column, overflow="fold")
        for one in provisions(ruleset):
            table.add_row(one.section, one.pages, _rules(one), _beside(one))
        page.print(Text(f"\n{ruleset.document.ruleset}, provision by provision", style="bold"))
        page.print(table)


def _rules(provision: Provision) -> Text:
    if provision.rules:
        return Text(", ".join(provision.rules))
    return Text("-" if provision.beside or provision.left else "nothing encodes it", style="dim")


def _beside(provision: Provision) -> Text:
    left = (f"not decided: {what}" for what in provision.left)
    return Text("; ".join((*provision.beside, *left)), style="dim")
