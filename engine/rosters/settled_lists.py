"""Lists of facts in SQL: their items as records, those that are not as declared, their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from engine.feel.sql import NotCovered, Operand, Plan
from engine.feel.sql.operand import FALSE, quoted, quoted_name
from engine.feel.sql.shapes import BOOLEAN, DAY, LONGEST_LIST, TEXT, Entry, Items, Record, Scalar, Shape
from engine.rosters.fact_entries import FIRST_DAY, FactEntries
from engine.rosters.occurring import NONE_SUFFIX
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["Lists"]

_LEAST: Final[Mapping[Shape, str]] = {BOOLEAN: FALSE, TEXT: "''", DAY: FIRST_DAY}
"""What stands in the place of none where lists are sorted; 0 for numbers and for ordered choices."""


class Lists:
    """Reads the lists of a batch of cases."""

    def __init__(self, plan: Plan, facts: FactEntries) -> None:
        """Begins; `facts` reads the facts of their items."""
        self._plan = plan
        self._facts = facts

    def operand(self, node: FactList, sql: str) -> Operand | None:
        """The operand of a list that stands in a column; None for one that SQL does not have."""
        raw = self._plan.query.column(sql)
        wrong = [self._plan.query.column(condition) for condition in self._wrong_list(node, raw)]
        for condition in wrong:
            self._plan.leave_out(condition)
        try:
            items = self._items(node)
        except NotCovered:
            return None
        known = not self._facts.open(node.path)
        held = self._plan.query.column(f"CASE WHEN NOT ({' OR '.join(wrong)}) THEN {raw} END") if wrong else raw
        if node.sorted_by is None:
            return Operand(held, items, known=known)
        try:
            return Operand(self._plan.query.column(self._sorted(node, held)), items, known=False)
        except NotCovered:
            return None

    def _items(self, node: FactList) -> Items:
        """The shape of a list as it is read.

        Raises:
            NotCovered: when SQL has no such lists.
        """
        match node.element:
            case FactGroup():
                return Items(self._record(node.element))
            case FactList():
                if node.element.sorted_by is not None:
                    raise NotCovered("a sorted list within a list")
                return Items(self._items(node.element), known=not self._facts.open(node.element.path))
            case Fact() as fact:
                shape = self._facts.shape(fact)
                if shape is None or fact.may_be_none or fact.kind == "decimal":
                    raise NotCovered("a list of such facts")
                return Items(shape, known=not self._facts.open(fact.path))

    def _record(self, group: FactGroup) -> Record:
        entries: dict[str, Entry] = {}
        for name, node in group.entries.items():
            at, none = f"{{}}.{quoted_name(name)}", f"{{}}.{quoted_name(name + NONE_SUFFIX)}"
            match node:
                case FactGroup():
                    entries[name] = Entry(self._record(node), known=True, value=at)
                case FactList() if node.sorted_by is None:
                    try:
                        entries[name] = Entry(self._items(node), known=not self._facts.open(node.path), value=at)
                    except NotCovered:
                        continue
                case Fact():
                    if (entry := self._facts.entry(node, at, none)) is not None:
                        entries[name] = entry
                case _:
                    continue
        return Record(entries)

    def _wrong_list(self, node: FactList, sql: str) -> Iterator[str]:
        """Conditions on which a list, or one of its items, is not as declared, or is too long for SQL."""
        if self._facts.is_wrong(node.path):
            yield f"(coalesce(len({sql}), 0) > {LONGEST_LIST})"
        item = self._plan.item()
        wrong = list(self._wrong_item(node.element, item))
        if wrong:
            yield f"(coalesce(len(list_filter({sql}, lambda {item}: {' OR '.join(wrong)})), 0) > 0)"
        if node.unique_by:
            yield self._repeated(node, sql)

    def _wrong_item(self, node: FactNode, sql: str) -> Iterator[str]:
        match node:
            case FactGroup():
                for name, entry in node.entries.items():
                    yield from self._wrong_item(entry, f"{sql}.{quoted_name(name)}")
            case FactList():
                yield from self._wrong_list(node, sql)
            case Fact():
                yield from self._facts.wrong(node, sql)

    def _repeated(self, node: FactList, sql: str) -> str:
        """Whether two items agree in everything that must tell them apart; what is unknown does not agree."""
        item = self._plan.item()
        assert isinstance(node.element, FactGroup)
        parts, known = [], []
        for name in node.unique_by:
            fact = node.element.entries[name]
            at = f"{item}.{quoted_name(name)}"
            if (
                not isinstance(fact, Fact)
                or (entry := self._facts.entry(fact, at, f"{item}.{quoted_name(name + NONE_SUFFIX)}")) is None
            ):
                return f"(coalesce(len({sql}), 0) > 1)"
            parts.append(f"{quoted_name(name)} := {entry.value}")
            known.append(f"NOT {entry.flag}" if entry.flag else "true" if entry.optional else f"{at} IS NOT NULL")
        keys = f"list_filter({sql}, lambda {item}: {' AND '.join(known)})"
        packed = f"list_transform({keys}, lambda {item}: struct_pack({', '.join(parts)}))"
        return f"coalesce(len(list_distinct({packed})) < len({packed}), false)"

    def _sorted(self, node: FactList, sql: str) -> str:
        """The items in ascending order of an entry, none first; NULL when an entry is unknown."""
        assert isinstance(node.element, FactGroup)
        name = node.sorted_by or ""
        fact = node.element.entries[name]
        if not isinstance(fact, Fact):
            raise NotCovered("a list sorted by such facts")
        item, place, pair = self._plan.item(), self._plan.item(), self._plan.item()
        at = f"{item}.{quoted_name(name)}"
        entry = self._facts.entry(fact, at, f"{item}.{quoted_name(name + NONE_SUFFIX)}")
        if entry is None:
            raise NotCovered("a list sorted by such facts")
        key = entry.value
        if fact.ordered:
            cases = " ".join(f"WHEN {quoted(choice)} THEN {number}" for number, choice in enumerate(fact.choices))
            key = f"CASE {key} {cases} END"
        open_ = entry.flag or (FALSE if entry.known else f"({at} IS NULL)")
        # A pair of whether there is a key, the key, and the place, which keeps the order of equal ones.
        first = _LEAST.get(entry.shape, "0") if isinstance(entry.shape, Scalar) and not fact.ordered else "0"
        packed = f"struct_pack(n := {key} IS NOT NULL, k := coalesce({key}, {first}), i := {place})"
        keys = f"list_sort(list_transform({sql}, lambda {item}, {place}: {packed}))"
        unknown = f"len(list_filter({sql}, lambda {item}: {open_}))"
        return f"CASE WHEN {unknown} = 0 THEN list_transform({keys}, lambda {pair}: {sql}[{pair}.i]) END"
