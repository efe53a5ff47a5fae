"""The facts of a case, read by what the ruleset declares: a tree of values with Unknown for what was left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.errors import FactsError, Violation
from engine.feel.unknown import Cause, Unknown, join
from engine.reference.scalars import expected, read_scalar
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["MAX_LIST", "Facts", "Places", "read_facts"]

MAX_LIST = 10_000
"""Items that a list of facts may have."""


class Places:
    """Where the list items that are records stand among the facts, in the caller's order."""

    def __init__(self) -> None:
        self._records: dict[
            int, tuple[object, str]
        ] = {}  # by identity; the record itself keeps its id from being reused

    def keep(self, items: Sequence[Any], path: str) -> None:
        """Remembers the items of the list at `path`."""
        for index, item in enumerate(items):
            if isinstance(item, dict):
                self._records[id(item)] = item, f"{path}[{index}]"

    def path(self, item: Any) -> str | None:
        """The path of a record, `warning_notices[2]`; None when it is none of the case's list items."""
        found = self._records.get(id(item))
        return found[1] if found and found[0] is item else None


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a case: dicts, lists, values, None for none, Unknown for what is missing."""

    tree: dict[str, Any]
    places: Places


def read_facts(
    root: FactGroup, facts: Mapping[str, Any], *, as_of: date, time_zone: str | None, absent_is_none: bool = False
) -> Facts:
    """The facts as expressions see them.

    Numbers are int, Decimal or float (a float is taken by its shortest text); dates are ISO strings or `date`. Paths of
    list items have the index that the caller gave them, from 0, also where the list is seen sorted.

    Raises:
        FactsError: with one violation for every wrong place; none of them has a value of the case in it.
    """
    reader = _Reader(as_of, time_zone, absent_is_none)
    tree = reader.group(root, facts, "")
    if reader.violations:
        raise FactsError(tuple(sorted(reader.violations)))
    return Facts(tree, reader.places)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _missing(path: str) -> Unknown:
    return Unknown(frozenset({Cause("fact", path)}))


@dataclass
class _Reader:
    as_of: date
    time_zone: str | None
    absent_is_none: bool
    violations: list[Violation] = field(default_factory=list)
    places: Places = field(default_factory=Places)

    def wrong(self, path: str, wanted: str) -> Unknown:
        self.violations.append(Violation(path, wanted, f"expected {wanted}"))
        return _missing(path)

    def node(self, node: FactNode, given: Any, path: str) -> Any:
        """What stands at `path`; `given` is None when nothing, or null, was said there."""
        match node:
            case FactGroup():
                return self.group(node, given, path)
            case FactList():
                return self.items(node, given, path)
            case Fact():
                return self.fact(node, given, path)

    def group(self, group: FactGroup, given: Any, path: str) -> dict[str, Any]:
        if given is None:
            given = {}
        if not isinstance(given, Mapping):
            self.wrong(path, "an object")
            given = {}
        for name in given:
            if name not in group.entries:
                self.wrong(_below(path, str(name)), "no such fact")
        return {name: self._entry(entry, given, name, path) for name, entry in group.entries.items()}

    def _entry(self, entry: FactNode, given: Mapping[str, Any], name: str, path: str) -> Any:
        here = _below(path, name)
        if isinstance(entry, Fact) and name not in given:
            return self.absent(entry, here)
        return self.node(entry, given.get(name), here)

    def absent(self, fact: Fact, path: str) -> Any:
        """A fact that was left out."""
        return None if self.absent_is_none and fact.may_be_none else _missing(path)

    def fact(self, fact: Fact, given: Any, path: str) -> Any:
        if given is None:
            return None if fact.none is not None else self.absent(fact, path)
        value = read_scalar(fact, given, self.time_zone)
        if value is None:
            return self.wrong(path, expected(fact))
        return None if fact.kind == "event" and value > self.as_of else value

    def items(self, facts: FactList, given: Any, path: str) -> Any:
        if given is None:
            return _missing(path)
        if not isinstance(given, list | tuple):
            return self.wrong(path, "a list")
        if len(given) > MAX_LIST:
            return self.wrong(path, f"a list of at most {MAX_LIST} items")
        items = [self.node(facts.element, item, f"{path}[{index}]") for index, item in enumerate(given)]
        self.places.keep(items, path)
        self._demand_unique(facts, items, path)
        return self._sorted(facts, items) if facts.sorted_by is not None else items

    def _demand_unique(self, facts: FactList, items: Sequence[Any], path: str) -> None:
        if not facts.unique_by:
            return
        seen: list[list[Any]] = []
        for index, item in enumerate(items):
            key = [item[name] for name in facts.unique_by]
            if any(part.__class__ is Unknown for part in key):
                continue
            if key in seen:
                self.wrong(f"{path}[{index}]", f"an item that differs from the others in {', '.join(facts.unique_by)}")
            seen.append(key)

    @staticmethod
    def _sorted(facts: FactList, items: list[Any]) -> Any:
        assert facts.sorted_by is not None
        keys = [item[facts.sorted_by] for item in items]
        if any(key.__class__ is Unknown for key in keys):
            return join(*keys)
        order = _order(facts)
        return sorted(items, key=lambda item: order(item[facts.sorted_by]))


def _order(facts: FactList) -> Callable[[Any], Any]:
    """What the values of the sorting entry are compared by: ordered choices by their place, none before all."""
    entry = facts.element.entries[facts.sorted_by or ""] if isinstance(facts.element, FactGroup) else facts.element
    if isinstance(entry, Fact) and entry.ordered:
        places = {choice: place for place, choice in enumerate(entry.choices)}
        return lambda value: (False, 0) if value is None else (True, places[value])
    if isinstance(entry, Fact) and entry.kind == "date-time":
        return lambda value: (False, 0) if value is None else (True, value.order_key())
    return lambda value: (False, 0) if value is None else (True, value)
