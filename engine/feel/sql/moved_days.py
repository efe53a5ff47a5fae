"""Dates so many days or months later, within the years 1 to 9999 that SQL looks at."""

from __future__ import annotations

from typing import Final

from engine.feel.sql.plan import Plan
from engine.feel.sql.wholes import let

__all__ = ["FIRST", "FIRST_YEAR", "LAST", "LAST_YEAR", "MOST_DAYS", "MOST_MONTHS", "days_later", "made", "months_later"]

FIRST_YEAR, LAST_YEAR = 1, 9999
FIRST: Final = "DATE '0001-01-01'"
LAST: Final = "DATE '9999-12-31'"
MOST_DAYS: Final = 4_000_000
"""More days than those years have."""

MOST_MONTHS: Final = 130_000
"""More months than those years have."""


def days_later(plan: Plan, day: str, count: str) -> str:
    """The date `count` days after `day`; NULL, with the case left out, beyond the years that SQL looks at.

    Args:
        plan: where columns go.
        day: a date.
        count: a BIGINT of at most `MOST_DAYS`, cut to that when it is more.
    """
    return _within(plan, f"({day} + ({count})::INTEGER)")


def months_later(plan: Plan, day: str, count: str) -> str:
    """The same day `count` months later, the last one of a month that is too short; like `days_later`.

    Args:
        plan: where columns go.
        day: a date.
        count: a BIGINT of at most `MOST_MONTHS`, cut to that when it is more.
    """
    return _within(plan, f"({day} + to_months(({count})::INTEGER))::DATE")


def _within(plan: Plan, sql: str) -> str:
    def checked(day: str) -> str:
        beyond = f"coalesce({day} NOT BETWEEN {FIRST} AND {LAST}, false)"
        if not plan.in_loop(beyond):
            plan.leave_out(beyond)
        return f"CASE WHEN {day} BETWEEN {FIRST} AND {LAST} THEN {day} END"

    return let(plan, sql, checked)


def made(year: str, month: str, day: str) -> str:
    """The date of a year, month and day, whole numbers; NULL when there is none in the years that SQL looks at."""
    first = f"make_date({year}, {month}, 1)"
    there = f"{year} BETWEEN {FIRST_YEAR} AND {LAST_YEAR} AND {month} BETWEEN 1 AND 12"
    there_too = f"{day} BETWEEN 1 AND day(last_day({first}))"
    return f"CASE WHEN {there} THEN CASE WHEN {there_too} THEN make_date({year}, {month}, {day}) END END"
