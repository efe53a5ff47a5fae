"""Reading and writing dates, times and durations as the standard has them (XML Schema's forms, and `@zone` names)."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from engine.feel.temporal import (
    DAY,
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    WideDate,
    Zone,
    date_from_ordinal,
    days_duration,
    make_date,
    months_duration,
    ordinal,
    zone_info,
)

__all__ = [
    "MAX_OFFSET",
    "Temporal",
    "date_text",
    "date_time_text",
    "days_text",
    "months_text",
    "parse_date",
    "parse_date_time",
    "parse_duration",
    "parse_temporal",
    "parse_time",
    "time_text",
]

Temporal: TypeAlias = Date | Time | DateTime | DaysDuration | MonthsDuration

MAX_OFFSET: Final = 14 * 3600
"""Seconds that a zone may be ahead of or behind UTC."""

_DATE: Final = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_TIME: Final = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+/-]+))?"
)
_MONTHS: Final = re.compile(r"(-?)P(?=[0-9])(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?")
_DAYS: Final = re.compile(
    r"(-?)P(?=[0-9T])(?:([0-9]{1,18})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:\.([0-9]*))?S)?)?"
)


def parse_date(text: str) -> Date | None:
    """The date that `text` writes (`2018-08-03`); None when it writes none."""
    found = _DATE.fullmatch(text)
    return make_date(int(found[1]), int(found[2]), int(found[3])) if found else None


def parse_time(text: str) -> Time | None:
    """The time that `text` writes (`14:30:00`, `14:30:00.5Z`, `14:30:00@Europe/Paris`); None when it writes none."""
    read = _clock(text)
    return Time(read[0] % DAY, read[1]) if read else None


def parse_date_time(text: str) -> DateTime | None:
    """The date and time that `text` writes (`2018-08-03T14:30:00Z`; a date alone is its midnight), or None."""
    day_text, separator, clock_text = text.partition("T")
    day = parse_date(day_text)
    if day is None or not separator:
        return None if day is None else DateTime(day, 0)
    read = _clock(clock_text)
    if read is None:
        return None
    nanoseconds, zone = read
    if nanoseconds == DAY:
        next_day = date_from_ordinal(ordinal(day) + 1)
        return None if next_day is None else DateTime(next_day, 0, zone)
    return DateTime(day, nanoseconds, zone)


def _clock(text: str) -> tuple[int, Zone] | None:
    """Nanoseconds since midnight (a day for 24:00:00) and the zone."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    fraction = int((found[4] or "0")[:9].ljust(9, "0"))
    nanoseconds = ((hour * 60 + minute) * 60 + second) * SECOND + fraction
    if minute > 59 or second > 59 or nanoseconds > DAY or (hour == 24 and nanoseconds != DAY):
        return None
    if found[5]:
        return nanoseconds, 0
    if found[6]:
        offset = (int(found[7]) * 60 + int(found[8])) * 60 + int(found[9] or 0)
        if offset > MAX_OFFSET or int(found[8]) > 59 or int(found[9] or 0) > 59:
            return None
        return nanoseconds, -offset if found[6] == "-" else offset
    if found[10]:
        return None if zone_info(found[10]) is None else (nanoseconds, found[10])
    return nanoseconds, None


def parse_duration(text: str) -> DaysDuration | MonthsDuration | None:
    """The duration that `text` writes (`P1Y2M`, `P3DT4H`, `-PT0.5S`); None when it writes none or mixes the kinds."""
    if found := _MONTHS.fullmatch(text):
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return months_duration(-months if found[1] else months)
    if found := _DAYS.fullmatch(text):
        days, hours, minutes, seconds = (int(found[part] or 0) for part in (2, 3, 4, 5))
        fraction = int((found[6] or "0")[:9].ljust(9, "0"))
        nanoseconds = days * DAY + ((hours * 60 + minutes) * 60 + seconds) * SECOND + fraction
        return days_duration(-nanoseconds if found[1] else nanoseconds)
    return None


def parse_temporal(text: str) -> Temporal | None:
    """What `@"text"` means: a date, time, date and time or duration; None when it is none of them."""
    if "P" in text[:2]:
        return parse_duration(text)
    if text[2:3] == ":":
        return parse_time(text)
    return parse_date_time(text) if "T" in text else parse_date(text)


def date_text(day: Date) -> str:
    """`2018-08-03`, `-0045-03-15`, `12018-08-03`."""
    if not isinstance(day, WideDate):
        return day.isoformat()
    return f"{'-' if day.year < 0 else ''}{abs(day.year):04d}-{day.month:02d}-{day.day:02d}"


def time_text(time: Time) -> str:
    """`14:30:00`, `14:30:00.5Z`, `14:30:00@Europe/Paris`."""
    seconds, fraction = divmod(time.nanoseconds, SECOND)
    hours, seconds = divmod(seconds, 3600)
    text = f"{hours:02d}:{seconds // 60:02d}:{seconds % 60:02d}"
    return f"{text}{_fraction_text(fraction)}{_zone_text(time.zone)}"


def date_time_text(value: DateTime) -> str:
    """`2018-08-03T14:30:00Z`."""
    return f"{date_text(value.date)}T{time_text(Time(value.nanoseconds, value.zone))}"


def _fraction_text(nanoseconds: int) -> str:
    return f".{nanoseconds:09d}".rstrip("0") if nanoseconds else ""


def _zone_text(zone: Zone) -> str:
    if zone is None:
        return ""
    if isinstance(zone, str):
        return f"@{zone}"
    if zone == 0:
        return "Z"
    hours, rest = divmod(abs(zone), 3600)
    seconds = f":{rest % 60:02d}" if rest % 60 else ""
    return f"{'-' if zone < 0 else '+'}{hours:02d}:{rest // 60:02d}{seconds}"


def months_text(duration: MonthsDuration) -> str:
    """`P1Y2M`, `-P8Y4M`, `P0M`."""
    years, months = divmod(abs(duration.months), 12)
    parts = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
    return f"{'-' if duration.months < 0 else ''}P{parts}"


def days_text(duration: DaysDuration) -> str:
    """`P3DT4H`, `-PT0.5S`, `PT0S`."""
    days, rest = divmod(abs(duration.nanoseconds), DAY)
    seconds, fraction = divmod(rest, SECOND)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or fraction or not (days or clock):
        clock += f"{seconds}{_fraction_text(fraction)}S"
    sign = "-" if duration.nanoseconds < 0 else ""
    return f"{sign}P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"
