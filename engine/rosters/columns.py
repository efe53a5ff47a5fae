"""The columns of a batch of cases: which Arrow type each declared fact has, and the facts of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import pyarrow as pa

from engine.rosters.occurring import NONE_SUFFIX
from engine.rulesets.facts import Fact, FactGroup, FactKind, FactList, FactNode

__all__ = ["UNDECLARED_PLACES", "case_schema", "column_type", "facts_of", "fields_of", "says_none"]

UNDECLARED_PLACES: Final = 20
"""Decimals that a decimal fact may have in a roster where it declares no places: what an Arrow decimal can hold beside
the 18 digits before the point that every decimal fact may have."""

_DIGITS: Final = 38
_EPOCH: Final = date(1970, 1, 1).toordinal()
_FARTHEST: Final = date.max.toordinal() - _EPOCH
_SCALARS: Final[Mapping[FactKind, pa.DataType]] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "event": pa.date32(),
    "date-time": pa.string(),
    "days-duration": pa.string(),
    "months-duration": pa.string(),
}


def case_schema(facts: FactGroup) -> pa.Schema:
    """The columns of a batch of cases, one per top-level entry, in the declared order.

    A group is a struct, a list a list. Null is left out (unknown). Beside a fact `x` that declares what none means
    stands a boolean `x__none`: true says none, and x is null then. An item of a list of single facts has no such
    column: null says none where the items declare it, and unknown elsewhere, as in JSON.
    """
    return pa.schema(fields_of(facts))


def fields_of(group: FactGroup) -> list[pa.Field]:
    """The fields of a group, those that say none among them, in the declared order."""
    fields: list[pa.Field] = []
    for name, node in group.entries.items():
        fields.append(pa.field(name, column_type(node)))
        if says_none(node):
            fields.append(pa.field(name + NONE_SUFFIX, pa.bool_()))
    return fields


def says_none(node: FactNode) -> bool:
    """Whether a column of its own says that the entry is none."""
    return isinstance(node, Fact) and node.none is not None


def column_type(node: FactNode) -> pa.DataType:
    """The Arrow type of a fact, list or group."""
    match node:
        case FactGroup():
            return pa.struct(fields_of(node))
        case FactList():
            return pa.list_(column_type(node.element))
        case Fact(kind="decimal"):
            return pa.decimal128(_DIGITS, UNDECLARED_PLACES if node.places is None else node.places)
        case Fact():
            return _SCALARS[node.kind]


def facts_of(rows: pa.RecordBatch, facts: FactGroup) -> Iterator[dict[str, Any]]:
    """The facts of each row, as the mapping that `CaseEngine.decide` takes.

    What is left out is not in the mapping, what is none is there as None.

    Args:
        rows: a batch of cases; columns that it does not have are left out in every row.
        facts: what the ruleset declares.
    """
    columns = {name: rows.column(place) for place, name in enumerate(rows.schema.names)}
    return iter(_groups(facts, columns, rows.num_rows))


def _groups(group: FactGroup, columns: Mapping[str, pa.Array], length: int) -> list[dict[str, Any]]:
    """The mapping of each row of a group."""
    names: list[str] = []
    values: list[list[Any]] = []
    nones: list[tuple[str, list[bool | None]]] = []
    for name, node in group.entries.items():
        if name in columns:
            names.append(name)
            values.append(_values(node, columns[name]))
        if says_none(node) and (said := columns.get(name + NONE_SUFFIX)) is not None and said.true_count:
            nones.append((name, said.to_pylist()))
    if not names:
        found: list[dict[str, Any]] = [{} for _ in range(length)]
    else:
        found = [
            {name: value for name, value in zip(names, row, strict=True) if value is not None}
            for row in zip(*values, strict=True)
        ]
    for name, flags in nones:
        for row_facts, is_none in zip(found, flags, strict=True):
            if is_none:
                row_facts[name] = None
    return found


def _values(node: FactNode, array: pa.Array) -> list[Any]:
    """The value of each row; None where it is left out, or is null as an item of a list."""
    match node:
        case Fact():
            return _scalars(array)
        case FactGroup():
            fields = [field.name for field in array.type]
            groups = _groups(node, dict(zip(fields, array.flatten(), strict=True)), len(array))
            return _where_valid(array, groups)
        case FactList():
            items = _values(node.element, array.flatten())
            lists: list[Any] = []
            start = 0
            for count in array.value_lengths().to_pylist():
                lists.append(None if count is None else items[start : start + count])
                start += count or 0
            return lists


def _scalars(array: pa.Array) -> list[Any]:
    values: list[Any]
    try:
        values = array.to_pylist()
    except (ValueError, OverflowError):
        # A day that is none of the years 1 to 9999 stays a number, which is refused as a fact.
        values = array.cast(pa.int32()).to_pylist()
        return [value if value is None or not -_EPOCH < value <= _FARTHEST else _day(value) for value in values]
    return values


def _day(number: int) -> date:
    return date.fromordinal(number + _EPOCH)


def _where_valid(array: pa.Array, values: list[Any]) -> list[Any]:
    if not array.null_count:
        return values
    return [value if valid else None for value, valid in zip(values, array.is_valid().to_pylist(), strict=True)]
