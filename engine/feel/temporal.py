"""FEEL's dates, times and durations: the values, in the proleptic Gregorian calendar.

A date is `datetime.date`, or a `WideDate` for years that Python's class does not reach. All are immutable, hashable and
exact to the nanosecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import total_ordering
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = [
    "DAY",
    "MAX_YEAR",
    "SECOND",
    "Date",
    "DateTime",
    "DaysDuration",
    "MonthsDuration",
    "Time",
    "WideDate",
    "Zone",
    "date_from_ordinal",
    "days_duration",
    "days_in_month",
    "is_date",
    "make_date",
    "moment",
    "months_duration",
    "ordinal",
    "stand_in",
    "zone_info",
]

SECOND: Final = 1_000_000_000
"""Nanoseconds in a second."""
DAY: Final = 86_400 * SECOND
"""Nanoseconds in a day."""
MAX_YEAR: Final = 999_999_999
"""Years go from minus this to this; the year 0 is the one before the year 1."""

_MAX_NANOSECONDS: Final = 10**27
_MAX_MONTHS: Final = 10**11
_LAST_ORDINAL: Final = date.max.toordinal()
_EPOCH: Final = date(1970, 1, 1).toordinal()
_CYCLE_YEARS: Final = 400
_CYCLE_DAYS: Final = 146_097  # also a whole number of weeks: weekdays repeat with the calendar

Zone: TypeAlias = int | str | None
"""An offset from UTC in seconds, the name of an IANA time zone, or None for local time without a zone."""


@total_ordering
@dataclass(frozen=True, slots=True)
class WideDate:
    """A date of a year before 1 or after 9999; it compares with `datetime.date`."""

    year: int
    month: int
    day: int

    def __lt__(self, other: object) -> bool:
        if isinstance(other, WideDate | date):
            return (self.year, self.month, self.day) < (other.year, other.month, other.day)
        return NotImplemented


Date: TypeAlias = date | WideDate


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day: nanoseconds since midnight (less than a day), and its zone."""

    nanoseconds: int
    zone: Zone = None

    def order_key(self) -> tuple[object, int]:
        """What orders it: times compare by the second part, and only when the first parts are equal.

        A zone's offset depends on the date, so that times in named zones compare only within the zone.
        """
        if isinstance(self.zone, int):
            return True, self.nanoseconds - self.zone * SECOND
        return self.zone, self.nanoseconds


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and a time of day (nanoseconds since midnight, less than a day) in a zone."""

    date: Date
    nanoseconds: int
    zone: Zone = None

    def offset(self) -> int | None:
        """Seconds ahead of UTC; None without a zone. Where clocks go back, the first of the two is meant."""
        if not isinstance(self.zone, str):
            return self.zone
        stand = stand_in(self.date)
        local = datetime(stand.year, stand.month, stand.day) + timedelta(seconds=self.nanoseconds // SECOND)  # noqa: DTZ001 - the zone is put in on the next line
        return _seconds(local.replace(tzinfo=zone_info(self.zone)).utcoffset())

    def local(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00, both in local time."""
        return (ordinal(self.date) - _EPOCH) * DAY + self.nanoseconds

    def order_key(self) -> tuple[object, int]:
        """What orders it: those with a zone compare as instants, those without by the local time, never across."""
        offset = self.offset()
        return (False, self.local()) if offset is None else (True, self.local() - offset * SECOND)


@dataclass(frozen=True, slots=True, order=True)
class DaysDuration:
    """A days and time duration, in nanoseconds."""

    nanoseconds: int


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """A years and months duration, in months."""

    months: int


def _seconds(offset: timedelta | None) -> int:
    return int(offset.total_seconds()) if offset is not None else 0


def zone_info(name: str) -> ZoneInfo | None:
    """The IANA time zone of that name; None when there is none. Names that mean the machine's own zone are none."""
    if name in {"localtime", "posixrules", "Factory"} or not name.isascii():
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def is_date(value: object) -> bool:
    """Whether `value` is a date (a date and time is none)."""
    return value.__class__ is date or value.__class__ is WideDate


def days_in_month(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def make_date(year: int, month: int, day: int) -> Date | None:
    """The date; None when there is none."""
    if not (1 <= month <= 12 and -MAX_YEAR <= year <= MAX_YEAR and 1 <= day <= days_in_month(year, month)):
        return None
    return date(year, month, day) if 1 <= year <= 9999 else WideDate(year, month, day)


def stand_in(day: Date) -> date:
    """The date, or one a multiple of 400 years away that Python can reckon with: years 2 to 9998.

    It has the same month, day, weekday and leap year. Early dates stay before the first time zones, late ones behind
    the last known change of their rules.
    """
    if isinstance(day, date) and 1 < day.year < 9999:
        return day
    return date(day.year % _CYCLE_YEARS + (_CYCLE_YEARS if day.year <= 1 else 9_200), day.month, day.day)


def ordinal(day: Date) -> int:
    """Days since 0001-01-01, which is day 1."""
    if isinstance(day, date):
        return day.toordinal()
    stand = stand_in(day)
    return stand.toordinal() + (day.year - stand.year) // _CYCLE_YEARS * _CYCLE_DAYS


def date_from_ordinal(days: int) -> Date | None:
    """The date of an ordinal; None outside the years that dates have."""
    if 1 <= days <= _LAST_ORDINAL:
        return date.fromordinal(days)
    cycles, rest = divmod(days - 1, _CYCLE_DAYS)
    within = date.fromordinal(rest + 1)
    return make_date(within.year + cycles * _CYCLE_YEARS, within.month, within.day)


def days_duration(nanoseconds: int) -> DaysDuration | None:
    """The duration; None when it is longer than any two dates are apart."""
    return DaysDuration(nanoseconds) if abs(nanoseconds) <= _MAX_NANOSECONDS else None


def months_duration(months: int) -> MonthsDuration | None:
    """The duration; None when it is longer than any two dates are apart."""
    return MonthsDuration(months) if abs(months) <= _MAX_MONTHS else None


def moment(nanoseconds: int, zone: Zone) -> DateTime | None:
    """The date and time at an instant (nanoseconds since 1970-01-01T00:00:00Z), as the clocks of `zone` show it.

    Without a zone the nanoseconds are those of local time. None outside the years that dates have.
    """
    offset = zone if isinstance(zone, int) else 0
    if isinstance(zone, str):
        days, rest = divmod(nanoseconds, DAY)
        near = days + _EPOCH + (_CYCLE_DAYS if days < 0 else -_CYCLE_DAYS)  # at the last date UTC may be a day ahead
        day = date_from_ordinal(days + _EPOCH) or date_from_ordinal(near)
        if day is None:
            return None
        stand = stand_in(day)
        utc = datetime(stand.year, stand.month, stand.day, tzinfo=UTC) + timedelta(seconds=rest // SECOND)
        offset = _seconds(utc.astimezone(zone_info(zone) or UTC).utcoffset())
    days, rest = divmod(nanoseconds + offset * SECOND, DAY)
    day = date_from_ordinal(days + _EPOCH)
    return None if day is None else DateTime(day, rest, zone)
