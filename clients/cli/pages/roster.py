"""What came of a run over a roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from rich.table import Table

from clients.cli.console import screen, write_json
from clients.rosters.deciding import Asked
from clients.rosters.jobs import Finished
from clients.rosters.tally import Tally

__all__ = ["RosterSummary", "most_first", "rows_told", "show_summary", "summary", "summary_of"]

_MOST_RULES: Final = 10


@dataclass(frozen=True, slots=True)
class RosterSummary:
    """What came of a run.

    Attributes:
        ruleset, version, as_of: what was asked.
        out, rejects: the files or folders that were written; none of rejects where there are none.
        decided, complete, indeterminate, rejected: rows.
        resumed: rows in parts that were there already.
        outcomes: rows by outcome, the most first.
        rules: rows in which a rule holds, the most first.
        seconds: how long it took.
        rate: rows a second, without those that were there already.
    """

    ruleset: str
    version: str
    as_of: date
    out: Path | str
    rejects: Path | str | None
    decided: int
    complete: int
    indeterminate: int
    rejected: int
    resumed: int
    outcomes: Mapping[str, int]
    rules: Mapping[str, int]
    seconds: float
    rate: float


def summary_of(asked: Asked, finished: Finished, seconds: float) -> RosterSummary:
    """What came of a run that took so many seconds."""
    return summary(asked, finished.tally, finished.out, finished.rejects, seconds, resumed=finished.resumed)


def summary(
    asked: Asked, tally: Tally, out: Path | str, rejects: Path | str | None, seconds: float, *, resumed: int = 0
) -> RosterSummary:
    """What came of a run; the arguments are the attributes of the summary."""
    return RosterSummary(
        asked.ruleset,
        asked.version,
        asked.as_of,
        out,
        rejects,
        tally.decided,
        tally.complete,
        tally.indeterminate,
        tally.rejected,
        resumed,
        most_first(tally.outcomes),
        most_first(tally.rules),
        round(seconds, 3),
        round((tally.rows - resumed) / max(seconds, 0.001), 1),
    )


def show_summary(summary: RosterSummary, json: bool, *, quiet: bool) -> None:
    """Prints what came of a run; as JSON also when nothing else is to be said."""
    if json:
        write_json({"roster": summary})
    elif not quiet:
        _show(summary)


def _show(summary: RosterSummary) -> None:
    page = screen()
    page.print(f"{summary.ruleset} as of {summary.as_of}", style="bold")
    if summary.outcomes:
        page.print(_table("Outcome", summary.outcomes, summary.decided))
    if summary.rules:
        rules = dict(list(summary.rules.items())[:_MOST_RULES])
        title = "Rule that holds" if len(rules) == len(summary.rules) else f"Rule that holds, the {_MOST_RULES} most"
        page.print(_table(title, rules, summary.decided))
    page.print(
        f"{rows_told(summary.decided, 'decision')}: {summary.complete:,} complete, "
        f"{summary.indeterminate:,} indeterminate."
    )
    if summary.rejects is not None:
        page.print(f"{rows_told(summary.rejected)} rejected; {summary.rejects} says why.", soft_wrap=True)
    if summary.resumed:
        page.print(f"{rows_told(summary.resumed)} of them from the run before.")
    told = f"Written to {summary.out} in {summary.seconds:.1f} s, {summary.rate:,.0f} rows a second."
    page.print(told, soft_wrap=True)


def _table(title: str, counts: Mapping[str, int], all_: int) -> Table:
    table = Table(title, box=None, pad_edge=False)
    table.add_column("Cases", justify="right")
    table.add_column("Share", justify="right")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}", f"{count / max(all_, 1):.1%}")
    return table


def most_first(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts, largest first; of the same size by name."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def rows_told(number: int, one: str = "row") -> str:
    """`1 row`, `1,000,000 rows`."""
    return f"{number:,} {one if number == 1 else one + 's'}"
