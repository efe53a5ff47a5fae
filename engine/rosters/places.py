"""Where the cells of nested columns stand: in which row, by which path; and what is wrong in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.cases.checking import MAX_VIOLATIONS, expected
from engine.errors import Violation
from engine.rulesets.facts import Fact

__all__ = ["Place", "Troubles"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the positions of a flat array stand.

    Attributes:
        parent: where the array stands within; None for the rows themselves.
        name: the entry of the parent's group; empty for the items of a list.
        starts: for the items of a list: the position of the first item of each list, in the order of the lists.
    """

    parent: Place | None = None
    name: str = ""
    starts: Sequence[int] | None = None

    def at(self, position: int) -> tuple[int, str]:
        """The row of a position, counted from 0, and its path: `notices[2].sent_on`."""
        if self.parent is None:
            return position, ""
        if self.starts is None:
            row, path = self.parent.at(position)
            return row, f"{path}.{self.name}" if path else self.name
        place = bisect_right(self.starts, position) - 1
        row, path = self.parent.at(place)
        return row, f"{path}[{position - self.starts[place]}]"

    def entry(self, name: str) -> Place:
        """Where the entry of that name stands."""
        return Place(self, name)

    def items(self, starts: Sequence[int]) -> Place:
        """Where the items of the lists stand."""
        return Place(self, starts=starts)


@dataclass(slots=True)
class Troubles:
    """What is wrong, by row; used while one batch is read. A row tells its first hundred."""

    rows: dict[int, list[Violation]] = field(default_factory=dict)

    def refuse(self, fact: Fact, place: Place, position: int) -> None:
        """The cell is not what `fact` declares."""
        self.add(place, position, expected(fact), "The value is not what the ruleset declares.")

    def add(self, place: Place, position: int, expects: str, message: str) -> None:
        """Something is wrong with a cell."""
        row, path = place.at(position)
        self.at(row, Violation(path, expects, message))

    def at(self, row: int, violation: Violation) -> None:
        """Something is wrong in a row."""
        told = self.rows.setdefault(row, [])
        if len(told) < MAX_VIOLATIONS:
            told.append(violation)
