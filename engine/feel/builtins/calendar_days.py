"""Rollbook's built-ins that count school days and business days, in the calendar of the case.

Whether an end is included is said by the names of the parameters: `after` is not, `from` and `through` are. A day that
the calendar does not cover makes the result unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from engine.calendars import Calendar, Days
from engine.feel.builtins.conversions import day_of
from engine.feel.builtins.fitting import DAY, DAYS, INTEGER
from engine.feel.builtins.model import Builtin, Overload, Param
from engine.feel.decimals import is_number, is_whole, whole
from engine.feel.run import Run
from engine.feel.temporal import WideDate
from engine.feel.types import BOOLEAN, DATE, NUMBER
from engine.feel.unknown import Cause, Unknown
from engine.feel.value_text import text

__all__ = ["BUILTINS", "NAMES"]

_NO_CALENDAR: Final = Unknown(frozenset((Cause("calendar-date", "", "no calendar"),)))
_DAY: Final = Param("day", DAY)


def _asked(run: Run, days: Sequence[Any], ask: Callable[..., Any]) -> Any:
    """What `ask` makes of the case's calendar and the days; null when one of them is no date."""
    dates = [day_of(day) for day in days]
    if any(day is None for day in dates):
        return None
    calendar: Calendar | None = run.calendar
    if calendar is None:
        return _NO_CALENDAR
    for day in dates:
        if isinstance(day, WideDate):
            return Unknown(frozenset((Cause("calendar-date", calendar.name, text(day)),)))
    return ask(calendar, *dates)


def _between(name: str, days: Days) -> Builtin:
    def call(run: Run, after: Any, through: Any) -> Any:
        return _asked(run, (after, through), lambda calendar, start, end: calendar.between(start, end, days))

    overload = Overload((Param("after", DAY), Param("through", DAY)), INTEGER)
    return Builtin(name, (overload,), call, unknown="deep", needs_run=True)


def _adding(name: str, days: Days) -> Builtin:
    def call(run: Run, day: Any, count: Any) -> Any:
        number = whole(count) if is_number(count) and is_whole(count) else None
        if number is None:
            return None
        return _asked(run, (day,), lambda calendar, start: calendar.add(start, number, days))

    overload = Overload((_DAY, Param("days", NUMBER)), DATE, "unknown")
    return Builtin(name, (overload,), call, unknown="deep", needs_run=True)


def _is_school_day(run: Run, day: Any) -> Any:
    return _asked(run, (day,), lambda calendar, asked: calendar.is_one(asked, Days.SCHOOL))


def _last_school_day_of_week(run: Run, day: Any) -> Any:
    """None when the week, Monday through Sunday, has no school day."""
    return _asked(run, (day,), lambda calendar, asked: calendar.last_of_week(asked))


def _longest_run_without(run: Run, days: Any, from_: Any, through: Any) -> Any:
    """The most school days in a row, `from_` through `through`, that are not in the list; an item may be none."""
    given = [day for day in days if day is not None] if days.__class__ is list else [None]
    taken = [day_of(day) for day in given]
    if None in taken:
        return None
    dates = [day for day in taken if isinstance(day, date)]
    return _asked(run, (from_, through), lambda calendar, first, last: calendar.longest_run_without(dates, first, last))


BUILTINS: Final = (
    _between("school days between", Days.SCHOOL),
    _between("business days between", Days.BUSINESS),
    _adding("add school days", Days.SCHOOL),
    _adding("add business days", Days.BUSINESS),
    Builtin("is school day", (Overload((_DAY,), BOOLEAN),), _is_school_day, unknown="deep", needs_run=True),
    Builtin(
        "last school day of week",
        (Overload((_DAY,), DATE, "none"),),
        _last_school_day_of_week,
        unknown="deep",
        needs_run=True,
    ),
    Builtin(
        "longest run without",
        (Overload((Param("days", DAYS), Param("from", DAY), Param("through", DAY)), INTEGER),),
        _longest_run_without,
        unknown="deep",
        needs_run=True,
    ),
)

NAMES: Final = frozenset(builtin.name for builtin in BUILTINS)
"""The names of the built-ins that read the calendar."""
