"""Processor time per decision, in process, from the JSON bytes of a case to its decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import process_time

from rich.table import Table

from tests.benchmarks.cases import CASE_COUNT, Case, make_cases
from tests.benchmarks.measures import Measure, ratios
from tests.benchmarks.peers import OURS, Peer, check_agreement, peers

__all__ = ["Deciding", "measure_deciding"]

_MICROSECONDS = 1e6


@dataclass(frozen=True)
class Deciding:
    """Who decided, and how long each took per case.

    Attributes:
        cases: how many cases all decided in the same way.
        rules: how many rules were seen to hold.
        peers: everyone, the case engine first.
        times: microseconds of processor time per case, in the same order.
    """

    cases: int
    rules: int
    peers: tuple[Peer, ...]
    times: tuple[Measure, ...]

    def measures(self) -> Iterable[Measure]:
        """Every figure."""
        yield from self.times
        for measure in self.times[1:]:
            yield ratios(f"{measure.name}/of-ours", measure, self.times[0])

    def table(self) -> Table:
        """The figures for people."""
        table = Table(
            title=f"One decision, JSON bytes in: {self.cases:,} complete cases of lausd/grade-marking, on which all "
            f"agree ({self.rules} rules are seen to hold)",
            title_justify="left",
            caption="Peers give the outcome and the rules that hold; the case engine also checks the facts and gives "
            "messages, obligations, citations, results, and what is missing.",
            caption_justify="left",
        )
        table.add_column("")
        for column in ("µs", "min", "max", "× ours"):
            table.add_column(column, justify="right")
        for peer, times in zip(self.peers, self.times, strict=True):
            relative = ratios("", times, self.times[0])
            row = (times.text(), f"{min(times.values):.1f}", f"{max(times.values):.1f}", relative.text(2))
            table.add_row(peer.name, *row, style="bold" if peer.name == OURS else "")
        return table


def measure_deciding(rounds: int) -> Deciding:
    """Has everyone decide all cases, `rounds` times in turn.

    Raises:
        Disagreement: when two decide a case differently; nothing is timed then.
    """
    everyone, cases = peers(), make_cases(CASE_COUNT)
    rules = check_agreement(cases, everyone)
    values: list[list[float]] = [[] for _ in everyone]
    for _ in range(rounds):
        for taken, peer in zip(values, everyone, strict=True):
            taken.append(_microseconds(peer, cases))
    times = tuple(
        Measure(f"decision/{peer.key}", "us", tuple(taken)) for peer, taken in zip(everyone, values, strict=True)
    )
    return Deciding(len(cases), rules, everyone, times)


def _microseconds(peer: Peer, cases: tuple[Case, ...]) -> float:
    # Processor time of all threads of this process, so that what else runs on the machine counts less.
    decide = peer.decide
    started = process_time()
    for case in cases:
        decide(case)
    return (process_time() - started) / len(cases) * _MICROSECONDS
