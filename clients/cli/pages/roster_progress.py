"""How a run over a roster goes: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from rich.console import RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from clients.cli.console import note, screen
from clients.cli.pages.roster import most_first, rows_told
from clients.rosters.tally import Tally

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Watching", "watching"]

_SECONDS_BETWEEN_LINES: Final = 10.0
_MOST_REASONS: Final = 5
_BAR_WIDTH: Final = 20


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
        """It begins; `tally` is of parts that were there already."""
        del rows
        self._started = monotonic()
        self._before = tally.rows

    def decided(self, tally: Tally, share: float) -> None:
        """Some more cases are decided."""

    def merging(self) -> None:
        """A batch more is written."""

    def rate(self, tally: Tally) -> float:
        """Rows a second, without those that were there already."""
        return (tally.rows - self._before) / max(self.seconds, 0.001)


class _Talking(Watching):
    """What both ways of telling say at first."""

    def slow(self, reasons: tuple[str, ...]) -> None:
        if reasons:
            note("The cases are decided one by one, which is slower; what cannot be decided for all at once:")
            for reason in reasons[:_MOST_REASONS]:
                note(f"  {reason}")

    def begun(self, rows: int | None, tally: Tally) -> None:
        super().begun(rows, tally)
        if tally.rows:
            note(f"Going on after {rows_told(tally.rows)} that are decided.")


class _Lines(_Talking):
    """A line every ten seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._told = monotonic()
        self._first: tuple[float, float] | None = None

    def decided(self, tally: Tally, share: float) -> None:
        self._first = self._first or (monotonic(), share)
        if self._due():
            note(f"{tally.rows:,} cases, {self.rate(tally):,.0f} a second{self._left(share)}: {_counts(tally)}")

    def merging(self) -> None:
        if self._due():
            note("Writing the decisions to one file.")

    def _left(self, share: float) -> str:
        """How long it takes yet, by what was read since the first part that this run decided."""
        if self._first is None or share <= self._first[1]:
            return ""
        began, share_then = self._first
        seconds = (monotonic() - began) / (share - share_then) * (1 - share)
        return f", about {timedelta(seconds=round(seconds))} left"

    def _due(self) -> bool:
        now = monotonic()
        if now - self._told < _SECONDS_BETWEEN_LINES:
            return False
        self._told = now
        return True


class _Progress(Progress):
    """A bar, and below it the counts by outcome."""

    counts = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield self.make_tasks_table(self.tasks)
        if self.counts:
            yield Text(self.counts, style="dim")


class _Bar(_Talking):
    """A bar with what is done, how fast, how long it will take, and the outcomes."""

    def __init__(self, progress: _Progress) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("Deciding", total=1.0, told="")
        self._parts = 0

    def decided(self, tally: Tally, share: float) -> None:
        told = f"{tally.rows:,} cases, {self.rate(tally):,.0f}/s"
        self._progress.counts = _counts(tally)
        if self._before and not self._parts:  # how long it takes is not told by what was there already
            self._progress.reset(self._task, completed=share, told=told)  # type: ignore[arg-type] # rich says int
        self._parts += 1
        self._progress.update(self._task, completed=share, told=told)

    def merging(self) -> None:
        self._progress.update(self._task, description="Writing")


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watching]:
    """Tells of a run on standard error while the block lasts; nothing when `quiet`."""
    if quiet:
        yield Watching()
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        with _bar(screen(errors=True)) as bar:
            yield bar


@contextmanager
def _bar(console: Console) -> Iterator[Watching]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(_BAR_WIDTH),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
    )
    with _Progress(*columns, console=console, transient=True) as progress:
        yield _Bar(progress)


def _counts(tally: Tally) -> str:
    said = [f"{name} {count:,}" for name, count in most_first(tally.outcomes).items()]
    if tally.rejected:
        said.append(f"rejected {tally.rejected:,}")
    return ", ".join(said)
