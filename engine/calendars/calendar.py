"""A school calendar: which days are instructional, which are business days, and from when to when that is known."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from engine.feel.unknown import Cause, Unknown

__all__ = ["Calendar", "Days"]

_WEEK: Final = 7


class Days(StrEnum):
    """The kinds of days that a length counts."""

    CALENDAR = "calendar"
    SCHOOL = "school"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar, over one school year or several.

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
        """The number of days after `start` through `end`; negative when `end` is before `start`.

        Unknown when a day that would have to be looked at is outside the calendar.
        """
        if days is Days.CALENDAR:
            return (end - start).days
        if end < start:
            back = self.between(end, start, days)
            return back if isinstance(back, Unknown) else -back
        if start == end:
            return 0
        if (outside := self._outside(start + timedelta(days=1), end)) is not None:
            return outside
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
            if (outside := self._outside(start + timedelta(days=1))) is not None:
                return outside
            place = bisect_right(listed, start) + count - 1
            return listed[place] if place < len(listed) else self._cause(self.last + timedelta(days=1))
        if (outside := self._outside(start - timedelta(days=1))) is not None:
            return outside
        place = bisect_left(listed, start) + count
        return listed[place] if place >= 0 else self._cause(self.first - timedelta(days=1))

    def is_one(self, day: date, days: Days) -> bool | Unknown:
        """Whether `day` is such a day."""
        if days is Days.CALENDAR:
            return True
        if (outside := self._outside(day)) is not None:
            return outside
        listed = self._listed(days)
        place = bisect_left(listed, day)
        return place < len(listed) and listed[place] == day

    def last_of_week(self, day: date) -> date | Unknown | None:
        """The last school day of the week (Monday through Sunday) of `day`; None when that week has none."""
        monday = day - timedelta(days=day.weekday())
        sunday = monday + timedelta(days=_WEEK - 1)
        if (outside := self._outside(monday, sunday)) is not None:
            return outside
        place = bisect_right(self.school_days, sunday) - 1
        return self.school_days[place] if place >= 0 and self.school_days[place] >= monday else None

    def longest_run_without(self, days: Iterable[date], start: date, end: date) -> int | Unknown:
        """The most consecutive school days from `start` through `end`, both included, none of which is in `days`."""
        if end < start:
            return 0
        if (outside := self._outside(start, end)) is not None:
            return outside
        taken = set(days)
        longest = run = 0
        for day in self.school_days[bisect_left(self.school_days, start) : bisect_right(self.school_days, end)]:
            run = 0 if day in taken else run + 1
            longest = max(longest, run)
        return longest

    def _listed(self, days: Days) -> tuple[date, ...]:
        return self.school_days if days is Days.SCHOOL else self.business_days

    def _outside(self, *days: date) -> Unknown | None:
        """The unknown of the first of these days that the calendar does not cover."""
        return next((self._cause(day) for day in days if not self.first <= day <= self.last), None)

    def _cause(self, day: date) -> Unknown:
        return Unknown(frozenset((Cause("calendar-date", self.name, day.isoformat()),)))
