"""Operands brought into one shape: the branches of an `if`, the items of a list, what is stored in a list or record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil, log2

from engine.feel.sql.errors import NotCovered
from engine.feel.sql.operand import NULL, Operand, quoted_name
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import (
    MOST_BITS,
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

__all__ = ["as_record", "common", "entry_of", "fitted", "item_of", "quotient", "rescaled", "stored", "structure"]


def common(shapes: Iterable[Shape]) -> Shape:
    """The shape that values of all these shapes can be brought into.

    Raises:
        NotCovered: when there is none.
    """
    result: Shape = Nothing()
    for shape in shapes:
        result = _joined(result, shape)
    return _record_shape(result) if isinstance(result, Spread) else result


def _joined(left: Shape, right: Shape) -> Shape:
    match left, right:
        case Nothing(), _:
            return right
        case _, Nothing():
            return left
        case Scalar(), Scalar() if left == right:
            return left
        case Number(), Number():
            scale = max(left.scale, right.scale)
            return Number(scale, max(_bits(left, scale), _bits(right, scale)))
        case Span(), Span() if left.kind == right.kind:
            return Span(left.kind, max(left.bits, right.bits))
        case Number() | Quotient(), Number() | Quotient():
            one, other = _quotient_shape(left), _quotient_shape(right)
            numerator = _joined(one.numerator, other.numerator)
            assert isinstance(numerator, Number)
            return Quotient(numerator, max(one.bits, other.bits))
        case Items(), Items():
            element = _joined(left.element, right.element)
            return Items(element, left.optional or right.optional, left.known and right.known)
        case Record() | Spread(), Record() | Spread():
            return _joined_records(_record_shape(left), _record_shape(right))
        case _:
            raise NotCovered("values of several kinds in one place")


def _quotient_shape(shape: Number | Quotient) -> Quotient:
    return shape if isinstance(shape, Quotient) else Quotient(shape, 1)


def _joined_records(left: Record, right: Record) -> Record:
    if left.entries.keys() != right.entries.keys():
        raise NotCovered("contexts with different entries in one place")
    entries = {}
    for name, one in left.entries.items():
        other = right.entries[name]
        shape = _joined(one.shape, other.shape)
        entries[name] = Entry(shape, one.optional or other.optional, one.known and other.known)
    return Record(entries)


def _bits(number: Number, scale: int) -> int:
    bits = number.bits + ceil((scale - number.scale) * log2(10))
    if bits > MOST_BITS:
        raise NotCovered(
            "numbers with very many digits", remedy="Give the facts in it bounds: `at_least` and `at_most`."
        )
    return bits


def _record_shape(shape: Record | Spread) -> Record:
    if isinstance(shape, Record):
        return shape
    return Record({name: _entry_shape(operand) for name, operand in shape.entries.items()})


def _entry_shape(operand: Operand) -> Entry:
    shape = _record_shape(operand.shape) if isinstance(operand.shape, Spread) else operand.shape
    return Entry(shape, operand.optional, operand.known)


def rescaled(sql: str, number: Number, to: Number) -> str:
    """The number `sql` at the scale of `to`, in its type."""
    sql = sql if number.sql_type == to.sql_type else f"({sql})::{to.sql_type}"
    return sql if number.scale == to.scale else f"({sql} * {10 ** (to.scale - number.scale)}::{to.sql_type})"


def quotient(sql: str, shape: Number | Quotient, to: Number) -> tuple[str, str]:
    """The numerator, at the scale of `to`, and the divisor of a number or quotient, both HUGEINT."""
    wide = Number(to.scale, MOST_BITS)
    if isinstance(shape, Number):
        return rescaled(sql, shape, wide), "1::HUGEINT"
    return rescaled(f"{sql}.n", Number(shape.numerator.scale, MOST_BITS), wide), f"{sql}.d"


def fitted(plan: Plan, operand: Operand, shape: Shape) -> str:
    """The value of `operand` in a shape that `common` found for it and others."""
    if isinstance(operand.shape, Spread):
        assert isinstance(shape, Record)
        made = structure(plan, operand.shape.entries, shape)
        return made if operand.known else f"CASE WHEN NOT {operand.unknown} THEN {made} END"
    return _fitted(plan, operand.sql, operand.shape, shape)


def _fitted(plan: Plan, sql: str, has: Shape, shape: Shape) -> str:
    if has == shape or isinstance(has, Nothing):
        return sql
    match has, shape:
        case Number(), Number():
            return rescaled(sql, has, shape)
        case Items(), Items():
            if isinstance(has.element, Nothing) and not shape.paired:
                return sql
            item = plan.item()
            wanted = stored(plan, item_of(has, item), shape)
            return sql if wanted == item else f"list_transform({sql}, lambda {item}: {wanted})"
        case Number() | Quotient(), Quotient():
            if isinstance(has, Quotient) and has.numerator.scale == shape.numerator.scale:
                return sql
            n, d = quotient(sql, has, shape.numerator)
            return f"CASE WHEN {sql} IS NOT NULL THEN {{'n': {n}, 'd': {d}}} END"
        case Record(), Record():
            entries = {name: entry_of(Operand(sql, has, known=True), name) for name in has.entries}
            return f"CASE WHEN {sql} IS NOT NULL THEN {structure(plan, entries, shape)} END"
        case _:
            return sql


def item_of(items: Items, sql: str) -> Operand:
    """The item that `sql` reads of a list of this shape."""
    if items.paired:
        return Operand(f"{sql}.v", items.element, known=False, optional=True, flag=f"{sql}.u")
    record = isinstance(items.element, Record) and not items.optional
    return Operand(sql, items.element, known=items.known or record, optional=items.optional)


def stored(plan: Plan, operand: Operand, items: Items) -> str:
    """How `operand` is stored as an item of a list of the shape `items`."""
    value = fitted(plan, operand, items.element)
    return f"{{'v': {value}, 'u': {operand.unknown}}}" if items.paired else value


def entry_of(record: Operand, name: str) -> Operand:
    """An entry of a record, unknown when the record is.

    Raises:
        NotCovered: when SQL does not have that entry.
    """
    if not isinstance(record.shape, Spread | Record) or name not in record.shape.entries:
        raise NotCovered(f"the entry `{name}`, which SQL does not have")
    if isinstance(record.shape, Spread):
        return record.shape.entries[name]
    entry = record.shape.entries[name]
    sql = (entry.value or "{}." + quoted_name(name)).replace("{}", record.sql)
    known = entry.known and record.known
    if not entry.optional or known:
        return Operand(sql, entry.shape, known, entry.optional)
    return Operand(sql, entry.shape, known=False, optional=True, flag=_flag(record, entry, name))


def _flag(record: Operand, entry: Entry, name: str) -> str:
    """Whether an entry that may be none is unknown."""
    if entry.flag:
        return entry.flag.replace("{}", record.sql)
    if not entry.paired:
        return f"({record.sql} IS NULL)"
    flag = f"{record.sql}.{quoted_name(name + '?')}"
    # A record that is not there has no flag either: all of it is unknown.
    return flag if record.known else f"coalesce({flag}, true)"


def structure(plan: Plan, entries: Mapping[str, Operand], shape: Record) -> str:
    """A structure with the entries of `shape`."""
    parts = []
    for name, entry in shape.entries.items():
        operand = entries[name]
        parts.append(f"{quoted_name(name)} := {fitted(plan, operand, entry.shape)}")
        if entry.paired:
            parts.append(f"{quoted_name(name + '?')} := {operand.unknown}")
    return f"struct_pack({', '.join(parts)})" if parts else f"CAST({NULL} AS STRUCT(none BOOLEAN))"


def as_record(plan: Plan, operand: Operand) -> Operand:
    """The same value, a context of several operands made into one structure."""
    if not isinstance(operand.shape, Spread):
        return operand
    shape = _record_shape(operand.shape)
    return Operand(plan.column(fitted(plan, operand, shape)), shape, known=operand.known)
