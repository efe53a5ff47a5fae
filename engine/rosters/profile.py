"""What occurs anywhere in a batch of cases, so that the query need not ask it of every case.

A batch in which a fact is never left out needs no thought about the unknown there; one in which every number lies
within its bounds needs no look at the bounds. Whole columns tell that far faster than SQL would case by case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from engine.cases.records import LARGEST_DECIMAL, LARGEST_INTEGER
from engine.feel.sql import NotCovered
from engine.feel.sql.shapes import LONGEST_LIST
from engine.rosters.columns import says_none
from engine.rosters.occurring import NONE_SUFFIX, Profile
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["facts_lent", "profile_of"]

_FIRST_DAY: Final = date.min.toordinal() - date(1970, 1, 1).toordinal()
_LAST_DAY: Final = date.max.toordinal() - date(1970, 1, 1).toordinal()


def profile_of(cases: pa.RecordBatch, facts: FactGroup, as_of: date, lent: Sequence[FactGroup] = ()) -> Profile:
    """The profile of a batch; its sets are frozen, so that it can stand for what queries are alike.

    Args:
        cases: a batch of cases, with every column of `case_schema`.
        facts: what the ruleset declares.
        as_of: the decisions' date.
        lent: what rulesets declare from which it borrows rules: some of its facts, maybe within other bounds.

    Raises:
        NotCovered: when a fact has a value and is said to be none.
    """
    looking = _Looking(as_of)
    columns = dict(zip(cases.schema.names, cases.columns, strict=True))
    for group in (facts, *lent):
        looking.group(group, columns, all_there=True)
    return Profile(frozenset(looking.left_out), frozenset(looking.wrong), frozenset(looking.later))


def facts_lent(ruleset: CheckedRuleset) -> Iterator[FactGroup]:
    """What rulesets declare from which it borrows rules, directly or through others."""
    for part in ruleset.borrowed.values():
        yield part.facts
        yield from facts_lent(part)


class _Looking:
    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        self.left_out: set[str] = set()
        self.wrong: set[str] = set()
        self.later: set[str] = set()

    def group(self, group: FactGroup, columns: dict[str, pa.Array], *, all_there: bool) -> None:
        for name, node in group.entries.items():
            none_said = columns[name + NONE_SUFFIX].true_count if says_none(node) else 0
            if none_said:
                self.left_out.add(node.path + NONE_SUFFIX)
                if pc.any(pc.and_(columns[name].is_valid(), columns[name + NONE_SUFFIX])).as_py():
                    raise NotCovered("a value beside none")  # nor would their count say what is left out
            self._node(node, columns[name], none_said, all_there=all_there)

    def _node(self, node: FactNode, array: pa.Array, none_said: int = 0, *, all_there: bool) -> None:
        missing = not all_there or array.null_count > none_said
        if missing and not isinstance(node, FactGroup):
            self.left_out.add(node.path)
        match node:
            case FactGroup():
                inner = dict(zip((field.name for field in array.type), array.flatten(), strict=True))
                self.group(node, inner, all_there=not missing)
            case FactList():
                longest = pc.max(pc.list_value_length(array)).as_py()
                if longest is not None and longest > LONGEST_LIST:
                    self.wrong.add(node.path)
                self._node(node.element, array.flatten(), all_there=True)
                if any(leaf in self.wrong for leaf in _paths(node.element)):
                    self.wrong.add(node.path)
            case Fact():
                self._fact(node, array)

    def _fact(self, fact: Fact, array: pa.Array) -> None:
        if fact.kind == "string":
            # What is no choice is not within the choices: null is, since it says nothing.
            if fact.choices and pc.all(pc.is_in(array, _choices(fact))).as_py() is False:
                self.wrong.add(fact.path)
            return
        if fact.kind in ("date-time", "days-duration", "months-duration"):
            if array.null_count < len(array):
                self.wrong.add(fact.path)
            return
        if fact.kind == "boolean":
            return
        days = fact.kind in ("date", "event")
        ends = pc.min_max(array.view(pa.int32()) if days else array)
        least, most = ends["min"].as_py(), ends["max"].as_py()
        if least is None:
            return
        low, high = (_FIRST_DAY, _LAST_DAY) if days else _bounds(fact)
        if not low <= least <= most <= high:
            self.wrong.add(fact.path)
        if fact.kind == "event" and most > self._as_of.toordinal() - date(1970, 1, 1).toordinal():
            self.later.add(fact.path)


def _choices(fact: Fact) -> pa.Array:
    return pa.array([*fact.choices, None], pa.string())


def _bounds(fact: Fact) -> tuple[Decimal, Decimal]:
    """The least and the largest number that the fact may be."""
    if fact.kind == "integer":
        farthest = Decimal(LARGEST_INTEGER)
    else:
        farthest = LARGEST_DECIMAL - Decimal(1).scaleb(-(fact.places or 0))
    least = -farthest if fact.at_least is None else max(fact.at_least, -farthest)
    most = farthest if fact.at_most is None else min(fact.at_most, farthest)
    return least, most


def _paths(node: FactNode) -> Iterator[str]:
    """The paths of the facts and lists within a list."""
    match node:
        case FactGroup():
            for entry in node.entries.values():
                yield from _paths(entry)
        case FactList():
            yield node.path
            yield from _paths(node.element)
        case Fact():
            yield node.path
