"""Cases per second and peak memory of everyone who decides the roster, in turn, round by round."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from rich.table import Table

from tests.benchmarks.measures import Measure, ratios
from tests.benchmarks.rosters.agreement import AGREED, check_agreement
from tests.benchmarks.rosters.children import Child, Round
from tests.benchmarks.rosters.contestants import CONTESTANTS
from tests.benchmarks.rosters.streaming import stream
from tests.children import in_child

__all__ = ["Line", "Rosters", "measure_rosters"]

OF_SQL: Final = 0.5
"""The aim for outcomes, of the rate of the SQL written by hand."""
OF_ZEN: Final = 50.0
"""The aim for outcomes, of the rate of zen-engine's batches."""
MEMORY: Final = 4_000.0
"""The aim for the long roster, megabytes."""

_MICROSECONDS: Final = 1e6


@dataclass(frozen=True)
class Line:
    """The figures of one contestant.

    Attributes:
        key, threads: whose.
        name: in the table.
        rounds: what was measured.
        cases: of a round.
    """

    key: str
    threads: int
    name: str
    rounds: tuple[Round, ...]

    @property
    def rate(self) -> Measure:
        """Cases per second."""
        return self._measure("rate", "1/s", lambda each: each.cases / each.seconds)

    @property
    def processor(self) -> Measure:
        """Microseconds of processor time per case."""
        return self._measure("processor", "us", lambda each: each.processor / each.cases * _MICROSECONDS)

    @property
    def peak(self) -> Measure:
        """Megabytes of memory."""
        return self._measure("peak", "MB", lambda each: each.peak)

    @property
    def load(self) -> Measure:
        """Load average of the machine."""
        return self._measure("load", "processes", lambda each: each.load)

    def _measure(self, what: str, unit: str, value: Callable[[Round], float]) -> Measure:
        name = f"roster/{self.key}/{self.threads}/{what}"
        return Measure(name, unit, tuple(value(each) for each in self.rounds))


@dataclass(frozen=True)
class Rosters:
    """The figures of everyone.

    Attributes:
        agreed: cases on which the roster engine and the SQL written by hand were seen to agree.
        rules: how many rules hold in some of them.
        lines: the figures.
    """

    agreed: int
    rules: int
    lines: tuple[Line, ...]

    def measures(self) -> Iterable[Measure]:
        """Every figure."""
        for line in self.lines:
            yield from (line.rate, line.processor, line.peak, line.load)
            yield from filter(None, (self._beside(line, "hand-written"), self._beside(line, "zen-batch")))

    def table(self) -> Table:
        """The figures for people."""
        table = Table(
            title=f"A roster of lausd/grade-marking: agreed on {self.agreed:,} cases, {self.rules} rules hold in some",
            title_justify="left",
            caption=f"Aims: outcomes and rules at {OF_SQL} × SQL and {OF_ZEN:.0f} × zen batch or more; the long roster "
            f"under {MEMORY:,.0f} MB. Load is the machine's, this benchmark's own included.",
            caption_justify="left",
        )
        table.add_column("")
        for column in ("threads", "cases", "cases/s", "µs CPU", "× SQL", "× zen batch", "peak MB", "load"):
            table.add_column(column, justify="right")
        for line in self.lines:
            of_sql, of_zen = self._beside(line, "hand-written"), self._beside(line, "zen-batch")
            table.add_row(
                line.name,
                str(line.threads),
                f"{line.rounds[0].cases:,}",
                line.rate.text(0),
                line.processor.text(2),
                of_sql.text(2) if of_sql else "",
                of_zen.text(0 if of_zen.median > 10 else 2) if of_zen else "",
                line.peak.text(0),
                line.load.text(),
                style="bold" if line.key == "outcomes" else "",
            )
        return table

    def _beside(self, line: Line, key: str) -> Measure | None:
        """The rate beside another's on as many threads, round by round."""
        found = {other.threads: other for other in self.lines if other.key == key}
        other = found.get(line.threads)
        if other is None or len(other.rounds) != len(line.rounds):
            return None
        return ratios(f"roster/{line.key}/{line.threads}/of-{key}", line.rate, other.rate)


def measure_rosters(rounds: int, *, quick: bool, long: int, tell: Callable[[str], object]) -> Rosters:
    """Has everyone decide the roster, `rounds` times in turn.

    Args:
        rounds: at least 1.
        quick: fewer cases.
        long: cases of the long roster; 0 for none.
        tell: is told what is being done.

    Raises:
        Disagreement: when two decide a case differently; nothing is timed then.
    """
    tell("Rosters: whether everyone decides alike")
    rules, _ = in_child(check_agreement, AGREED)
    lines = [line for threads in (1, 2) for line in _turns(threads, rounds, quick=quick, tell=tell)]
    if long:
        tell(f"Rosters: {long:,} cases from Parquet to Parquet")
        lines.append(Line("long", 2, "roster engine: decisions, Parquet to Parquet", (stream(long, 2),)))
    return Rosters(AGREED, rules, tuple(lines))


def _turns(threads: int, rounds: int, *, quick: bool, tell: Callable[[str], object]) -> list[Line]:
    """Everyone who is measured on so many threads."""
    keys = [key for key, each in CONTESTANTS.items() if threads == 1 or each.threaded]
    with ExitStack() as stack:
        children = {}
        for key in keys:
            tell(f"Rosters, threads: {threads}. Getting ready: {CONTESTANTS[key].name}")
            children[key] = stack.enter_context(Child(key, threads, CONTESTANTS[key].cases[quick]))
        found: dict[str, list[Round]] = {key: [] for key in keys}
        for number in range(rounds):
            for key in keys:
                tell(f"Rosters, threads: {threads}, round {number + 1} of {rounds}: {CONTESTANTS[key].name}")
                found[key].append(children[key].round())
    return [Line(key, threads, CONTESTANTS[key].name, tuple(found[key])) for key in keys]
