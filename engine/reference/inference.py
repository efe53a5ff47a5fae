"""Which rules hold, and which outcomes are possible: the definitions of the language, written down as they stand.

Three-valued truth is True, False or None (not known), combined as Kleene does. Where every premise is known the same
definitions give the two-valued answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from engine.rulesets.checked import CheckedRule

__all__ = ["LARGE_COMPONENT", "MANY_UNKNOWN", "Component", "Pattern", "Rules", "Truth", "components", "every", "some"]

Truth = bool | None

LARGE_COMPONENT = 10
"""A component of more rules than this, with more than MANY_UNKNOWN unknown premises, is approximated."""

MANY_UNKNOWN = 6
"""See LARGE_COMPONENT."""


def every(parts: Iterable[Truth]) -> Truth:
    """Kleene's conjunction: False if a part is, else None if a part is, else True."""
    known = list(parts)
    if any(part is False for part in known):
        return False
    return None if any(part is None for part in known) else True


def some(parts: Iterable[Truth]) -> Truth:
    """Kleene's disjunction: True if a part is, else None if a part is, else False."""
    known = list(parts)
    if any(part is True for part in known):
        return True
    return None if any(part is None for part in known) else False


def negation(part: Truth) -> Truth:
    """Kleene's negation."""
    return None if part is None else not part


class Rules:
    """The rules of a ruleset, and who stands against whom."""

    def __init__(self, rules: Mapping[str, CheckedRule]) -> None:
        self.rules = rules

    def stoppers(self, name: str) -> tuple[str, ...]:
        """The rules that keep `name` from holding when they hold: those that defeat it or are an exception to it."""
        return tuple(other.id for other in self.rules.values() if name in other.defeats or name in other.exception_to)

    def neighbours(self, name: str) -> set[str]:
        """The rules that `name` touches, in either direction."""
        rule = self.rules[name]
        towards = {*rule.given, *rule.exception_to, *rule.defeats}
        back = {
            other.id
            for other in self.rules.values()
            if name in other.given or name in other.exception_to or name in other.defeats
        }
        return towards | back


def components(rules: Rules) -> tuple[tuple[str, ...], ...]:
    """The rules in groups that do not touch each other, everything in the document's order."""
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for name in rules.rules:
        if name in seen:
            continue
        group = {name}
        waiting = [name]
        while waiting:
            fresh = rules.neighbours(waiting.pop()) - group
            group |= fresh
            waiting.extend(fresh)
        seen |= group
        found.append(tuple(other for other in rules.rules if other in group))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What follows from one way to settle the premises of a component.

    `applies` and `holds` say of every rule of the component whether it applies and holds.
    """

    premises: Mapping[str, Truth]
    applies: Mapping[str, Truth]
    holds: Mapping[str, Truth]

    @property
    def held(self) -> frozenset[str]:
        """The rules that hold."""
        return frozenset(name for name, truth in self.holds.items() if truth is True)


def settle(rules: Rules, premises: Mapping[str, Truth]) -> Pattern:
    """The rules of a component that apply and hold when its premises are `premises`, by the recursive definition."""
    applied: dict[str, Truth] = {}
    held: dict[str, Truth] = {}

    def applies(name: str) -> Truth:
        if name not in applied:
            rule = rules.rules[name]
            parts = [premises[name], *(holds(given) for given in rule.given)]
            if rule.exception_to:
                parts.append(some([applies(excepted) for excepted in rule.exception_to]))
            applied[name] = every(parts)
        return applied[name]

    def holds(name: str) -> Truth:
        if name not in held:
            held[name] = every([applies(name), *(negation(holds(stopper)) for stopper in rules.stoppers(name))])
        return held[name]

    for name in premises:
        holds(name)
    return Pattern(premises, applied, held)


class Component:
    """A component of the rules in one case.

    Attributes:
        premises: of its rules, True, False or None.
        unknown: the rules whose premise is not known, in the document's order.
        approximated: whether the premises are so many that they are not tried one by one.
        patterns: every way to settle the unknown premises; for an approximated component the one three-valued pattern.
    """

    def __init__(self, rules: Rules, premises: Mapping[str, Truth], outcomes: Sequence[str]) -> None:
        self._rules = rules
        self._outcomes = outcomes
        self.premises = premises
        self.unknown = tuple(name for name, truth in premises.items() if truth is None)
        self.approximated = len(premises) > LARGE_COMPONENT and len(self.unknown) > MANY_UNKNOWN
        self.patterns = {key: settle(rules, settled) for key, settled in self._settled()}

    def _settled(self) -> Iterator[tuple[tuple[bool, ...], Mapping[str, Truth]]]:
        if self.approximated:
            yield (), self.premises
            return
        for key in product((False, True), repeat=len(self.unknown)):
            yield key, {**self.premises, **dict(zip(self.unknown, key, strict=True))}

    def _strength(self, outcome: str | None) -> int:
        """Less is stronger; none is the weakest."""
        return len(self._outcomes) if outcome is None else self._outcomes.index(outcome)

    def _strongest(self, names: Iterable[str]) -> str | None:
        concluded = [outcome for name in names if (outcome := self._rules.rules[name].outcome) is not None]
        return min(concluded, key=self._strength, default=None)

    def out(self, pattern: Pattern) -> str | None:
        """The strongest outcome concluded in a two-valued pattern, or None."""
        return self._strongest(pattern.held)

    @property
    def outs(self) -> frozenset[str | None]:
        """The outcomes that the component may conclude, None among them when it may conclude none."""
        if not self.approximated:
            return frozenset(self.out(pattern) for pattern in self.patterns.values())
        definite = self.out(self.patterns[()])
        stronger = {
            outcome
            for name in self.undetermined
            if (outcome := self._rules.rules[name].outcome) is not None
            and self._strength(outcome) < self._strength(definite)
        }
        return frozenset({definite, *stronger})

    @property
    def held(self) -> frozenset[str]:
        """The rules that hold however the unknown premises turn out."""
        return frozenset.intersection(*(pattern.held for pattern in self.patterns.values()))

    @property
    def undetermined(self) -> frozenset[str]:
        """The rules of which it is not known whether they hold."""
        if self.approximated:
            return frozenset(name for name, truth in self.patterns[()].holds.items() if truth is None)
        return frozenset.union(*(pattern.held for pattern in self.patterns.values())) - self.held

    def neighbouring(self, name: str) -> Iterator[tuple[Pattern, Pattern]]:
        """The pairs of patterns that differ only in the premise of `name`."""
        place = self.unknown.index(name)
        for key, pattern in self.patterns.items():
            if not key[place]:
                yield pattern, self.patterns[(*key[:place], True, *key[place + 1 :])]
