"""What was measured, and how it is told: a measure is a name, a unit and the values of its rounds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

__all__ = ["Measure", "ratios", "write_json"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure, measured several times.

    Attributes:
        name: its parts from the general to the special: `decide/h2load/32/p99`.
        unit: `us`, `ms`, `1/s`, `ratio`.
        values: one per round, at least one.
    """

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one of the rounds."""
        return median(self.values)

    def text(self, digits: int = 1) -> str:
        """The median as tables have it, with thousands apart."""
        return f"{self.median:,.{digits}f}"


def ratios(name: str, of: Measure, to: Measure) -> Measure:
    """How much of `to` the measure `of` is, round by round: what slows a whole round down leaves it as it is."""
    values = tuple(one / other for one, other in zip(of.values, to.values, strict=True))
    return Measure(name, "ratio", values)


def write_json(measures: Sequence[Measure], path: Path) -> None:
    """Writes every measure: name, unit, median, least and greatest round."""
    rows = [
        {
            "name": measure.name,
            "unit": measure.unit,
            "median": round(measure.median, 4),
            "min": round(min(measure.values), 4),
            "max": round(max(measure.values), 4),
        }
        for measure in measures
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
