"""Counts of changes by their reasons, and examples of them, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from engine.rosters.changes import Example, Reason, RuleDifference
from engine.rosters.differing import Places

__all__ = ["Tally"]

_MOST_REASONS: Final = 10_000
"""Different reasons of one change that are counted apart; rules differ in far fewer ways."""

_EXAMPLES_KEPT: Final = 10
"""How many times the wanted number of examples are kept of a change, so that each of its reasons can have some."""


@dataclass(slots=True)
class Tally:
    """The cases of one change: how many, by which reasons, and examples."""

    wanted: int
    cases: int = 0
    unlisted: int = 0
    counts: dict[RuleDifference, int] = field(default_factory=dict)
    kept: dict[RuleDifference, list[Example]] = field(default_factory=dict)
    kept_in_all: int = 0

    def add(self, rules: RuleDifference, places: Places, example: Callable[[int], Example]) -> None:
        """Counts the cases at `places`, which have one reason; `example` tells the case at a place."""
        self.cases += len(places)
        if rules not in self.counts and len(self.counts) >= _MOST_REASONS:
            self.unlisted += len(places)
            return
        self.counts[rules] = self.counts.get(rules, 0) + len(places)
        kept = self.kept.setdefault(rules, [])
        for place in places[: self.wanted - len(kept)]:
            if self.kept_in_all >= _EXAMPLES_KEPT * self.wanted:
                return
            kept.append(example(int(place)))
            self.kept_in_all += 1

    def reasons(self, order: Mapping[str, int]) -> tuple[Reason, ...]:
        """The reasons, the most frequent first; of those as frequent the one whose rules come first in `order`."""
        found = sorted(self.counts.items(), key=lambda item: (-item[1], _in_order(item[0], order)))
        return tuple(Reason(rules, count) for rules, count in found)

    def examples(self, order: Mapping[str, int]) -> tuple[Example, ...]:
        """At most the wanted number: the first of each reason, then the second of each, and so on; told by row."""
        kept = [self.kept.get(reason.rules, []) for reason in self.reasons(order)]
        turns = [example for turn in zip_longest(*kept) for example in turn if example is not None]
        return tuple(sorted(turns[: self.wanted], key=lambda example: example.row))


def _in_order(rules: RuleDifference, order: Mapping[str, int]) -> tuple[object, ...]:
    sides = (rules.ended, rules.began, rules.otherwise)
    return (*(tuple(order.get(id_, len(order)) for id_ in side) for side in sides), str(rules.applies))
