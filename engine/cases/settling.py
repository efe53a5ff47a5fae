"""The generated function that settles decoded facts: what the declared types alone do not say.

Null where it means nothing counts as left out, an event after `as_of` has not happened, decimals have their places,
lists their order and no duplicates. It is generated once per ruleset, since it looks at every field of every case.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from engine.cases.checking import decimal_fits, expected
from engine.cases.records import Record, left_out, read_decimal, read_text
from engine.errors import FactsError, Violation
from engine.feel.unknown import Unknown, join
from engine.rulesets.facts import Fact, FactGroup, FactList

__all__ = ["Settle", "settling"]

Settle = Callable[[Any, date], bool]
"""Changes the records of one case in place, for a date; gives whether no fact of it is unknown."""


def settling(record: Record, *, absent_is_none: bool, time_zone: str | None) -> Settle:
    """The function for the records of one ruleset.

    Args:
        record: the root.
        absent_is_none: whether facts left out read as none where they declare what none means.
        time_zone: where a date and time without an offset is meant; None for nowhere in particular.
    """
    return _Writer(record, absent_is_none=absent_is_none, time_zone=time_zone).function()


def _invalid(path: str, expects: str, message: str) -> None:
    raise FactsError((Violation(path, expects, message),))


def _check_unique(items: Sequence[Any], names: tuple[str, ...], path: str) -> None:
    """Refuses two items that agree in everything that must tell them apart; what is unknown does not agree."""
    seen: dict[tuple[Any, ...], int] = {}
    for index, item in enumerate(items):
        key = tuple(getattr(item, name) for name in names)
        if any(part.__class__ is Unknown for part in key):
            continue
        if key in seen:
            what = " and ".join(names)
            _invalid(f"{path}[{index}]", f"{what} that no other item has", f"Item {seen[key]} has the same {what}.")
        seen[key] = index


def _sorted(items: list[Any], name: str, rank: Mapping[Any, int] | None) -> list[Any] | Unknown:
    """The items in ascending order of an entry, none first; unknown when one has no known place."""
    keys = [getattr(item, name) for item in items]
    if any(key.__class__ is Unknown for key in keys):
        return join(*keys)
    order = [(0, 0) if key is None else (1, key if rank is None else rank[key]) for key in keys]
    return [items[place] for place in sorted(range(len(items)), key=order.__getitem__)]


def _decimal(fact: Fact, value: Any, path: str) -> Any:
    number = read_decimal(value)
    if number is None or not decimal_fits(fact, number):
        _invalid(path, expected(fact), "The value is not what the ruleset declares.")
    return number


def _text(fact: Fact, text: str, path: str, time_zone: str | None) -> Any:
    value = read_text(fact.kind, text, time_zone)
    if value is None:
        _invalid(path, expected(fact), "The value is not what the ruleset declares.")
    return value


_READ_FROM_TEXT: Final = frozenset({"date-time", "days-duration", "months-duration"})


class _Writer:
    """Writes the function as Python source.

    The entries of a record in a list have paths with that item's index, so there `path` is Python code that makes the
    path when it is wanted; elsewhere paths are known beforehand, and so is what each left-out entry reads as.
    """

    def __init__(self, record: Record, *, absent_is_none: bool, time_zone: str | None) -> None:
        self._record = record
        self._absent = absent_is_none
        self._time_zone = time_zone
        self._lines: list[str] = []
        self._names: dict[str, Any] = {
            "left_out": left_out,
            "check_unique": _check_unique,
            "sort": _sorted,
            "decimal": _decimal,
            "read": _text,
        }

    def function(self) -> Settle:
        """`settle(root, as_of)`."""
        self._line(1, "known = True")
        self._group(self._record, "root", "''", 1, in_list=False)
        self._line(1, "return known")
        source = "def settle(root, as_of):\n" + "\n".join(self._lines)
        exec(compile(source, "<settling of facts>", "exec"), self._names)  # noqa: S102 - written here, of checked names
        settle: Settle = self._names["settle"]
        return settle

    def _name(self, prefix: str, value: Any) -> str:
        name = f"{prefix}{len(self._names)}"
        self._names[name] = value
        return name

    def _line(self, depth: int, text: str) -> None:
        self._lines.append("    " * depth + text)

    def _group(self, record: Record, variable: str, prefix: str, depth: int, *, in_list: bool) -> None:
        for name, node in record.group.entries.items():
            place = _Place(variable, name)
            path = f"{prefix} + {name!r}" if in_list else repr(node.path)
            match node:
                case FactGroup():
                    self._inner_group(record.nested[name], record.absent[name], place, path, depth, in_list=in_list)
                case FactList():
                    self._list(node, record.nested.get(name), place, path, depth, record.unknown[name], in_list=in_list)
                case Fact():
                    self._fact(node, place, path, depth, record.unknown[name], in_list=in_list)

    def _inner_group(
        self, record: Record, missing: Any, place: _Place, path: str, depth: int, *, in_list: bool
    ) -> None:
        inner, absent = f"g{depth}_{len(self._lines)}", self._name("absent", missing)
        self._line(depth, f"{inner} = {place.get}")
        if in_list or self._absent:
            # A record of its own: what its entries read as depends on the item, or on their absence meaning none.
            self._line(depth, f"if {inner} is None or {inner} is {absent}:")
            self._line(depth + 1, place.set(f"{self._name('struct', record.struct)}()"))
            self._line(depth + 1, f"{inner} = {place.get}")
        else:
            self._line(depth, f"if {inner} is None:")
            self._line(depth + 1, place.set(absent))
            self._line(depth + 1, f"{inner} = {absent}")
        self._group(record, inner, f"{path} + '.'", depth, in_list=in_list)

    def _unknown(self, path: str, static: Unknown, *, in_list: bool) -> str:
        return f"left_out({path})" if in_list else self._name("unknown", static)

    def _fact(self, fact: Fact, place: _Place, path: str, depth: int, static: Unknown, *, in_list: bool) -> None:
        absent = self._name("absent", static)
        becomes = "None" if self._absent and fact.may_be_none else self._unknown(path, static, in_list=in_list)
        self._line(depth, f"x = {place.get}")
        self._line(depth, f"if x is {absent}:" if fact.none is not None else f"if x is None or x is {absent}:")
        if fact.none is None or becomes == "None" or in_list:
            self._line(depth + 1, place.set(becomes))
        if becomes != "None":
            self._line(depth + 1, "known = False")
        if fact.kind == "event":
            self._line(depth, "elif x is not None and x > as_of:")
            self._line(depth + 1, place.set("None"))
        elif fact.kind == "decimal":
            self._line(depth, "elif x is not None:")
            self._line(depth + 1, place.set(f"decimal({self._name('fact', fact)}, x, {path})"))
        elif fact.kind in _READ_FROM_TEXT:
            self._line(depth, "elif x is not None:")
            self._line(depth + 1, place.set(f"read({self._name('fact', fact)}, x, {path}, {self._time_zone!r})"))

    def _list(
        self,
        node: FactList,
        record: Record | None,
        place: _Place,
        path: str,
        depth: int,
        static: Unknown,
        *,
        in_list: bool,
    ) -> None:
        items, index = f"items{depth}", f"i{depth}"
        self._line(depth, f"{items} = {place.get}")
        self._line(depth, f"if {items} is None or {items} is {self._name('absent', static)}:")
        self._line(depth + 1, place.set(self._unknown(path, static, in_list=in_list)))
        self._line(depth + 1, "known = False")
        self._line(depth, "else:")
        self._line(depth + 1, f"for {index} in range(len({items})):")
        self._element(
            node.element, record, _Place(items, index, item=True), f"{path} + '[' + str({index}) + ']'", depth + 2
        )
        if node.unique_by:
            self._line(depth + 1, f"check_unique({items}, {node.unique_by!r}, {path})")
        if node.sorted_by is not None:
            self._line(depth + 1, place.set(f"sort({items}, {node.sorted_by!r}, {self._rank(node)})"))

    def _element(
        self, element: Fact | FactGroup | FactList, record: Record | None, place: _Place, path: str, depth: int
    ) -> None:
        match element:
            case FactGroup():
                assert record is not None
                self._line(depth, f"item{depth} = {place.get}")
                self._line(depth, f"if item{depth} is None:")
                self._line(depth + 1, f"item{depth} = {self._name('struct', record.struct)}()")
                self._line(depth + 1, place.set(f"item{depth}"))
                self._group(record, f"item{depth}", f"{path} + '.'", depth, in_list=True)
            case FactList():
                self._list(element, record, place, path, depth, left_out(element.path), in_list=True)
            case Fact():
                self._fact(element, place, path, depth, left_out(element.path), in_list=True)

    def _rank(self, node: FactList) -> str:
        key = node.element.entries.get(node.sorted_by or "") if isinstance(node.element, FactGroup) else None
        if isinstance(key, Fact) and key.ordered:
            return self._name("rank", {choice: place for place, choice in enumerate(key.choices)})
        return "None"


class _Place:
    """Where a value stands: an attribute of a record, or an item of a list."""

    def __init__(self, container: str, name: str, *, item: bool = False) -> None:
        self._keyword = keyword.iskeyword(name) and not item
        self._container, self._name = container, name
        self.get = f"{container}[{name}]" if item else f"{container}.{name}"
        if self._keyword:
            self.get = f"getattr({container}, {name!r})"

    def set(self, value: str) -> str:
        """The statement that puts `value` there."""
        if self._keyword:
            return f"setattr({self._container}, {self._name!r}, {value})"
        return f"{self.get} = {value}"
