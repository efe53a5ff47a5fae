"""Numbers as whole numbers of SQL: places, counts, parts of dates; and constants, known while a query is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from engine.feel.decimals import CONTEXT
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.operand import Operand
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import Items, Nothing, Number, Quotient

__all__ = ["as_list", "as_number", "capped", "constant_number", "let", "truncated", "whole"]

_CONSTANT: Final = re.compile(r"\(?(-?[0-9]+)::(?:BIGINT|HUGEINT)\)?")
_SHORT: Final = 40


def as_number(operand: Operand) -> Operand:
    """The operand, which is a number.

    Raises:
        NotCovered: when it is not.
    """
    if isinstance(operand.shape, Quotient):
        raise NotCovered("reckoning on with the result of a division", remedy="Divide last: `a * 100 / b`.")
    if isinstance(operand.shape, Nothing):
        return Operand("NULL::BIGINT", Number(0, 1), operand.known, operand.optional, operand.flag)
    if not isinstance(operand.shape, Number):
        raise NotCovered("arithmetic with other values than numbers")
    return operand


def as_list(operand: Operand) -> Operand:
    """The operand, which is a list.

    Raises:
        NotCovered: when it is not.
    """
    if isinstance(operand.shape, Nothing):
        return Operand(f'{operand.sql}::"NULL"[]', Items(operand.shape), operand.known, operand.optional, operand.flag)
    if not isinstance(operand.shape, Items):
        raise NotCovered("a single value where a list is meant")
    return operand


def capped(plan: Plan, operand: Operand, bits: int) -> Operand:
    """A number of so many binary digits: a case in which it has more is left out; within a loop it is unknown there.

    What facts may be is often far more than what they are; so that they can be multiplied, they are taken to be less.
    """
    number = as_number(operand).number
    if number.bits <= bits:
        return as_number(operand)
    large = f"coalesce(abs({operand.sql}) >= {2**bits}::{number.sql_type}, false)"
    if not plan.in_loop(large):
        plan.leave_out(large)
    shape = Number(number.scale, bits)
    sql = plan.column(f"CASE WHEN NOT {large} THEN {operand.sql} END")
    return Operand(plan.column(f"{sql}::{shape.sql_type}") if shape.sql_type != number.sql_type else sql, shape)


def constant_number(operand: Operand) -> Decimal | None:
    """The value of a number that is the same for every case; None for others."""
    found = _CONSTANT.fullmatch(operand.sql) if isinstance(operand.shape, Number) else None
    return CONTEXT.scaleb(Decimal(found[1]), -operand.number.scale) if found else None


def whole(plan: Plan, operand: Operand, limit: int) -> str:
    """A whole number as a BIGINT; NULL for one with a fraction.

    One that is farther from zero than `limit` is cut to that: it must be out of the range of what it is for.
    """
    number = as_number(operand).number
    unit = 10**number.scale
    sql = f"CASE WHEN {operand.sql} % {unit} = 0 THEN {operand.sql} // {unit} END" if number.scale else operand.sql
    return _within(plan, sql, number, limit)


def truncated(plan: Plan, operand: Operand, limit: int) -> str:
    """A number without its fraction as a BIGINT, cut to `limit` like that of `whole`."""
    number = as_number(operand).number
    return _within(plan, f"({operand.sql} // {10**number.scale})" if number.scale else operand.sql, number, limit)


def _within(plan: Plan, sql: str, number: Number, limit: int) -> str:
    if number.bits < limit.bit_length():
        return plan.column(sql if number.sql_type == "BIGINT" else f"({sql})::BIGINT")
    cut = "(CASE WHEN {0} > {1} THEN {1} WHEN {0} < -{1} THEN -{1} ELSE {0} END)::BIGINT"
    return plan.column(let(plan, sql, lambda held: cut.format(held, limit)))


def let(plan: Plan, sql: str, read: Callable[[str], str]) -> str:
    """What `read` writes of a name for the value of `sql`, which it may read several times.

    Outside of loops the name is a column. Within one nothing is worked out beforehand; there a long expression becomes
    the item of a list of its own.
    """
    if not plan.in_loop(sql):
        return read(plan.column(sql))
    if len(sql) < _SHORT:
        return read(f"({sql})")
    item = plan.item()
    return f"(list_transform([{sql}], lambda {item}: {read(item)}))[1]"
