"""Days as SQL counts them: calendar, school and business days, as the calendar of a query says.

A day is a whole number here, so that days can be added and compared without a date that does not exist. What the
calendar does not cover gives NULL, which is unknown. No input makes any of it fail.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from typing import Final

from engine.calendars.calendar import Calendar, Days
from engine.feel.sql.plan import Plan

__all__ = ["UNKNOWN_NUMBER", "add", "between", "counted", "is_one", "last_of_week", "number", "numbered", "to_day"]

_ZERO: Final = date(1970, 1, 1)
_FIRST_DAY: Final = (date.min - _ZERO).days
_LAST_DAY: Final = (date.max - _ZERO).days

UNKNOWN_NUMBER: Final = "NULL::BIGINT"
"""A number that is not known."""


def number(sql: str) -> str:
    """The number of the day that the date `sql` is."""
    return f"({sql} - DATE '{_ZERO}')"


def numbered(day: date) -> int:
    """The number of a day."""
    return (day - _ZERO).days


def to_day(sql: str) -> str:
    """The date of the day with the number `sql`, which lies in the years 1 to 9999."""
    return f"(DATE '{_ZERO}' + ({sql})::INTEGER)"


def between(plan: Plan, days: Days, start: str, end: str) -> str:
    """The number of days after `start` through `end`; with an earlier `end`, minus those after it through `start`."""
    if days is Days.CALENDAR:
        return f"({end} - {start})"
    if not _says(plan.calendar, days):
        # Between a day and itself there is none, which every calendar says.
        return f"CASE WHEN {start} = {end} THEN 0::BIGINT END" if plan.calendar else UNKNOWN_NUMBER
    through, before = counted(plan, days, end), counted(plan, days, start)
    return f"CASE WHEN {start} = {end} THEN 0::BIGINT ELSE {through} - {before} END"


def add(plan: Plan, days: Days, start: str, count: str) -> str:
    """The day that is the `count`-th after `start` (before it, when `count` is negative); `start` itself for 0.

    `count` is a BIGINT of at most 62 binary digits.
    """
    if days is Days.CALENDAR:
        return f"CASE WHEN {start} + {count} BETWEEN {_FIRST_DAY} AND {_LAST_DAY} THEN {start} + {count} END"
    calendar = plan.calendar
    if calendar is None:
        return UNKNOWN_NUMBER
    if not _says(calendar, days):
        return f"CASE WHEN {count} = 0 THEN {start} END"
    first, last, length = numbered(calendar.first), numbered(calendar.last), len(_listed(calendar, days))
    after = f"{_days(plan, days)}[{counted(plan, days, start)} + {count}]"
    # With the days before `start` counted, the last of them is the first that is counted back.
    before = f"{_days(plan, days)}[greatest({counted(plan, days, f'{start} - 1')} + {count} + 1, 0)]"
    forth = f"{count} BETWEEN 1 AND {length} AND {start} BETWEEN {first - 1} AND {last - 1}"
    back = f"{count} BETWEEN {-length} AND -1 AND {start} BETWEEN {first + 1} AND {last + 1}"
    return f"CASE WHEN {count} = 0 THEN {start} WHEN {forth} THEN {after} WHEN {back} THEN {before} END"


def is_one(plan: Plan, days: Days, day: str) -> str:
    """Whether `day` is such a day."""
    calendar = plan.calendar
    if calendar is None or not _says(calendar, days):
        return "NULL::BOOLEAN"
    first, last = numbered(calendar.first), numbered(calendar.last)
    change = f"{counted(plan, days, day)} > {counted(plan, days, f'{day} - 1')}"
    return f"CASE WHEN {day} BETWEEN {first} AND {last} THEN {change} END"


def last_of_week(plan: Plan, day: str) -> tuple[str, str]:
    """The last school day of the week (Monday through Sunday) of `day`, and whether it is unknown (never NULL)."""
    calendar = plan.calendar
    if calendar is None:
        return UNKNOWN_NUMBER, "true"
    # The day with the number 0 is a Thursday; the year 1 begins on a Monday, the year 9999 ends before its Sunday.
    monday = f"({day} - ({day} - {_FIRST_DAY}) % 7)"
    sunday = f"least({monday} + 6, {_LAST_DAY})"
    first, last = numbered(calendar.first), numbered(calendar.last)
    found = f"{_days(plan, Days.SCHOOL)}[{counted(plan, Days.SCHOOL, sunday)}]"
    covered = f"{sunday} BETWEEN {first} AND {last}"
    sql = f"CASE WHEN {day} IS NOT NULL AND {covered} AND {found} >= {monday} THEN {found} END"
    none = f"{covered} AND {monday} >= {first}"
    return sql, f"CASE WHEN {day} IS NULL THEN true WHEN {sql} IS NOT NULL THEN false ELSE NOT ({none}) END"


def counted(plan: Plan, days: Days, day: str) -> str:
    """How many such days the calendar has through `day`; NULL when it does not cover the days up to there.

    Known from the day before the first that is covered, on which it is 0. For a calendar that says such days.
    """
    calendar = plan.calendar
    assert calendar is not None
    listed = _listed(calendar, days)
    first, last = calendar.first.toordinal(), calendar.last.toordinal()
    ordinals = [day.toordinal() for day in listed]
    before = bisect_right(ordinals, first - 1)
    counts = [before, *(bisect_right(ordinals, ordinal) for ordinal in range(first, last + 1))]
    shared = plan.shared(f"{days}_days_through", _list_of(counts))
    # The place of the day before the first is 1; there is nothing at the place 0, nor after the last.
    return f"{shared}[greatest({day} - {numbered(calendar.first) - 2}, 0)]"


def _says(calendar: Calendar | None, days: Days) -> bool:
    """Whether there is a calendar that says which days are such days."""
    return calendar is not None and (days is not Days.BUSINESS or bool(calendar.business_days))


def _listed(calendar: Calendar, days: Days) -> tuple[date, ...]:
    return calendar.school_days if days is Days.SCHOOL else calendar.business_days


def _days(plan: Plan, days: Days) -> str:
    """The list of such days, by their numbers."""
    assert plan.calendar is not None
    return plan.shared(f"{days}_days", _list_of(numbered(day) for day in _listed(plan.calendar, days)))


def _list_of(numbers: Iterable[int]) -> str:
    """A list of SQL; as one text, since thousands of literals take DuckDB longer to read than to decide many cases."""
    text = ",".join(map(str, numbers))
    return f"string_split('{text}', ',')::INTEGER[]" if text else "[]::INTEGER[]"
