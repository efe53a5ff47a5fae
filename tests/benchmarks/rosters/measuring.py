"""Cases per second and peak memory of everyone who decides the roster, in turn, round by round."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from rich.table import Table

from tests.benchmarks.measures import Measure
from tests.benchmarks.rosters.agreement import AGREED, check_agreement
from tests.benchmarks.rosters.children import Child, Round
from tests.benchmarks.rosters.contestants import CONTESTANTS, IN_TURN, WIRE_BATCH
from tests.benchmarks.rosters.lines import Line
from tests.benchmarks.rosters.streaming import stream
from tests.benchmarks.rosters.wire import OF_IN_PROCESS, Wired, measure_wire
from tests.children import in_child

__all__ = ["Rosters", "measure_rosters"]

OF_SQL: Final = 0.5
"""The aim for outcomes, of the rate of the SQL written by hand."""
OF_ZEN: Final = 50.0
"""The aim for outcomes, of the rate of zen-engine's batches."""
MEMORY: Final = 4_000.0
"""The aim for the long roster, megabytes."""


@dataclass(frozen=True)
class Rosters:
    """The figures of everyone.

    Attributes:
        agreed: cases on which the roster engine and the SQL written by hand were seen to agree.
        rules: how many rules hold in some of them.
        lines: the figures.
        wired: those of `DecideRoster`, each with that of the same batches in process.
    """

    agreed: int
    rules: int
    lines: tuple[Line, ...]
    wired: tuple[Wired, ...]

    def measures(self) -> Iterable[Measure]:
        """Every figure."""
        for line in self.lines:
            yield from line.measures()
            yield from filter(None, (self._beside(line, "hand-written"), self._beside(line, "zen-batch")))
        for wired in self.wired:
            yield from (*wired.line.measures(), *wired.in_process.measures(), wired.ratio)

    def tables(self) -> Iterable[Table]:
        """The figures for people."""
        return self._table(), self._wire_table()

    def _table(self) -> Table:
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

    def _wire_table(self) -> Table:
        table = Table(
            title="DecideRoster over loopback, beside the same batches in process",
            title_justify="left",
            caption=f"Aim: {OF_IN_PROCESS} × in process or more. Processor time and memory are those of the server "
            "and of its child process.",
            caption_justify="left",
        )
        table.add_column("")
        for column in ("cases", "in a batch", "cases/s", "µs CPU", "× in process", "peak MB", "load"):
            table.add_column(column, justify="right")
        for wired in self.wired:
            for line, ratio in ((wired.in_process, ""), (wired.line, wired.ratio.text(2))):
                figures = (line.rate.text(0), line.processor.text(2), ratio, line.peak.text(0), line.load.text())
                table.add_row(line.name, f"{line.rounds[0].cases:,}", f"{WIRE_BATCH:,}", *figures)
        return table

    def _beside(self, line: Line, key: str) -> Measure | None:
        """The rate beside another's on as many threads, or None where the two were not measured in turn."""
        for other in self.lines:
            if (other.key, other.threads) == (key, line.threads) and len(other.rounds) == len(line.rounds):
                return line.of(other)
        return None


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
    tell("Rosters: DecideRoster over loopback")
    wired = measure_wire(rounds, quick=quick)
    if long:
        tell(f"Rosters: {long:,} cases from Parquet to Parquet")
        lines.append(Line("long", 2, "roster engine: decisions, Parquet to Parquet", (stream(long, 2),)))
    return Rosters(AGREED, rules, tuple(lines), wired)


def _turns(threads: int, rounds: int, *, quick: bool, tell: Callable[[str], object]) -> list[Line]:
    """Everyone who is measured on so many threads."""
    keys = [key for key in IN_TURN if threads == 1 or CONTESTANTS[key].threaded]
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
