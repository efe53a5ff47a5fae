"""Adding and subtracting dates, times and durations, and the parts of them that expressions can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from engine.feel.decimals import CONTEXT, Number, divide, whole
from engine.feel.temporal import (
    DAY,
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    WideDate,
    date_from_ordinal,
    days_duration,
    days_in_month,
    is_date,
    make_date,
    moment,
    months_duration,
    ordinal,
    stand_in,
)

__all__ = [
    "TEMPORAL",
    "add_months",
    "between_months",
    "minus",
    "plus",
    "ratio",
    "scaled",
    "shared",
    "temporal_part",
    "weekday",
]

TEMPORAL: Final = frozenset({date, WideDate, Time, DateTime, DaysDuration, MonthsDuration})
"""The classes of dates, times and durations."""

_Duration: TypeAlias = DaysDuration | MonthsDuration


def add_months(day: Date, months: int) -> Date | None:
    """The same day `months` later; in a shorter month its last day. None outside the years that dates have."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return make_date(years, month + 1, min(day.day, days_in_month(years, month + 1)))


def plus(left: Any, right: Any) -> Any:
    """`left + right` when one of them is a date, time or duration; None when the standard gives it no result."""
    if isinstance(right, DaysDuration | MonthsDuration):
        return _later(left, right)
    if isinstance(left, DaysDuration | MonthsDuration):
        return _later(right, left)
    return None


def minus(left: Any, right: Any) -> Any:
    """`left - right` when one of them is a date, time or duration; None when the standard gives it no result."""
    if isinstance(right, DaysDuration):
        return _later(left, DaysDuration(-right.nanoseconds))
    if isinstance(right, MonthsDuration):
        return _later(left, MonthsDuration(-right.months))
    if isinstance(left, Time) and isinstance(right, Time):
        return _apart(left.order_key(), right.order_key())
    if is_date(left) and is_date(right):
        return days_duration((ordinal(left) - ordinal(right)) * DAY)
    if (is_date(left) or isinstance(left, DateTime)) and (is_date(right) or isinstance(right, DateTime)):
        return _apart(_instant(left).order_key(), _instant(right).order_key())
    return None


def _instant(value: Any) -> DateTime:
    """A date beside a date and time is its midnight in UTC, as the standard has it."""
    return value if isinstance(value, DateTime) else DateTime(value, 0, 0)


def _apart(left: tuple[object, int], right: tuple[object, int]) -> DaysDuration | None:
    return days_duration(left[1] - right[1]) if left[0] == right[0] else None


def _later(value: Any, duration: _Duration) -> Any:
    if isinstance(duration, MonthsDuration):
        return _months_later(value, duration.months)
    nanoseconds = duration.nanoseconds
    if isinstance(value, DaysDuration):
        return days_duration(value.nanoseconds + nanoseconds)
    if isinstance(value, Time):
        return Time((value.nanoseconds + nanoseconds) % DAY, value.zone)
    if isinstance(value, DateTime):
        offset = value.offset() or 0
        return moment(value.local() - offset * SECOND + nanoseconds, value.zone)
    if is_date(value):
        return date_from_ordinal(ordinal(value) + nanoseconds // DAY)
    return None


def _months_later(value: Any, months: int) -> Any:
    if isinstance(value, MonthsDuration):
        return months_duration(value.months + months)
    if isinstance(value, DateTime):
        day = add_months(value.date, months)
        return None if day is None else DateTime(day, value.nanoseconds, value.zone)
    return add_months(value, months) if is_date(value) else None


def scaled(duration: _Duration, factor: Number) -> _Duration | None:
    """`duration * factor`, without what is less than a nanosecond or a month; None when it is too long."""
    try:
        return _like(duration, CONTEXT.multiply(_amount(duration), factor))
    except ArithmeticError:
        return None


def shared(duration: _Duration, divisor: Number) -> _Duration | None:
    """`duration / divisor`, without what is less than a nanosecond or a month; None for a division by zero."""
    quotient = divide(_amount(duration), divisor)
    return None if quotient is None else _like(duration, quotient)


def ratio(left: _Duration, right: _Duration) -> Number | None:
    """How many times `right` goes into `left`; None for durations of two kinds and for a division by zero."""
    return divide(_amount(left), _amount(right)) if left.__class__ is right.__class__ else None


def _amount(duration: _Duration) -> int:
    return duration.months if isinstance(duration, MonthsDuration) else duration.nanoseconds


def _like(duration: _Duration, amount: Number) -> _Duration | None:
    cut = whole(amount)
    if cut is None:
        return None
    return months_duration(cut) if isinstance(duration, MonthsDuration) else days_duration(cut)


def between_months(start: Date, end: Date) -> int:
    """Whole months from `start` to `end`; negative when `end` is earlier. Days do not wrap at the end of a month."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        return months - 1
    return months + 1 if months < 0 and end.day > start.day else months


def weekday(day: Date) -> int:
    """1 for Monday to 7 for Sunday."""
    return stand_in(day).isoweekday()


def _second(nanoseconds: int) -> Number | None:
    second, fraction = divmod(nanoseconds % (60 * SECOND), SECOND)
    return second if not fraction else divide(nanoseconds % (60 * SECOND), SECOND)


def _offset(value: Time | DateTime) -> DaysDuration | None:
    offset = value.offset() if isinstance(value, DateTime) else value.zone
    return DaysDuration(offset * SECOND) if isinstance(offset, int) else None


def _of_duration(nanoseconds: int, size: int, wrap: int) -> int:
    part = abs(nanoseconds) // size % wrap
    return -part if nanoseconds < 0 else part


_CLOCK: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "hour": lambda value: value.nanoseconds // (3600 * SECOND),
        "minute": lambda value: value.nanoseconds // (60 * SECOND) % 60,
        "second": lambda value: _second(value.nanoseconds),
        "time offset": _offset,
        "timezone": lambda value: value.zone if isinstance(value.zone, str) else None,
    }
)
_CALENDAR: Final[Mapping[str, Callable[[Date], Any]]] = MappingProxyType(
    {
        "year": lambda day: day.year,
        "month": lambda day: day.month,
        "day": lambda day: day.day,
        "weekday": weekday,
    }
)
_DAYS: Final[Mapping[str, Callable[[DaysDuration], Any]]] = MappingProxyType(
    {
        "days": lambda value: _of_duration(value.nanoseconds, DAY, 10**18),
        "hours": lambda value: _of_duration(value.nanoseconds, 3600 * SECOND, 24),
        "minutes": lambda value: _of_duration(value.nanoseconds, 60 * SECOND, 60),
        "seconds": lambda value: (
            _second(value.nanoseconds) if value.nanoseconds >= 0 else CONTEXT.minus(_second(-value.nanoseconds) or 0)
        ),
    }
)
_MONTHS: Final[Mapping[str, Callable[[MonthsDuration], Any]]] = MappingProxyType(
    {
        "years": lambda value: _of_duration(value.months, 12, 10**18),
        "months": lambda value: _of_duration(value.months, 1, 12),
    }
)


def temporal_part(value: Any, name: str) -> Any:
    """The part `name` of a date, time or duration (`year`, `time offset`, `hours`); None when it has none.

    A negative duration has parts that are zero or negative.
    """
    read: Callable[[Any], Any] | None = None
    if isinstance(value, DateTime):
        if name in _CALENDAR:
            return _CALENDAR[name](value.date)
        read = _CLOCK.get(name)
    elif isinstance(value, Time):
        read = _CLOCK.get(name)
    elif isinstance(value, DaysDuration):
        read = _DAYS.get(name)
    elif isinstance(value, MonthsDuration):
        read = _MONTHS.get(name)
    elif is_date(value):
        read = _CALENDAR.get(name)
    return None if read is None else read(value)
