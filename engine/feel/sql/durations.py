"""Arithmetic with durations, and with dates. A duration is a whole number: of nanoseconds, or of months."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engine.feel.sql.compiler import Compiler
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.moved_days import MOST_DAYS, MOST_MONTHS, days_later, months_later
from engine.feel.sql.operand import Operand
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import DAY, MOST_BITS, Number, Span
from engine.feel.sql.wholes import as_number, capped, let
from engine.feel.temporal import DAY as NANOSECONDS
from engine.feel.temporal import SECOND

__all__ = ["months_between", "negated_span", "reckoned", "span_part"]

_LONGEST: Final[Mapping[str, int]] = MappingProxyType({"days": 10**27, "months": 10**11})
"""The longest durations: a longer one is no result."""

_PARTS: Final[Mapping[tuple[str, str], tuple[int, int]]] = MappingProxyType(
    {
        ("days", "days"): (NANOSECONDS, 0),
        ("days", "hours"): (3600 * SECOND, 24),
        ("days", "minutes"): (60 * SECOND, 60),
        ("months", "years"): (12, 0),
        ("months", "months"): (1, 12),
    }
)
"""For the parts of durations how large one is, and how many make the next larger one."""

_DAYS_BETWEEN_BITS: Final = 22
_FACTOR_BITS: Final = 20


def reckoned(compiler: Compiler, op: str, left: Operand, right: Operand) -> Operand | None:
    """`left op right`, where one of them is a date or a duration; None where none is.

    Raises:
        NotCovered: when SQL cannot say it.
    """
    one, other = left.shape, right.shape
    if not any(shape == DAY or isinstance(shape, Span) for shape in (one, other)):
        return None
    match op, one, other:
        case "-", _, _ if one == DAY and other == DAY:
            return _apart(compiler, left, right)
        case "+" | "-", _, Span() if one == DAY:
            return _moved(compiler, left, negated_span(compiler, right) if op == "-" else right)
        case "+", Span(), _ if other == DAY:
            return _moved(compiler, right, left)
        case "+" | "-", Span(), Span() if one.kind == other.kind:
            sql = f"({left.sql} {op} {right.sql})"
            return _bounded(compiler, sql, Span(one.kind, max(one.bits, other.bits) + 1), left, right)
        case "*", Span(), _:
            return _scaled(compiler, left, right)
        case "*", _, Span():
            return _scaled(compiler, right, left)
        case _:
            raise NotCovered("such arithmetic with dates and durations")


def negated_span(compiler: Compiler, span: Operand) -> Operand:
    """The duration the other way."""
    return compiler.make(f"(-{span.sql})", span.shape, known=span.known)


def _apart(compiler: Compiler, left: Operand, right: Operand) -> Operand:
    sql = f"(({left.sql} - {right.sql})::HUGEINT * {NANOSECONDS}::HUGEINT)"
    shape = Span("days", _DAYS_BETWEEN_BITS + NANOSECONDS.bit_length())
    return compiler.make(sql, shape, known=left.known and right.known)


def _moved(compiler: Compiler, day: Operand, span: Operand) -> Operand:
    """A part of a day counts as the day before: 2024-03-01 and minus one hour is 2024-02-29."""
    assert isinstance(span.shape, Span)
    plan = compiler.plan
    if span.shape.kind == "months":
        return compiler.make(months_later(plan, day.sql, _cut(plan, span.sql, MOST_MONTHS)), DAY)
    floor = "({0} // {1} - CASE WHEN {0} % {1} < 0 THEN 1 ELSE 0 END)"
    days = let(plan, span.sql, lambda held: floor.format(held, f"{NANOSECONDS}::HUGEINT"))
    return compiler.make(days_later(plan, day.sql, _cut(plan, days, MOST_DAYS)), DAY)


def _cut(plan: Plan, sql: str, most: int) -> str:
    """A whole number, no farther from zero than `most`."""
    cut = "(CASE WHEN {0} > {1} THEN {1} WHEN {0} < -{1} THEN -{1} ELSE {0} END)::BIGINT"
    return plan.column(let(plan, sql, lambda held: cut.format(held, most)))


def _bounded(compiler: Compiler, sql: str, shape: Span, left: Operand, right: Operand) -> Operand:
    """A duration; unknown when it is longer than any may be."""
    longest = _LONGEST[shape.kind]
    if shape.bits < longest.bit_length():
        return compiler.make(sql, shape, known=left.known and right.known)
    bounded = let(compiler.plan, sql, lambda held: f"CASE WHEN abs({held}) <= {longest}::HUGEINT THEN {held} END")
    return compiler.make(bounded, Span(shape.kind, longest.bit_length()))


def _scaled(compiler: Compiler, span: Operand, factor: Operand) -> Operand:
    """A duration so many times, without what is less than a nanosecond or a month."""
    assert isinstance(span.shape, Span)
    if span.shape.bits > MOST_BITS - _FACTOR_BITS:
        raise NotCovered("a number with very many digits")
    factor = capped(compiler.plan, as_number(factor), MOST_BITS - span.shape.bits)
    bits = span.shape.bits + factor.number.bits
    sql = f"({span.sql} * {factor.sql}::HUGEINT // {10**factor.number.scale}::HUGEINT)"
    return _bounded(compiler, sql, Span(span.shape.kind, bits), span, factor)


def span_part(compiler: Compiler, span: Operand, name: str) -> Operand:
    """A part of a duration, zero or negative for a negative one.

    Raises:
        NotCovered: for one that SQL does not have.
    """
    assert isinstance(span.shape, Span)
    found = _PARTS.get((span.shape.kind, name))
    if found is None:
        raise NotCovered(f"the part `{name}` of a duration")
    size, wrap = found
    sql = f"({span.sql} // {size}::HUGEINT)"
    shape = Number(0, wrap.bit_length() if wrap else max(1, span.shape.bits - size.bit_length() + 1))
    whole = f"({sql} % {wrap}::HUGEINT)" if wrap else sql
    return compiler.make(f"{whole}::{shape.sql_type}", shape, known=span.known)


def months_between(compiler: Compiler, start: Operand, end: Operand) -> Operand:
    """Whole months from one date to another; negative when it is earlier. Days do not wrap at the end of a month."""
    one, other = start.sql, end.sql
    months = f"((year({other}) - year({one})) * 12 + month({other}) - month({one}))"

    def whole(held: str) -> str:
        later = f"WHEN {held} > 0 AND day({other}) < day({one}) THEN {held} - 1"
        earlier = f"WHEN {held} < 0 AND day({other}) > day({one}) THEN {held} + 1"
        return f"(CASE {later} {earlier} ELSE {held} END)::HUGEINT"

    sql = let(compiler.plan, months, whole)
    return compiler.make(sql, Span("months", MOST_MONTHS.bit_length()), known=start.known and end.known)
