"""A calendar of four weeks that tests count in by hand.

                 Mo  Tu  We  Th  Fr
2024-02-26…      s   s   s   s   s
2024-03-04…      s   s   h   s   s       h: a holiday
2024-03-11…      -   -   -   -   -       spring break; its business days are Monday to Wednesday
2024-03-18…      s   s   s   s   s
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from engine.calendars import Calendar

__all__ = ["SMALL", "calendar"]


def _school_days() -> tuple[date, ...]:
    weeks = [date(2024, 2, 26), date(2024, 3, 4), date(2024, 3, 18)]
    days = [monday + timedelta(days=offset) for monday in weeks for offset in range(5)]
    return tuple(day for day in days if day != date(2024, 3, 6))


def calendar(
    first: date, last: date, school_days: tuple[date, ...], business_days: tuple[date, ...] = (), name: str = "small"
) -> Calendar:
    """A calendar of these days."""
    events = dict.fromkeys(school_days, "instructional-day")
    return Calendar(name, "0" * 64, first, last, school_days, business_days, events)


_SCHOOL: Final = _school_days()
SMALL: Final = calendar(
    date(2024, 2, 26),
    date(2024, 3, 24),
    _SCHOOL,
    tuple(sorted({*_SCHOOL, date(2024, 3, 11), date(2024, 3, 12), date(2024, 3, 13)})),
)
