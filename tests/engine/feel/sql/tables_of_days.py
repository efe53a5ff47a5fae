"""Calendars, and tables of random days, that tests of the SQL about days read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final

import duckdb
import pyarrow as pa

from engine.calendars.calendar import Calendar
from engine.feel.sql import Plan

__all__ = ["CALENDARS", "DATES", "answers", "days_near", "rows_of"]

DATES: Final = pa.date32()


def _calendar(name: str, first: date, last: date, *, business: bool = True, school: bool = True) -> Calendar:
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    workdays = tuple(day for day in every if day.weekday() < 5 and (day.month, day.day) not in ((11, 22), (1, 1)))
    return Calendar(
        name=name,
        version="0" * 64,
        first=first,
        last=last,
        school_days=tuple(day for day in workdays if day.month not in (7, 8) and school),
        business_days=workdays if business else (),
        events={},
    )


CALENDARS: Final[Mapping[str, Calendar | None]] = {
    "two years": _calendar("two years", date(2012, 6, 27), date(2014, 6, 10)),
    "no business days": _calendar("no business days", date(2012, 8, 29), date(2012, 12, 21), business=False),
    "no school days": _calendar("no school days", date(2012, 8, 29), date(2012, 12, 21), school=False),
    "one day": _calendar("one day", date(2012, 9, 5), date(2012, 9, 5)),
    "first days": _calendar("first days", date.min, date(1, 2, 20)),
    "last days": _calendar("last days", date(9999, 11, 20), date.max),
    "none": None,
}


def days_near(random: Random, calendar: Calendar | None) -> date:
    """A day: mostly one that the calendar covers, often one at its ends, sometimes the first or last that there is."""
    first = calendar.first if calendar else date(2012, 9, 1)
    last = calendar.last if calendar else date(2013, 6, 1)
    kind = random.random()
    if kind < 0.03:
        return random.choice((date.min, date.max, date(1, 1, 9), date(9999, 12, 20)))
    if kind < 0.3:
        edge, far = random.choice((first, last)), 9 if random.random() < 0.8 else 400
        ordinal = edge.toordinal() + random.randint(-far, far)
    else:
        ordinal = random.randint(first.toordinal(), last.toordinal())
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def rows_of(rows: Sequence[Mapping[str, Any]], types: Mapping[str, pa.DataType]) -> pa.Table:
    """The rows as a table; what a row does not have is NULL."""
    return pa.table({name: pa.array([row.get(name) for row in rows], type_) for name, type_ in types.items()})


def answers(plan: Plan, outputs: Mapping[str, str], rows: pa.Table) -> list[dict[str, Any]]:
    """What one query gives for each row."""
    with duckdb.connect(config={"threads": 1, "preserve_insertion_order": True}) as connection:
        connection.register("cases", rows)
        found: list[dict[str, Any]] = connection.sql(plan.query.text(outputs, "cases")).to_arrow_table().to_pylist()
        return found
