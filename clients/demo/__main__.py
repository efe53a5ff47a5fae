"""Runs the demo; ends with 1 when anything is off: the server, or a case that is not decided as it should be."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from clients.cli.console import screen
from clients.cli.failures import failure_of
from clients.cli.folders import find_rulesets
from clients.cli.pages.decision import due_text
from clients.cli.pages.explanation import show_explanation
from clients.demo.server import ServerError, running
from rollbook import Case, Client, Decision, Mode, Options, RollbookError

RULESET: Final = "lausd/grade-marking"
AS_OF: Final = date(2018, 11, 2)
REFUSED: Final = "refused"

EXPECTED: Final[Mapping[str, str]] = {
    "a-3-in-math": "assign",
    "a-2-after-warning-and-help": "assign",
    "a-2-warned-too-late": "withhold",
    "a-2-at-risk-late-warned-that-day": "assign",
    "enrolled-14-days": "withhold",
    "enrolled-14-days-in-foster-care": "teacher-discretion",
    "not-assessed-in-music": "assign",
    "a-2-nothing-known-of-warnings": "indeterminate",
    "a-mark-that-does-not-exist": REFUSED,
}
"""What comes out of each file in `cases/`."""

EXPLAINED: Final = "a-2-warned-too-late"

CASES: Final = Path(__file__).parent / "cases"


def main() -> int:
    """The exit code."""
    page = screen()
    cases = {name: Case((CASES / f"{name}.json").read_text(encoding="utf-8"), case_id=name) for name in EXPECTED}
    try:
        with running(find_rulesets(None)) as target, Client(target, options=Options(channels=1)) as client:
            results = client.decide_batch(RULESET, list(cases.values()), as_of=AS_OF, mode=Mode.TRY)
            found = dict(zip(cases, results, strict=True))
            page.print()
            page.print(
                f"May the mark go on the progress report? {RULESET} as of {AS_OF}, {len(cases)} cases in one call:"
            )
            page.print()
            page.print(_table(found))
            page.print()
            page.print(f"Why, for {EXPLAINED}:")
            page.print()
            show_explanation(page, client.explain(RULESET, cases[EXPLAINED], as_of=AS_OF))
    except (ServerError, RollbookError, OSError) as error:
        told = [str(error)] if isinstance(error, ServerError) else failure_of(error).lines()
        print(*told, sep="\n", file=sys.stderr)
        return 1
    page.print()
    page.print("The server has stopped.")
    wrong = [name for name, result in found.items() if _outcome(result) != EXPECTED[name]]
    for name in wrong:
        page.print(f"{name} should come out as {EXPECTED[name]}, not {_outcome(found[name])}.")
    return 1 if wrong else 0


def _outcome(result: tuple[Decision, ...] | RollbookError) -> str:
    if isinstance(result, RollbookError):
        return REFUSED
    return result[0].outcome if result[0].determined else "indeterminate"


def _table(found: Mapping[str, tuple[Decision, ...] | RollbookError]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    table.add_column("CASE", max_width=20)
    table.add_column("OUTCOME", no_wrap=True)
    table.add_column("WHY, AND WHAT TO DO")
    for name, result in found.items():
        table.add_row(name.replace("-", " "), Text(_outcome(result), style="bold"), _told(result))
    return table


def _told(result: tuple[Decision, ...] | RollbookError) -> str:
    """In words: why, what is owed, what is missing, or what is wrong."""
    if isinstance(result, RollbookError):
        return "\n".join(f"{place.path}: {place.expected}" for place in result.violations)
    (decision,) = result
    missing = decision.missing.outcome if decision.missing is not None else ()
    owed = [one for rule in decision.rules if rule.outcome == decision.outcome for one in rule.obligations]
    told = [
        decision.because,
        *(f"Not known: {cause.path}. {cause.question}" for cause in missing),
        *(f"→ {', '.join(filter(None, (one.text, due_text(one))))}" for one in owed),
    ]
    return "\n".join(filter(None, told))


if __name__ == "__main__":
    sys.exit(main())
