"""Built-in functions that count school days and business days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from engine.calendars.calendar import Days
from engine.feel.sql import days
from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import item_of
from engine.feel.sql.operand import Operand
from engine.feel.sql.shapes import BOOLEAN, DAY, Items, Nothing, Number
from engine.feel.sql.wholes import as_number
from engine.feel.syntax import Call

__all__ = ["EMITTERS"]

_COUNT: Final = Number(0, 22)
"""A number of days: there are 3,652,059 of them."""

_MOST_DAYS: Final = 10_000_000


def _number(compiler: Compiler, operand: Operand) -> str:
    """The number of a day; NULL when it is not known."""
    if operand.shape != DAY and not isinstance(operand.shape, Nothing):
        raise NotCovered("the date of a date and time")
    return compiler.plan.column(days.number(f"{operand.sql}::DATE"))


def _whole(compiler: Compiler, operand: Operand) -> str:
    """A number of days that is whole, as a BIGINT; NULL when it is not, and when it leads out of every calendar."""
    if isinstance(operand.shape, Nothing):
        return days.UNKNOWN_NUMBER
    operand = as_number(operand)
    unit = 10**operand.number.scale
    most = _MOST_DAYS * unit
    fits = f"{operand.sql} BETWEEN {-most} AND {most}" + (f" AND {operand.sql} % {unit} = 0" if unit > 1 else "")
    return compiler.plan.column(f"CASE WHEN {fits} THEN ({operand.sql} // {unit})::BIGINT END")


def _between(kind: Days) -> Emit:
    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        after, through = (_number(compiler, day) for day in arguments)
        return compiler.make(days.between(compiler.plan, kind, after, through), _COUNT)

    return emit


def _adding(kind: Days) -> Emit:
    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        day, count = _number(compiler, arguments[0]), _whole(compiler, arguments[1])
        return compiler.make(days.to_day(days.add(compiler.plan, kind, day, count)), DAY)

    return emit


def _is_school_day(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    return compiler.make(days.is_one(compiler.plan, Days.SCHOOL, _number(compiler, arguments[0])), BOOLEAN)


def _last_school_day_of_week(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    sql, flag = days.last_of_week(compiler.plan, _number(compiler, arguments[0]))
    return compiler.make(days.to_day(sql), DAY, optional=True, flag=flag)


def _longest_run_without(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """The taken school days by their places among all of them: a run is the distance of two places, less 1."""
    plan, taken = compiler.plan, arguments[0]
    if not isinstance(taken.shape, Items):
        raise NotCovered("a single value where a list is meant")
    first, last = (_number(compiler, day) for day in arguments[1:])
    if plan.calendar is None:
        return compiler.make(days.UNKNOWN_NUMBER, _COUNT)
    name = plan.item()
    item = item_of(taken.shape, name)
    day = days.number(f"{item.sql}::DATE")
    within = f"{day} BETWEEN {first} AND {last} AND {days.is_one(plan, Days.SCHOOL, day)}"
    place = days.counted(plan, Days.SCHOOL, day)
    breaks = f"list_transform({taken.sql}, lambda {name}: CASE WHEN {within} THEN {place} END)"
    low = days.counted(plan, Days.SCHOOL, f"{first} - 1")
    high = f"{days.counted(plan, Days.SCHOOL, last)} + 1"
    places = plan.column(f"list_sort([{low}, {high}] || list_filter({breaks}, lambda {name}: {name} IS NOT NULL))")
    left, at = plan.item(), plan.item()
    # Nothing is before the first place: that is NULL, and not looked at.
    longest = f"list_max(list_transform({places}, lambda {left}, {at}: {left} - {places}[{at} - 1])) - 1"
    unknown = f"list_filter({taken.sql}, lambda {name}: {item.unknown})"
    open_ = f"len({unknown}) > 0" if not item.known else "false"
    sql = (
        f"CASE WHEN {taken.sql} IS NULL OR {open_} THEN NULL WHEN {last} < {first} THEN 0"
        f" WHEN {first} >= {days.numbered(plan.calendar.first)} AND {last} <= {days.numbered(plan.calendar.last)}"
        f" THEN ({longest})::BIGINT END"
    )
    return compiler.make(sql, _COUNT)


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType(
    {
        "school days between": _between(Days.SCHOOL),
        "business days between": _between(Days.BUSINESS),
        "add school days": _adding(Days.SCHOOL),
        "add business days": _adding(Days.BUSINESS),
        "is school day": _is_school_day,
        "last school day of week": _last_school_day_of_week,
        "longest run without": _longest_run_without,
    }
)
