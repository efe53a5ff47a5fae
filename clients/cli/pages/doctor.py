"""What `rollbook doctor` found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from rich.text import Text

from clients.cli.console import screen, write_json
from clients.cli.pages.words import counted, indented

if TYPE_CHECKING:
    from server.doctor import Finding

__all__ = ["show_json", "show_text"]

_STYLES: Final = {"ok": "green", "warning": "bold yellow", "wrong": "bold red"}
_WIDTH: Final = 8


def show_text(findings: Iterable[Finding]) -> list[Finding]:
    """Prints a line for each while they are found, below it what to do, and in the end how many there were."""
    page, found = screen(), []
    for finding in findings:
        found.append(finding)
        state = (finding.state.ljust(_WIDTH), _STYLES[finding.state])
        page.print(Text.assemble(state, "  ", (finding.subject, "bold"), f": {finding.found}"), soft_wrap=True)
        if finding.remedy:
            page.print(indented(finding.remedy, _WIDTH // 2 + 1))
    states = Counter(finding.state.value for finding in found)
    warnings, wrong = counted(states["warning"], "warning"), states["wrong"]
    page.print(f"\n{counted(len(found), 'finding')}: {states['ok']} ok, {warnings}, {wrong} wrong.")
    return found


def show_json(findings: Iterable[Finding]) -> list[Finding]:
    """Prints them as JSON."""
    found = list(findings)
    write_json({"findings": found})
    return found
