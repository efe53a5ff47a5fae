"""How a run over a roster goes, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from clients.cli.console import note, screen, write_json
from clients.cli.pages.words import counted
from clients.rosters.deciding import Asked
from clients.rosters.jobs import Finished
from clients.rosters.tally import Tally

__all__ = ["RosterSummary", "Watching", "show_summary", "summary", "summary_of", "watching"]

_SECONDS_BETWEEN_LINES: Final = 10.0
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
        _most_first(tally.outcomes),
        _most_first(tally.rules),
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
        f"{counted(summary.decided, 'decision')}: {summary.complete:,} complete, "
        f"{summary.indeterminate:,} indeterminate."
    )
    if summary.rejects is not None:
        page.print(f"{counted(summary.rejected, 'row')} rejected; {summary.rejects} says why.", soft_wrap=True)
    if summary.resumed:
        page.print(f"{counted(summary.resumed, 'row')} of them from the run before.")
    told = f"Written to {summary.out} in {summary.seconds:.1f} s, {summary.rate:,.0f} rows a second."
    page.print(told, soft_wrap=True)


def _table(title: str, counts: Mapping[str, int], all_: int) -> Table:
    table = Table(title, box=None, pad_edge=False)
    table.add_column("Cases", justify="right")
    table.add_column("Share", justify="right")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}", f"{count / max(all_, 1):.1%}")
    return table


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


class Watching:
    """How a run goes, told to nobody."""

    def __init__(self) -> None:
        self._started = monotonic()
        self._before = 0

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return monotonic() - self._started

    def slow(self, reasons: tuple[str, ...]) -> None:
        """The cases are decided one by one, for these reasons."""

    def begun(self, rows: int | None, tally: Tally) -> None:
        """It begins."""
        del rows
        self._started = monotonic()
        self._before = tally.rows

    def decided(self, tally: Tally, share: float) -> None:
        """Some more cases are decided."""

    def merging(self) -> None:
        """A batch more is written."""

    def rate(self, tally: Tally) -> float:
        """Rows a second."""
        return (tally.rows - self._before) / max(self.seconds, 0.001)


class _Talking(Watching):
    """What both ways of telling say at first."""

    def slow(self, reasons: tuple[str, ...]) -> None:
        if reasons:
            note("The cases are decided one by one, which is slower; what cannot be decided for all at once:")
            for reason in reasons[:5]:
                note(f"  {reason}")

    def begun(self, rows: int | None, tally: Tally) -> None:
        super().begun(rows, tally)
        if tally.rows:
            note(f"Going on after {counted(tally.rows, 'row')} that are decided.")


class _Lines(_Talking):
    """A line every ten seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._told = monotonic()

    def decided(self, tally: Tally, share: float) -> None:
        if self._due():
            left = self.seconds / share * (1 - share) if share else 0.0
            note(f"{tally.rows:,} cases, {self.rate(tally):,.0f} a second, about {_clock(left)} left: {_counts(tally)}")

    def merging(self) -> None:
        if self._due():
            note("Writing the decisions to one file.")

    def _due(self) -> bool:
        now = monotonic()
        if now - self._told < _SECONDS_BETWEEN_LINES:
            return False
        self._told = now
        return True


class _Bar(_Talking):
    """A bar with what is done, how fast, how long it will take, and the outcomes."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("Deciding", total=1.0, told="", counts="")

    def decided(self, tally: Tally, share: float) -> None:
        told = f"{tally.rows:,} cases, {self.rate(tally):,.0f}/s"
        self._progress.update(self._task, completed=share, told=told, counts=escape(_counts(tally)))

    def merging(self) -> None:
        self._progress.update(self._task, description="Writing")


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watching]:
    """Tells of a run while the block lasts; nothing when `quiet`."""
    if quiet:
        yield Watching()
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        columns: list[ProgressColumn] = [
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[told]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            TextColumn("{task.fields[counts]}", style="dim"),
        ]
        with Progress(*columns, console=screen(errors=True), transient=True) as progress:
            yield _Bar(progress)


def _counts(tally: Tally) -> str:
    said = [f"{name} {count:,}" for name, count in _most_first(tally.outcomes).items()]
    if tally.rejected:
        said.append(f"rejected {tally.rejected:,}")
    return ", ".join(said)


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
