"""Columns from plain values: what JSON and mappings say, read as the case engine reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any, Final

import pyarrow as pa

from engine.cases.checking import undeclared
from engine.rosters.cells import days_of
from engine.rosters.columns import column_type, fields_of, says_none
from engine.rosters.places import Place, Troubles
from engine.rosters.said import date_said, decimal_said, integer_said
from engine.rulesets.facts import Fact, FactGroup, FactKind, FactList, FactNode

__all__ = ["column_of", "columns_of"]

_ABSENT: Final = object()


def columns_of(group: FactGroup, rows: Sequence[Any], place: Place, troubles: Troubles) -> list[pa.Array]:
    """The columns of a group, as `fields_of` has them, from a mapping (or None) per row."""
    _check_names(group, rows, place, troubles)
    columns: list[pa.Array] = []
    for name, node in group.entries.items():
        here = place.entry(name)
        if not says_none(node):
            values = [None if row is None else row.get(name) for row in rows]
            columns.append(column_of(node, values, here, troubles))
            continue
        said = [_ABSENT if row is None else row.get(name, _ABSENT) for row in rows]
        values = [None if value is _ABSENT else value for value in said]
        columns.append(column_of(node, values, here, troubles))
        columns.append(pa.array([value is None for value in said], pa.bool_()))
    return columns


def column_of(node: FactNode, values: Sequence[Any], place: Place, troubles: Troubles) -> pa.Array:
    """The column of a node from a value (or None, left out) per position.

    What is not as declared, or does not fit the column's type, is null in it and told in `troubles`.
    """
    match node:
        case FactGroup():
            groups = [_of_class(value, Mapping) for value in values]
            _tell(values, groups, place, troubles, ("an object", "Facts of a group are given as an object."))
            missing = pa.array([group is None for group in groups], pa.bool_())
            columns = columns_of(node, groups, place, troubles)
            return pa.StructArray.from_arrays(columns, fields=fields_of(node), mask=missing)
        case FactList():
            lists = [_of_class(value, list | tuple) for value in values]
            _tell(values, lists, place, troubles, ("a list", "The fact is a list."))
            ends = list(accumulate((len(items or ()) for items in lists), initial=0))
            flat = list(chain.from_iterable(items for items in lists if items))
            items = column_of(node.element, flat, place.items(ends[:-1]), troubles)
            missing = pa.array([one is None for one in lists], pa.bool_())
            return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), items, type=column_type(node), mask=missing)
        case Fact():
            return _facts(node, values, place, troubles)


def _check_names(group: FactGroup, rows: Sequence[Any], place: Place, troubles: Troubles) -> None:
    names = group.entries.keys()
    for position, row in enumerate(rows):
        if row is None or row.keys() <= names:
            continue
        at, path = place.at(position)
        for name in row:
            if name not in names:
                troubles.at(at, undeclared(f"{path}.{name}" if path else str(name), str(name), names))


def _of_class(value: Any, class_: Any) -> Any:
    return value if isinstance(value, class_) else None


def _tell(given: Sequence[Any], read: Sequence[Any], place: Place, troubles: Troubles, words: tuple[str, str]) -> None:
    """Tells of what was given and could not be read."""
    for position, (value, found) in enumerate(zip(given, read, strict=True)):
        if value is not None and found is None:
            troubles.add(place, position, *words)


def _facts(fact: Fact, values: Sequence[Any], place: Place, troubles: Troubles) -> pa.Array:
    """The column of a fact, null for what cannot be read."""
    if (column := _at_once(fact, values)) is not None:
        return column
    read = _READERS[fact.kind]
    found = [None if value is None else read(fact, value) for value in values]
    for position, (value, one) in enumerate(zip(values, found, strict=True)):
        if value is not None and one is None:
            troubles.refuse(fact, place, position)
    return pa.array(found, column_type(fact))


def _at_once(fact: Fact, values: Sequence[Any]) -> pa.Array | None:
    """The column of values that are all of the class that JSON writes the fact with; None where that cannot be said."""
    wanted = _CLASSES.get(fact.kind)
    if wanted is None or not wanted.issuperset(map(type, values)):
        return None
    try:
        if fact.kind not in _DAYS:
            return pa.array(values, column_type(fact))
        found = days_of(fact, pa.array(values, pa.string()))
    except (OverflowError, UnicodeEncodeError, pa.ArrowInvalid):
        return None
    return None if found is None or found[1] else found[0]


_DAYS: Final = frozenset({"date", "event"})
_NONE: Final = type(None)
_CLASSES: Final[Mapping[FactKind, frozenset[type]]] = {
    "string": frozenset((str, _NONE)),
    "integer": frozenset((int, _NONE)),
    "boolean": frozenset((bool, _NONE)),
    "date": frozenset((str, _NONE)),
    "event": frozenset((str, _NONE)),
    "date-time": frozenset((str, _NONE)),
    "days-duration": frozenset((str, _NONE)),
    "months-duration": frozenset((str, _NONE)),
}


def _text(_fact: Fact, value: Any) -> str | None:
    return value if isinstance(value, str) and _is_unicode(value) else None


def _is_unicode(value: str) -> bool:
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False


def _boolean(_fact: Fact, value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


_READERS: Final[Mapping[FactKind, Callable[[Fact, Any], Any]]] = {
    "string": _text,
    "integer": integer_said,
    "decimal": decimal_said,
    "boolean": _boolean,
    "date": date_said,
    "event": date_said,
    "date-time": _text,
    "days-duration": _text,
    "months-duration": _text,
}
