"""Built-in functions on dates: the standard's, and Rollbook's own that read no calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from engine.feel.builtins.dates import WEEKDAYS
from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.constants import constant
from engine.feel.sql.durations import months_between
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, fitted, item_of
from engine.feel.sql.moved_days import FIRST_YEAR, LAST_YEAR, MOST_DAYS, MOST_MONTHS, days_later, months_later
from engine.feel.sql.operand import FALSE, Operand, quoted
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import DAY, TEXT, Items, Nothing, Number, Shape
from engine.feel.sql.wholes import let, whole
from engine.feel.sql.within import settled
from engine.feel.syntax import Call

__all__ = ["EMITTERS", "day_of"]

_MOST_YEAR: Final = 20_000
_WEEK: Final = f"[{', '.join(map(quoted, WEEKDAYS))}]"


def day_of(operand: Operand) -> Operand:
    """The operand, which is a date.

    Raises:
        NotCovered: for another value.
    """
    if operand.shape != DAY and not isinstance(operand.shape, Nothing):
        raise NotCovered("the date of a date and time")
    return operand


def _of_day(sql: str, shape: Shape) -> Emit:
    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        day = day_of(arguments[0])
        return compiler.make(sql.format(day.sql), shape, known=day.known)

    return emit


def _today(compiler: Compiler, _: Call, __: Sequence[Operand]) -> Operand:
    return constant(compiler.plan, compiler.plan.as_of)


def _adding(move: Callable[[Plan, str, str], str], most: int, times: int = 1) -> Emit:
    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        day, count = day_of(arguments[0]), whole(compiler.plan, arguments[1], most // times)
        return compiler.make(move(compiler.plan, day.sql, count if times == 1 else f"{count} * {times}"), DAY)

    return emit


def _age_on(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """Years completed; unknown for a day before birth."""
    born, on = (day_of(argument).sql for argument in arguments)
    early = f"(month({on}) < month({born}) OR (month({on}) = month({born}) AND day({on}) < day({born})))"
    years = f"year({on}) - year({born}) - CASE WHEN {early} THEN 1 ELSE 0 END"
    return compiler.make(f"CASE WHEN {on} >= {born} THEN {years} END", Number(0, 14))


def _nth_weekday(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """Unknown when the month has no such day."""
    plan = compiler.plan
    year, month, nth = (whole(plan, argument, _MOST_YEAR) for argument in arguments[:3])
    name = arguments[3].sql
    beyond = f"coalesce({year} NOT BETWEEN {FIRST_YEAR} AND {LAST_YEAR}, false)"
    if not plan.in_loop(beyond):
        plan.leave_out(beyond)
    there = f"{year} BETWEEN {FIRST_YEAR} AND {LAST_YEAR} AND {month} BETWEEN 1 AND 12 AND {nth} BETWEEN -5 AND 5"
    place = f"list_position({_WEEK}, {name})"

    def found(first: str) -> str:
        """The first such day is so many days after the first of the month; the last one the most weeks after it."""
        earliest = f"({first} + (({place} - isodow({first}) + 7) % 7)::INTEGER)"
        return let(plan, earliest, lambda day: _nth(plan, day, nth))

    first = f"CASE WHEN {there} AND {place} > 0 THEN make_date({year}, {month}, 1) END"
    return compiler.make(let(plan, first, found), DAY)


def _nth(plan: Plan, earliest: str, nth: str) -> str:
    weeks = f"((day(last_day({earliest})) - day({earliest})) // 7)"
    after = f"CASE WHEN {nth} > 0 THEN {nth} - 1 WHEN {nth} < 0 THEN {weeks} + 1 + {nth} END"
    return let(
        plan, after, lambda week: f"CASE WHEN {week} BETWEEN 0 AND {weeks} THEN {earliest} + ({week} * 7)::INTEGER END"
    )


def _school_year(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """Unknown outside the years 1 to 9998."""
    day = day_of(arguments[0]).sql
    starts = whole(compiler.plan, arguments[1], 100) if len(arguments) > 1 else "7"
    year = f"year({day}) - CASE WHEN month({day}) >= {starts} THEN 0 ELSE 1 END"

    def written(year: str) -> str:
        years = f"lpad({year}::VARCHAR, 4, '0') || '-' || lpad((({year} + 1) % 100)::VARCHAR, 2, '0')"
        return f"CASE WHEN {year} BETWEEN 1 AND {LAST_YEAR - 1} AND {starts} BETWEEN 1 AND 12 THEN {years} END"

    return compiler.make(let(compiler.plan, year, written), TEXT)


def _outermost(*, last: bool) -> Emit:
    """None are passed over; none of nothing."""

    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        plan = compiler.plan
        if len(arguments) == 1 and isinstance(arguments[0].shape, Items):
            found, optional = _outermost_of_list(plan, arguments[0], last=last), True
        else:
            shape = common(argument.shape for argument in arguments)
            days = ", ".join(f"{fitted(plan, day_of(argument), shape)}::DATE" for argument in arguments)
            found = f"{'greatest' if last else 'least'}({days})"
            optional = all(argument.optional for argument in arguments)
        sql, open_ = settled(plan, found, arguments)
        return compiler.make(sql, DAY, known=open_ == FALSE, optional=optional, flag=open_)

    return emit


def _outermost_of_list(plan: Plan, days: Operand, *, last: bool) -> str:
    element = days.items.element
    if isinstance(element, Nothing):
        return "NULL::DATE"
    if element != DAY:
        raise NotCovered("the date of a date and time")
    item = plan.item()
    plain = days.sql
    if days.items.paired:
        plain = f"list_transform({plain}, lambda {item}: {item_of(days.items, item).sql})"
    return f"{'list_max' if last else 'list_min'}({plain})"  # which pass over NULL


def _months_between(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    start, end = (day_of(argument) for argument in arguments)
    return months_between(compiler, start, end)


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType(
    {
        "add days": _adding(days_later, MOST_DAYS),
        "add months": _adding(months_later, MOST_MONTHS),
        "add years": _adding(months_later, MOST_MONTHS, 12),
        "age on": _age_on,
        "day of week": _of_day("dayname({})", TEXT),
        "day of year": _of_day("dayofyear({})", Number(0, 9)),
        "earliest": _outermost(last=False),
        "latest": _outermost(last=True),
        "month of year": _of_day("monthname({})", TEXT),
        "nth weekday": _nth_weekday,
        "school year": _school_year,
        "today": _today,
        "week of year": _of_day("week({})", Number(0, 6)),
        "years and months duration": _months_between,
    }
)
