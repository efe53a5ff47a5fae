"""The figures of one who decides the roster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.measures import Measure, ratios
from tests.benchmarks.rosters.children import Round

__all__ = ["Line"]

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

    def measures(self) -> Sequence[Measure]:
        """Every figure."""
        return self.rate, self.processor, self.peak, self.load

    def of(self, other: Line) -> Measure:
        """The rate beside another's, round by round; both were measured in turn."""
        return ratios(f"roster/{self.key}/{self.threads}/of-{other.key}", self.rate, other.rate)
