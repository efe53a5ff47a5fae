"""A school calendar: which days are instructional, which are business days, and from when to when that is known."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from engine.feel.unknown import Cause, Unknown

__all__ = ["NO_BUSINESS_DAYS", "Calendar", "Days"]

NO_BUSINESS_DAYS: Final = "business days"
"""The detail of a cause that is about a calendar which does not say its business days."""

_DAY: Final = timedelta(days=1)


class Days(StrEnum):
    """The kinds of days that a length counts."""

    CALENDAR = "calendar"
    SCHOOL = "school"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar, over one school year or several.

    What it cannot say is unknown, with the first day that it does not cover; never guessed from weekdays.

    Attributes:
        name: its id (`westlake`).
        version: SHA-256 of its canonical form, lower-case hexadecimal.
        first, last: the days from which and through which it says everything, both included.
        school_days: the instructional days, ascending.
        business_days: the business days, ascending; empty when it does not say.
        events: what a day is, for the days that have an event type.
    """

    name: str
    version: str
    first: date
    last: date
    school_days: tuple[date, ...]
    business_days: tuple[date, ...]
    events: Mapping[date, str]

    def between(self, start: date, end: date, days: Days) -> int | Unknown:
        """The number of days after `start` through `end`; with an earlier `end`, minus those after it through `start`.

        Unknown when a day that would have to be looked at is outside the calendar.
        """
        if days is Days.CALENDAR:
            return (end - start).days
        if end < start:
            back = self.between(end, start, days)
            return back if isinstance(back, Unknown) else -back
        if start == end:
            return 0
        if (unsaid := self._unsaid(start + _DAY, end, days)) is not None:
            return unsaid
        listed = self._listed(days)
        return bisect_right(listed, end) - bisect_right(listed, start)

    def add(self, start: date, count: int, days: Days) -> date | Unknown:
        """The day that is the `count`-th after `start` (before it, when `count` is negative); `start` itself for 0.

        The day after `start` is the first candidate for day 1. Unknown when the calendar ends before that day.
        """
        if count == 0:
            return start
        if days is Days.CALENDAR:
            try:
                return start + timedelta(days=count)
            except OverflowError:
                return self._cause(date.max if count > 0 else date.min)
        listed = self._listed(days)
        if count > 0:
            if (unsaid := self._unsaid(_after(start), _after(start), days)) is not None:
                return unsaid
            place = bisect_right(listed, start) + count - 1
            return listed[place] if place < len(listed) else self._cause(_after(self.last))
        if (unsaid := self._unsaid(_before(start), _before(start), days)) is not None:
            return unsaid
        place = bisect_left(listed, start) + count
        return listed[place] if place >= 0 else self._cause(_before(self.first))

    def is_one(self, day: date, days: Days) -> bool | Unknown:
        """Whether `day` is such a day."""
        if days is Days.CALENDAR:
            return True
        if (unsaid := self._unsaid(day, day, days)) is not None:
            return unsaid
        listed = self._listed(days)
        place = bisect_left(listed, day)
        return place < len(listed) and listed[place] == day

    def last_of_week(self, day: date) -> date | Unknown | None:
        """The last school day of the week (Monday through Sunday) of `day`; None when that week has none.

        Unknown when the calendar ends within the week, or begins in it and has no school day in what it covers.
        """
        monday = date.fromordinal(day.toordinal() - day.weekday())
        sunday = date.fromordinal(min(monday.toordinal() + 6, date.max.toordinal()))
        if sunday < self.first or sunday > self.last:
            return self._unsaid(monday, sunday, Days.SCHOOL)
        place = bisect_right(self.school_days, sunday) - 1
        if place >= 0 and self.school_days[place] >= monday:
            return self.school_days[place]
        return self._unsaid(monday, sunday, Days.SCHOOL)

    def longest_run_without(self, days: Iterable[date], start: date, end: date) -> int | Unknown:
        """The most consecutive school days from `start` through `end`, both included, none of which is in `days`."""
        if end < start:
            return 0
        if (unsaid := self._unsaid(start, end, Days.SCHOOL)) is not None:
            return unsaid
        low, high = bisect_left(self.school_days, start), bisect_right(self.school_days, end)
        taken = set(days)
        places = {bisect_left(self.school_days, day, low, high) for day in taken}
        breaks = sorted(place for place in places if place < high and self.school_days[place] in taken)
        return max(later - earlier - 1 for earlier, later in pairwise([low - 1, *breaks, high]))

    def _listed(self, days: Days) -> tuple[date, ...]:
        return self.school_days if days is Days.SCHOOL else self.business_days

    def _unsaid(self, start: date, end: date, days: Days) -> Unknown | None:
        """Why the calendar cannot say which of the days from `start` through `end` are such days; None when it can."""
        if days is Days.BUSINESS and not self.business_days:
            return Unknown(frozenset((Cause("calendar-date", self.name, NO_BUSINESS_DAYS),)))
        if start < self.first:
            return self._cause(start)
        return self._cause(max(start, _after(self.last))) if end > self.last else None

    def _cause(self, day: date) -> Unknown:
        return Unknown(frozenset((Cause("calendar-date", self.name, day.isoformat()),)))


def _after(day: date) -> date:
    """The next day; the last day that there is has none, and stands for it."""
    return day + _DAY if day < date.max else day


def _before(day: date) -> date:
    """The day before; the first day that there is has none, and stands for it."""
    return day - _DAY if day > date.min else day
