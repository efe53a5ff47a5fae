"""From the truth of the premises to the rules that hold and the outcome, through the inference tables.

Premises are bits of a pattern, arranged so that each component's are neighbours. An unknown premise is looked up as
true and as false: the candidates are what differs, and what matters is what the difference hangs on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.inference import FULL_TABLE_RULES, Component, Tables
from engine.rulesets.checked import CheckedRuleset

__all__ = ["Conclusion", "Conclusions"]

MOST_OPEN: Final = 6
"""Unknown premises of a large component up to which every combination is looked at."""

REMEMBERED: Final = 8192
"""Conclusions that are remembered; when there are more, all are forgotten."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the truth of the premises comes to.

    Attributes:
        held: the rules that hold whatever the unknown premises are, by place in the document.
        candidates: the possible outcomes, strongest first.
        no_outcome: whether no outcome is possible too.
        concluded: whether a rule that holds concludes an outcome, whatever the unknown premises are.
        for_outcome: the unknown premises that matter to the outcome, by place in the document.
        for_details: those that matter to which rules hold, and not to the outcome.
    """

    held: tuple[int, ...]
    candidates: tuple[str, ...]
    no_outcome: bool
    concluded: bool
    for_outcome: tuple[int, ...]
    for_details: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One component, its unknown premises settled in every way.

    Attributes:
        outs: for each way the strongest outcome concluded, by rank; for an approximated part every possible one.
        holding: for each way the rules that hold; empty for an approximated part.
        held: the rules that hold in every way; `open`: those that hold in some only.
        unknown: the unknown premises, as a pattern.
    """

    component: Component
    shift: int
    outs: dict[int, int]
    holding: dict[int, int]
    held: int
    open: int
    unknown: int


class Conclusions:
    """The conclusions of one version; asked by pattern."""

    def __init__(self, ruleset: CheckedRuleset, tables: Tables) -> None:
        every = [*ruleset.rules, *ruleset.borrowed]
        outcome_of = {rule: one.outcome for rule, one in ruleset.rules.items()}
        place = {rule: index for index, rule in enumerate(every)}
        self._own = len(ruleset.rules)
        self._outcomes = ruleset.outcomes
        self._none = len(ruleset.outcomes)
        self._default = ruleset.outcomes.index(ruleset.default.outcome) if ruleset.default else self._none
        self._ranks: list[list[int]] = []
        self._components: list[tuple[Component, int]] = []
        self._places: list[int] = []
        for component in tables.components:
            self._components.append((component, len(self._places)))
            self._places += [place[rule] for rule in component.rules]
            outcomes = [outcome_of.get(rule) for rule in component.rules]
            self._ranks.append([self._none if out is None else ruleset.outcomes.index(out) for out in outcomes])
        self.bits: Sequence[int] = [self._places.index(index) for index in range(len(self._places))]
        """For each rule by its place (the borrowed ones last), the place of its premise in a pattern."""
        self._remembered: dict[tuple[int, int], Conclusion] = {}

    @property
    def components(self) -> tuple[Component, ...]:
        """The rules that touch each other, with their inference tables."""
        return tuple(component for component, _ in self._components)

    def of(self, true: int, unknown: int) -> Conclusion:
        """What holds, and what is possible, when the premises in `true` are true and those in `unknown` unknown."""
        key = (true, unknown)
        found = self._remembered.get(key)
        if found is None:
            found = self._conclude(true, unknown)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = found
        return found

    def whether(self, rule: int, true: int, unknown: int) -> bool | tuple[int, ...]:
        """Whether one rule holds; when that is not known, the unknown premises that it hangs on, by place."""
        bit = self.bits[rule]
        number = max(n for n, (_, shift) in enumerate(self._components) if shift <= bit)
        part = self._part(number, true, unknown)
        own = 1 << (bit - part.shift)
        if not part.open & own:
            return bool(part.held & own)
        hanging = part.unknown
        if part.holding:
            hanging = sum(
                1 << one
                for one in _bits(part.unknown)
                if any((part.holding[s] ^ part.holding[s | 1 << one]) & own for s in part.holding if not s >> one & 1)
            )
        return tuple(sorted(self._in_document(part.shift, hanging)))

    def _conclude(self, true: int, unknown: int) -> Conclusion:
        parts = [self._part(number, true, unknown) for number in range(len(self._components))]
        floor = min((max(part.outs.values()) for part in parts), default=self._none)
        possible = {self._effective(out, floor) for part in parts for out in part.outs.values()}
        possible = possible or {self._default}
        for_outcome: list[int] = []
        for_details: list[int] = []
        for part in parts:
            deciding, detailing = self._mattering(part, floor)
            for_outcome += self._in_document(part.shift, deciding)
            for_details += self._in_document(part.shift, detailing)
        held = (rule for part in parts for rule in self._in_document(part.shift, part.held))
        return Conclusion(
            tuple(sorted(rule for rule in held if rule < self._own)),
            tuple(self._outcomes[rank] for rank in sorted(possible) if rank != self._none),
            self._none in possible,
            floor != self._none,
            tuple(sorted(for_outcome)),
            tuple(sorted(for_details)),
        )

    def _effective(self, out: int, floor: int) -> int:
        """The rank of the decision's outcome when one component concludes `out` and all at least `floor`."""
        strongest = min(out, floor)
        return self._default if strongest == self._none else strongest

    def _in_document(self, shift: int, pattern: int) -> Iterator[int]:
        return (self._places[shift + bit] for bit in _bits(pattern))

    def _part(self, number: int, true: int, unknown: int) -> _Part:
        component, shift = self._components[number]
        all_ = (1 << len(component.rules)) - 1
        true, unknown = true >> shift & all_, unknown >> shift & all_
        if len(component.rules) > FULL_TABLE_RULES and unknown.bit_count() > MOST_OPEN:
            return self._approximated(number, true, unknown)
        holding = {settled: component.holds(true | settled) for settled in _subsets(unknown)}
        held, some = all_, 0
        for rules in holding.values():
            held &= rules
            some |= rules
        outs = {settled: self._strongest(number, rules) for settled, rules in holding.items()}
        return _Part(component, shift, outs, holding, held, some & ~held, unknown)

    def _strongest(self, number: int, rules: int) -> int:
        ranks = self._ranks[number]
        return min((ranks[bit] for bit in _bits(rules)), default=self._none)

    def _approximated(self, number: int, true: int, unknown: int) -> _Part:
        """Too many combinations: three-valued inference instead, which allows for more than can be."""
        component, shift = self._components[number]
        held, open_ = _three_valued(component, true, unknown)
        best = self._strongest(number, held)
        stronger = {rank for bit in _bits(open_) if (rank := self._ranks[number][bit]) < best}
        return _Part(component, shift, dict(enumerate((best, *sorted(stronger)))), {}, held, open_, unknown)

    def _mattering(self, part: _Part, floor: int) -> tuple[int, int]:
        """The unknown premises that matter to the outcome, and those that matter to the rest."""
        if not part.unknown:
            return 0, 0
        effective = {settled: self._effective(out, floor) for settled, out in part.outs.items()}
        if not part.holding:
            if len(set(effective.values())) > 1:
                return part.unknown, 0
            return 0, part.unknown if part.open else 0
        deciding = detailing = 0
        for bit in _bits(part.unknown):
            one = 1 << bit
            pairs = [(settled, settled | one) for settled in part.holding if not settled & one]
            if any(effective[without] != effective[with_] for without, with_ in pairs):
                deciding |= one
            elif any(part.holding[without] != part.holding[with_] for without, with_ in pairs):
                detailing |= one
        return deciding, detailing


def _bits(pattern: int) -> Iterator[int]:
    while pattern:
        lowest = pattern & -pattern
        yield lowest.bit_length() - 1
        pattern ^= lowest


def _subsets(pattern: int) -> Iterator[int]:
    subset = pattern
    while True:
        yield subset
        if subset == 0:
            return
        subset = (subset - 1) & pattern


_Truth = bool | None


def _three_valued(component: Component, true: int, unknown: int) -> tuple[int, int]:
    """The rules that hold, and those of which it stays open, when an unknown premise is neither true nor false."""
    strata = component.strata
    applying: dict[int, _Truth] = {}
    holding: dict[int, _Truth] = {}

    def applies(rule: int) -> _Truth:
        if rule not in applying:
            premise = None if unknown >> rule & 1 else bool(true >> rule & 1)
            parts = [premise, *(holds(given) for given in strata[rule].given)]
            if strata[rule].bases:
                parts.append(_any(applies(base) for base in strata[rule].bases))
            applying[rule] = _all(parts)
        return applying[rule]

    def holds(rule: int) -> _Truth:
        if rule not in holding:
            defeated = _any(holds(defeater) for defeater in strata[rule].defeaters)
            holding[rule] = _all((applies(rule), None if defeated is None else not defeated))
        return holding[rule]

    truths = [holds(rule) for rule in range(len(strata))]
    return (
        sum(1 << rule for rule, truth in enumerate(truths) if truth is True),
        sum(1 << rule for rule, truth in enumerate(truths) if truth is None),
    )


def _all(truths: Iterable[_Truth]) -> _Truth:
    found = list(truths)
    return False if False in found else None if None in found else True


def _any(truths: Iterable[_Truth]) -> _Truth:
    found = list(truths)
    return True if True in found else None if None in found else False
