"""Rollbook's own built-ins, which the standard does not have: none, ages, weekdays of a month, school years.

Those that count school or business days stand in `calendar_days.py`.
"""

from __future__ import annotations

from typing import Any, Final

from engine.feel.arithmetic import add
from engine.feel.builtins.aggregates import extreme, items_of
from engine.feel.builtins.conversions import day_of
from engine.feel.builtins.dates import WEEKDAYS
from engine.feel.builtins.fitting import ANYTHING, DAY, DAYS, INTEGER, element, join_all
from engine.feel.builtins.model import Builtin, Overload, Param
from engine.feel.decimals import is_number, is_whole, whole
from engine.feel.temporal import (
    Date,
    DateTime,
    MonthsDuration,
    date_from_ordinal,
    days_in_month,
    is_date,
    make_date,
    ordinal,
)
from engine.feel.temporal_arithmetic import weekday
from engine.feel.types import DATE, NULL, NUMBER, STRING, Type, may_be_none, never_none
from engine.feel.unknown import Cause, Unknown

__all__ = ["BUILTINS"]

_SCHOOL_YEAR_STARTS: Final = 7


def _or_else(*values: Any) -> Any:
    """The first of the values that is not none; unknown when one that is unknown comes before it."""
    return next((value for value in values if value is not None), None)


def _earliest(*values: Any) -> Any:
    """The earliest of the dates given, as a list or one by one; none are passed over; none of nothing."""
    return _outermost(values, last=False)


def _latest(*values: Any) -> Any:
    """The latest of the dates given, as a list or one by one; none are passed over; none of nothing."""
    return _outermost(values, last=True)


def _outermost(values: tuple[Any, ...], *, last: bool) -> Any:
    given = [value for value in items_of(values) or () if value is not None]
    if not all(is_date(value) for value in given) and not all(isinstance(value, DateTime) for value in given):
        return None
    found = extreme(given, last=last)
    # None would say that there is none, but times of which some have a zone and some have not have no order.
    return Unknown(frozenset({Cause("arithmetic", "latest" if last else "earliest")})) if given and not found else found


def _age_on(birth_date: Any, day: Any) -> int | None:
    """Years completed on a date; who is born on 29 February completes them on 1 March of years without that day.

    No result for a date before birth.
    """
    born, on = day_of(birth_date), day_of(day)
    if born is None or on is None or ordinal(on) < ordinal(born):
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _nth_weekday(year: Any, month: Any, place: Any, name: Any) -> Date | None:
    """The first (1) to fifth (5) such weekday of a month, or the last (-1) to fifth last.

    No result when the month has no fifth one, or `name` is no day of the week in English (`Friday`).
    """
    numbers = (_integer(year), _integer(month), _integer(place))
    if None in numbers or name not in WEEKDAYS:
        return None
    in_year, in_month, nth = (number or 0 for number in numbers)
    if not 1 <= abs(nth) <= 5 or not 1 <= in_month <= 12:
        return None
    first = make_date(in_year, in_month, 1)
    if first is None:
        return None
    earliest = 1 + (WEEKDAYS.index(name) + 1 - weekday(first)) % 7
    days = range(earliest, days_in_month(in_year, in_month) + 1, 7)
    if abs(nth) > len(days):
        return None
    return make_date(in_year, in_month, days[nth - 1 if nth > 0 else nth])


def _school_year(day: Any, first_month: Any = _SCHOOL_YEAR_STARTS) -> str | None:
    """The school year that a date is in, as `2018-19`. It starts on the first day of `first_month`, July if not given.

    No result outside the years 1 to 9998, which four digits can say.
    """
    on, starts = day_of(day), _integer(first_month)
    if on is None or starts is None or not 1 <= starts <= 12:
        return None
    year = on.year if on.month >= starts else on.year - 1
    return f"{year:04d}-{(year + 1) % 100:02d}" if 0 < year < 9999 else None


def _add_days(day: Any, days: Any) -> Any:
    """The date (or date and time) so many calendar days later; earlier for a negative number."""
    count = _integer(days)
    if count is None:
        return None
    if is_date(day):
        return date_from_ordinal(ordinal(day) + count)
    if not isinstance(day, DateTime):
        return None
    moved = date_from_ordinal(ordinal(day.date) + count)
    return None if moved is None else DateTime(moved, day.nanoseconds, day.zone)


def _add_months(day: Any, months: Any) -> Any:
    """The same day so many months later, or the last day of a month that is too short for it."""
    count = _integer(months)
    return None if count is None or day_of(day) is None else add(day, MonthsDuration(count))


def _add_years(day: Any, years: Any) -> Any:
    """The same day so many years later; 29 February becomes 28 February in years without it."""
    count = _integer(years)
    return None if count is None or day_of(day) is None else add(day, MonthsDuration(count * 12))


def _integer(value: Any) -> int | None:
    return whole(value) if is_number(value) and is_whole(value) else None


def _first_or_other(arguments: tuple[Type, ...]) -> Type | None:
    """The type that they have in common; the result is none only when every one of them may be."""
    joined = join_all(never_none(type_) for type_ in arguments if type_ != NULL)
    if joined is None:
        return None
    return may_be_none(joined) if all(type_.optional for type_ in arguments) else never_none(joined)


def _same(arguments: tuple[Type, ...]) -> Type:
    return never_none(arguments[0])


def _one_of_list(arguments: tuple[Type, ...]) -> Type | None:
    return may_be_none(element(arguments[0]))


def _one_of(arguments: tuple[Type, ...]) -> Type | None:
    """None only when every one of them may be."""
    joined = join_all(never_none(type_) for type_ in arguments)
    if joined is None or not DAY(joined):
        return None
    return may_be_none(joined) if all(type_.optional for type_ in arguments) else joined


_DATE: Final = Param("date", DAY)


def _outermost_builtin(name: str, call: Any) -> Builtin:
    overloads = (
        Overload((Param("list", DAYS),), _one_of_list, "none"),
        Overload((Param("dates", DAY, variadic=True, accepts_none=True),), _one_of, "none"),
    )
    return Builtin(name, overloads, call, unknown="deep")


def _adding(name: str, unit: str, call: Any) -> Builtin:
    return Builtin(name, (Overload((_DATE, Param(unit, NUMBER)), _same, "unknown"),), call)


BUILTINS: Final = (
    Builtin(
        "or else",
        (
            Overload(
                (
                    Param("value", ANYTHING, accepts_none=True),
                    Param("otherwise", ANYTHING, accepts_none=True, variadic=True),
                ),
                _first_or_other,
            ),
        ),
        _or_else,
        unknown="custom",
    ),
    _outermost_builtin("earliest", _earliest),
    _outermost_builtin("latest", _latest),
    Builtin("age on", (Overload((Param("birth date", DAY), Param("date", DAY)), INTEGER, "unknown"),), _age_on),
    Builtin(
        "nth weekday",
        (
            Overload(
                (Param("year", NUMBER), Param("month", NUMBER), Param("n", NUMBER), Param("weekday", STRING)),
                DATE,
                "unknown",
            ),
        ),
        _nth_weekday,
    ),
    Builtin(
        "school year",
        (Overload((_DATE, Param("first month", NUMBER, optional=True)), STRING, "unknown"),),
        _school_year,
    ),
    _adding("add days", "days", _add_days),
    _adding("add months", "months", _add_months),
    _adding("add years", "years", _add_years),
)
