"""Values that are the same for every case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from engine.feel.decimals import CONTEXT
from engine.feel.sql.domain import Domain
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, stored
from engine.feel.sql.operand import NULL, Operand, quoted
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import BOOLEAN, DAY, MOST_BITS, NOTHING, TEXT, Items, Number, Span, Spread
from engine.feel.temporal import DaysDuration, MonthsDuration

__all__ = ["constant", "gathered"]


def constant(plan: Plan, value: Any) -> Operand:
    """A value that is the same for every case.

    Raises:
        NotCovered: for a kind of value that SQL does not have here.
    """
    return replace(_plain(plan, value), domain=Domain((), (value,)))


def _plain(plan: Plan, value: Any) -> Operand:
    if value is None:
        return Operand(NULL, NOTHING, known=True, optional=True)
    if isinstance(value, bool):
        return Operand("true" if value else "false", BOOLEAN, known=True)
    if isinstance(value, str):
        return Operand(quoted(value), TEXT, known=True)
    if isinstance(value, int | Decimal):
        return _number(value)
    if value.__class__ is date:
        return Operand(f"DATE '{value.isoformat()}'", DAY, known=True)
    if isinstance(value, list):
        return gathered(plan, [constant(plan, item) for item in value])
    if isinstance(value, Mapping):
        entries = {name: constant(plan, item) for name, item in value.items()}
        return Operand(NULL, Spread(entries), known=True)
    if isinstance(value, DaysDuration | MonthsDuration):
        return _duration(value)
    raise NotCovered(f"a {_KINDS.get(value.__class__.__name__, 'value of this kind')}")


_KINDS: Final = {
    "DateTime": "date and time",
    "Time": "time",
    "WideDate": "date outside the years 1 to 9999",
}


def _duration(value: DaysDuration | MonthsDuration) -> Operand:
    in_days = isinstance(value, DaysDuration)
    amount = value.nanoseconds if isinstance(value, DaysDuration) else value.months
    shape = Span("days" if in_days else "months", max(1, abs(amount).bit_length()))
    return Operand(f"({amount}::HUGEINT)", shape, known=True)


def _number(value: int | Decimal) -> Operand:
    exact = CONTEXT.normalize(value)
    scale = max(0, -int(exact.as_tuple().exponent))
    if scale > 30 or exact.adjusted() > 30:
        raise NotCovered("a number with very many digits")
    whole = int(CONTEXT.scaleb(exact, scale))
    shape = Number(scale, max(1, abs(whole).bit_length()))
    if shape.bits > MOST_BITS:
        raise NotCovered("a number with very many digits")
    return Operand(f"{whole}::{shape.sql_type}" if whole >= 0 else f"({whole}::{shape.sql_type})", shape, known=True)


def gathered(plan: Plan, operands: list[Operand]) -> Operand:
    """A list of the operands."""
    shape = common(operand.shape for operand in operands)
    known = all(operand.known for operand in operands)
    optional = any(operand.optional for operand in operands)
    items = Items(shape, optional, known)
    sql = f"[{', '.join(stored(plan, operand, items) for operand in operands)}]"
    return Operand(plan.column(sql), items, known=True)
