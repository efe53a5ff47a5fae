"""Facts in SQL: the columns of a case batch as operands, and the cases whose facts SQL cannot take as they are.

What the case engine does when it settles the facts of one case is said here in SQL: null means left out, an event after
`as_of` has not happened, numbers lie within their bounds, choices are choices, lists are sorted. A case that breaks one
of these is left to the case engine, which says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from engine.cases.records import LARGEST_INTEGER
from engine.feel.sql import NotCovered, Operand, Plan
from engine.feel.sql.domain import Domain, Part
from engine.feel.sql.operand import FALSE, NULL, is_literal, quoted, quoted_name
from engine.feel.sql.shapes import BOOLEAN, DAY, LONGEST_LIST, TEXT, Entry, Items, Number, Record, Scalar, Shape, Spread
from engine.rosters.columns import NONE_SUFFIX
from engine.rosters.profile import Profile
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["Columns"]

_LARGEST_SCALED_DIGITS: Final = 18
_FIRST_DAY, _LAST_DAY = "DATE '0001-01-01'", "DATE '9999-12-31'"
_LEAST: Final[Mapping[Shape, str]] = {BOOLEAN: FALSE, TEXT: "''", DAY: _FIRST_DAY}
"""What stands in the place of none where lists are sorted; 0 for numbers and for ordered choices."""
_SHAPES: Final[Mapping[str, Scalar]] = {"boolean": BOOLEAN, "string": TEXT, "date": DAY, "event": DAY}


class Columns:
    """The operands of the facts of one ruleset over a batch of cases."""

    def __init__(self, plan: Plan, profile: Profile, *, absent_is_none: bool) -> None:
        """Begins.

        Args:
            plan: where columns go, and which cases are left out.
            profile: what occurs in the batch: nothing else is asked of a case.
            absent_is_none: whether facts left out read as none where they declare what none means.
        """
        self._plan = plan
        self._profile = profile
        self._absent = absent_is_none

    def _open(self, path: str) -> bool:
        return path in self._profile.left_out

    def root(self, facts: FactGroup) -> Mapping[str, Operand]:
        """The operands of the names that `facts` declares at the top."""
        return dict(self._entries(facts, None))

    def _entries(self, group: FactGroup, struct: str | None) -> Iterator[tuple[str, Operand]]:
        for name, node in group.entries.items():
            sql = quoted_name(name) if struct is None else f"struct_extract({struct}, {quoted(name)})"
            none = quoted_name(name + NONE_SUFFIX)
            said = none if struct is None else f"struct_extract({struct}, {quoted(name + NONE_SUFFIX)})"
            found = self._operand(node, sql, said)
            if found is not None:
                yield name, found

    def _operand(self, node: FactNode, sql: str, none: str) -> Operand | None:
        match node:
            case FactGroup():
                return Operand(NULL, Spread(dict(self._entries(node, sql))), known=True)
            case FactList():
                return self._list(node, sql)
            case Fact():
                return self._fact(node, sql, none)

    def _fact(self, fact: Fact, sql: str, none: str) -> Operand | None:
        entry = self._entry(fact, self._plan.query.column(sql), self._plan.query.column(none))
        for condition in self._wrong(fact, self._plan.query.column(sql)):
            self._plan.leave_out(condition)
        if entry is None:
            return None
        value = self._plan.column(entry.value)
        flag = self._plan.column(entry.flag) if entry.flag else ""
        return Operand(value, entry.shape, entry.known, entry.optional, flag, self._domain(fact, entry, value))

    def _domain(self, fact: Fact, entry: Entry, value: str) -> Domain | None:
        """What a fact can be, where it is a choice that is always known; its number is told once for a case."""
        if not entry.known or fact.path in self._profile.wrong:
            return None
        if fact.kind == "boolean":
            choices: tuple[bool | str, ...] = (False, True)
            code = f"({value})::INTEGER"
        elif fact.choices:
            choices = fact.choices
            if not all(map(is_literal, choices)):
                return None  # a type of SQL is not written with expressions
            names = ", ".join(map(quoted, fact.choices))
            code = f"enum_code(TRY_CAST({value} AS ENUM({names})))::INTEGER"
        else:
            return None
        values: tuple[bool | str | None, ...] = (*choices, None) if entry.optional else choices
        if entry.optional:
            code = f"coalesce({code}, {len(choices)})"
        return Domain((Part(self._plan.query.column(code), len(values)),), values)

    def _entry(self, fact: Fact, sql: str, none: str) -> Entry | None:
        """How a fact is read that stands at `sql`; None for one that SQL does not have."""
        shape = self._shape(fact)
        if shape is None:
            return None
        value = self._value(fact, sql)
        left_out = self._open(fact.path)
        said = self._open(fact.path + NONE_SUFFIX)
        optional = (fact.kind == "event" and fact.path in self._profile.later) or (fact.none is not None and said) or (
            fact.may_be_none and self._absent and left_out
        )  # fmt: skip
        known = not left_out or (fact.may_be_none and self._absent)
        if known or not optional:
            return Entry(shape, optional, known, value)
        flag = f"({sql} IS NULL AND NOT coalesce({none}, false))" if said else f"({sql} IS NULL)"
        return Entry(shape, True, False, value, flag)

    def _shape(self, fact: Fact) -> Shape | None:
        if fact.kind == "integer":
            return Number(0, _largest(fact).bit_length())
        if fact.kind == "decimal":
            if fact.places is None:
                return None
            return Number(fact.places, (10 ** (_LARGEST_SCALED_DIGITS + fact.places)).bit_length())
        return _SHAPES.get(fact.kind)

    def _value(self, fact: Fact, sql: str) -> str:
        wrong = fact.path in self._profile.wrong
        if fact.kind == "event" and fact.path in self._profile.later:
            return f"CASE WHEN {sql} <= {self._as_of} THEN {sql} END"
        if fact.kind == "integer" and wrong:
            return f"CASE WHEN {_within(fact, sql)} THEN {sql} END"
        if fact.kind == "decimal":
            return f"CASE WHEN {_small(sql)} THEN {_scaled(sql)} END" if wrong else _scaled(sql)
        return sql

    @property
    def _as_of(self) -> str:
        return f"DATE '{self._plan.as_of.isoformat()}'"

    def _wrong(self, fact: Fact, sql: str) -> Iterator[str]:
        """Conditions, never NULL, on which the fact is not as declared; none when no case is so."""
        if fact.path not in self._profile.wrong:
            return
        match fact.kind:
            case "string" if fact.choices:
                yield f"({sql} IS NOT NULL AND {sql} NOT IN ({', '.join(map(quoted, fact.choices))}))"
            case "integer":
                yield f"({sql} IS NOT NULL AND NOT ({_within(fact, sql)}))"
            case "decimal":
                yield f"({sql} IS NOT NULL AND NOT ({_decimal_within(fact, sql)}))"
            case "date" | "event":
                yield f"({sql} IS NOT NULL AND NOT ({sql} BETWEEN {_FIRST_DAY} AND {_LAST_DAY}))"
            case "date-time" | "days-duration" | "months-duration":
                yield f"({sql} IS NOT NULL)"
            case _:
                pass

    # Lists.

    def _list(self, node: FactList, sql: str) -> Operand | None:
        raw = self._plan.query.column(sql)
        wrong = [self._plan.query.column(condition) for condition in self._wrong_list(node, raw)]
        for condition in wrong:
            self._plan.leave_out(condition)
        try:
            items = self._items(node)
        except NotCovered:
            return None
        known = not self._open(node.path)
        held = self._plan.query.column(f"CASE WHEN NOT ({' OR '.join(wrong)}) THEN {raw} END") if wrong else raw
        if node.sorted_by is None:
            return Operand(held, items, known=known)
        return Operand(self._plan.query.column(self._sorted(node, held)), items, known=False)

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
                return Items(self._items(node.element), known=not self._open(node.element.path))
            case Fact() as fact:
                shape = self._shape(fact)
                if shape is None or fact.may_be_none or fact.kind == "decimal":
                    raise NotCovered("a list of such facts")
                return Items(shape, known=not self._open(fact.path))

    def _record(self, group: FactGroup) -> Record:
        entries: dict[str, Entry] = {}
        for name, node in group.entries.items():
            at, none = f"{{}}.{quoted_name(name)}", f"{{}}.{quoted_name(name + NONE_SUFFIX)}"
            match node:
                case FactGroup():
                    entries[name] = Entry(self._record(node), known=True, value=at)
                case FactList() if node.sorted_by is None:
                    try:
                        entries[name] = Entry(self._items(node), known=not self._open(node.path), value=at)
                    except NotCovered:
                        continue
                case Fact():
                    if (entry := self._entry(node, at, none)) is not None:
                        entries[name] = entry
                case _:
                    continue
        return Record(entries)

    def _wrong_list(self, node: FactList, sql: str) -> Iterator[str]:
        """Conditions on which a list, or one of its items, is not as declared, or is too long for SQL."""
        if node.path in self._profile.wrong:
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
                yield from self._wrong(node, sql)

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
                or (entry := self._entry(fact, at, f"{item}.{quoted_name(name + NONE_SUFFIX)}")) is None
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
        entry = self._entry(fact, at, f"{item}.{quoted_name(name + NONE_SUFFIX)}")
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


def _largest(fact: Fact) -> int:
    least = -LARGEST_INTEGER if fact.at_least is None else int(fact.at_least)
    most = LARGEST_INTEGER if fact.at_most is None else int(fact.at_most)
    return max(abs(least), abs(most), 1)


def _within(fact: Fact, sql: str) -> str:
    least = -LARGEST_INTEGER if fact.at_least is None else int(fact.at_least)
    most = LARGEST_INTEGER if fact.at_most is None else int(fact.at_most)
    return f"{sql} BETWEEN {least} AND {most}"


def _small(sql: str) -> str:
    return f"abs({sql}) < {10**_LARGEST_SCALED_DIGITS}"


def _scaled(sql: str) -> str:
    """A decimal without its point: SQL writes all of its places."""
    return f"replace({sql}::VARCHAR, '.', '')::HUGEINT"


def _decimal_within(fact: Fact, sql: str) -> str:
    bounds = [_small(sql)]
    if fact.at_least is not None:
        bounds.append(f"{sql} >= {fact.at_least}")
    if fact.at_most is not None:
        bounds.append(f"{sql} <= {fact.at_most}")
    return " AND ".join(bounds)
