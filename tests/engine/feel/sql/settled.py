"""Facts as the SQL target reads them, settled from their FEEL values, and values of SQL read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from engine.feel.decimals import CONTEXT
from engine.feel.sql.operand import NULL, Operand, quoted_name
from engine.feel.sql.shapes import (
    BOOLEAN,
    DAY,
    TEXT,
    Entry,
    Items,
    Nothing,
    Number,
    Quotient,
    Record,
    Scalar,
    Shape,
    Span,
    Spread,
)
from engine.feel.types import ContextType, ListType, ScalarType, Type
from engine.feel.unknown import Unknown
from engine.feel.values import DaysDuration, MonthsDuration, entries

__all__ = ["UNKNOWN", "Column", "columns", "read_back", "seen_by_sql", "table"]

UNKNOWN: Final = "(unknown)"
"""Stands for every unknown value, whatever its causes."""

_FACT_BITS: Final = 40
_SCALARS: Final = {"boolean": BOOLEAN, "string": TEXT, "date": DAY}
_ARROW: Final = {BOOLEAN: pa.bool_(), TEXT: pa.utf8(), DAY: pa.date32()}


@dataclass(frozen=True)
class Column:
    """A fact's column, the path that it stands at, and what expressions read of it."""

    name: str
    path: tuple[str, ...]
    shape: Shape
    optional: bool

    @property
    def operand(self) -> Operand:
        flag = quoted_name(f"{self.name}?") if self.optional else ""
        return Operand(quoted_name(self.name), self.shape, known=False, optional=self.optional, flag=flag)


def shape_of(type_: Type) -> Shape:
    """What the values of a fact of that type look like."""
    match type_:
        case ListType():
            return Items(shape_of(type_.element), optional=type_.element.optional, known=False)
        case ContextType():
            return Record({name: Entry(shape_of(inner), inner.optional) for name, inner in type_.entries.items()})
        case ScalarType(name="number"):
            return Number(type_.places or 0, _FACT_BITS)
        case ScalarType():
            return _SCALARS[type_.name]
        case _:
            raise AssertionError(type_)


def columns(scope: Mapping[str, Type]) -> Mapping[str, Operand]:
    """What each name of a scope stands for."""
    return {name: _operand(name, (name,), type_) for name, type_ in scope.items()}


def _operand(name: str, path: tuple[str, ...], type_: Type) -> Operand:
    if isinstance(type_, ContextType):
        inner = {key: _operand(f"{name}.{key}", (*path, key), entry) for key, entry in type_.entries.items()}
        return Operand(NULL, Spread(inner), known=True)
    return Column(name, path, shape_of(type_), type_.optional).operand


def _columns(scope: Mapping[str, Type], path: tuple[str, ...] = ()) -> Iterator[Column]:
    for name, type_ in scope.items():
        here = (*path, name)
        if isinstance(type_, ContextType):
            yield from _columns(type_.entries, here)
        else:
            yield Column(".".join(here), here, shape_of(type_), type_.optional)


def table(scope: Mapping[str, Type], cases: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The cases, values for every name of the scope, as an Arrow table of settled facts."""
    made: dict[str, pa.Array] = {"row": pa.array(range(len(cases)), pa.int64())}
    for column in _columns(scope):
        values = [_at(case, column.path) for case in cases]
        made[column.name] = pa.array([stored(value, column.shape) for value in values], arrow_type(column.shape))
        if column.optional:
            made[f"{column.name}?"] = pa.array([isinstance(value, Unknown) for value in values], pa.bool_())
    return pa.table(made)


def _at(case: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        case = case[name] if isinstance(case, Mapping) else entries(case)[name]
    return case


def arrow_type(shape: Shape) -> pa.DataType:
    """How Arrow stores a shape."""
    match shape:
        case Number():
            return pa.int64()
        case Items():
            inner = arrow_type(shape.element)
            return pa.list_(pa.struct({"v": inner, "u": pa.bool_()}) if shape.paired else inner)
        case Record():
            fields: dict[str, pa.DataType] = {}
            for name, entry in shape.entries.items():
                fields[name] = arrow_type(entry.shape)
                if entry.paired:
                    fields[f"{name}?"] = pa.bool_()
            return pa.struct(fields)
        case Scalar():
            return _ARROW[shape]
        case _:
            raise AssertionError(shape)


def stored(value: Any, shape: Shape) -> Any:
    """A value as it stands in a column."""
    if value is None or isinstance(value, Unknown):
        return None
    match shape:
        case Number():
            return int(Decimal(value).scaleb(shape.scale))
        case Items():
            items = [stored(item, shape.element) for item in value]
            if not shape.paired:
                return items
            return [{"v": item, "u": isinstance(given, Unknown)} for item, given in zip(items, value, strict=True)]
        case Record():
            made: dict[str, Any] = {}
            for name, entry in shape.entries.items():
                given = entries(value)[name]
                made[name] = stored(given, entry.shape)
                if entry.paired:
                    made[f"{name}?"] = isinstance(given, Unknown)
            return made
        case _:
            return value


def read_back(raw: Any, shape: Shape, *, unknown: bool, optional: bool) -> Any:
    """The value that SQL gave; UNKNOWN where it is."""
    if unknown:
        return UNKNOWN
    if raw is None:
        assert optional or isinstance(shape, Nothing), shape
        return None
    match shape:
        case Number():
            return CONTEXT.scaleb(Decimal(raw), -shape.scale)
        case Quotient():
            return ("quotient", CONTEXT.scaleb(Decimal(raw["n"]), -shape.numerator.scale), raw["d"])
        case Span():
            return DaysDuration(raw) if shape.kind == "days" else MonthsDuration(raw)
        case Items():
            return [_item(item, shape) for item in raw]
        case Record():
            return {name: _entry(raw, name, entry) for name, entry in shape.entries.items()}
        case Scalar(kind="day"):
            assert isinstance(raw, date), raw
            return raw
        case _:
            return raw


def _item(item: Any, shape: Items) -> Any:
    if shape.paired:
        assert item["u"] is not None
        return read_back(item["v"], shape.element, unknown=item["u"], optional=True)
    return read_back(item, shape.element, unknown=item is None and not shape.optional, optional=shape.optional)


def _entry(record: Any, name: str, entry: Entry) -> Any:
    raw = record[name]
    unknown = record[f"{name}?"] if entry.paired else raw is None and not entry.optional
    assert unknown is not None
    return read_back(raw, entry.shape, unknown=unknown, optional=entry.optional)


def seen_by_sql(value: Any) -> Any:
    """A value of the interpreter in the form of `read_back`."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, list):
        return [seen_by_sql(item) for item in value]
    if isinstance(value, dict) or hasattr(value, "__struct_fields__"):
        return {name: seen_by_sql(entry) for name, entry in entries(value).items()}
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
