"""Built-ins that make a value of another one (DMN 1.5, table 73)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.feel.builtins.fitting import ANYTHING, DAY, Accepts
from engine.feel.builtins.model import Builtin, NoResult, Overload, Param, ResultType
from engine.feel.decimals import Number, is_number, is_whole, read_number, whole
from engine.feel.instances import make_range
from engine.feel.operators import greater, multiply
from engine.feel.ranges import Range
from engine.feel.temporal import SECOND, Date, DateTime, DaysDuration, MonthsDuration, Time, is_date, make_date
from engine.feel.temporal_arithmetic import between_months
from engine.feel.temporal_text import (
    MAX_OFFSET,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_temporal,
    parse_time,
)
from engine.feel.types import (
    ANY,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NUMBER,
    STRING,
    TIME,
    AnyType,
    RangeType,
    ScalarType,
)
from engine.feel.values import text

__all__ = ["BUILTINS", "day_of"]

_OMITTED: Final = object()
_NUMBER: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_RANGE: Final = re.compile(r"\s*([\[(\]])\s*(.*?)\s*\.\.\s*(.*?)\s*([\])\[])\s*", re.DOTALL)
_STRING_END: Final = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_TEMPORAL_END: Final = re.compile(r'(@|date and time|date|time|duration)\s*(\()?\s*"([^"\\]*)"\s*(\))?')


def day_of(value: Any) -> Date | None:
    """The date of a date or a date and time; None for anything else."""
    if isinstance(value, DateTime):
        return value.date
    return value if is_date(value) else None


def _integer(value: Any) -> int | None:
    """A whole number; None for one with a fraction."""
    return whole(value) if is_number(value) and is_whole(value) else None


def _date(value: Any, month: Any = _OMITTED, day: Any = _OMITTED) -> Date | None:
    """The date of a string (`2018-08-03`), of a date and time, or of its year, month and day."""
    if month is _OMITTED:
        return parse_date(value) if value.__class__ is str else day_of(value)
    parts = (_integer(value), _integer(month), _integer(day))
    return None if None in parts else make_date(*(part or 0 for part in parts))


def _date_and_time(value: Any, time: Any = _OMITTED) -> DateTime | None:
    """The date and time of a string, or of a date (or the date of a date and time) and a time with its zone."""
    if time is _OMITTED:
        return parse_date_time(value) if value.__class__ is str else None
    day = day_of(value)
    return DateTime(day, time.nanoseconds, time.zone) if day is not None and isinstance(time, Time) else None


def _time(value: Any, minute: Any = _OMITTED, second: Any = None, offset: Any = None) -> Time | None:
    """The time of a string, of a date and time (of a date midnight in UTC), or of hour, minute, second and offset."""
    if minute is not _OMITTED:
        return _time_of_parts(value, minute, second, offset)
    if value.__class__ is str:
        return parse_time(value)
    if isinstance(value, DateTime):
        return Time(value.nanoseconds, value.zone)
    if is_date(value):
        return Time(0, 0)
    return value if isinstance(value, Time) else None


def _time_of_parts(hour: Any, minute: Any, second: Any, offset: Any) -> Time | None:
    hours, minutes = _integer(hour), _integer(minute)
    fraction = whole(multiply(second, SECOND))
    if hours is None or minutes is None or fraction is None or not is_number(second):
        return None
    if not (0 <= hours <= 23 and 0 <= minutes <= 59 and 0 <= second < 60):
        return None
    if offset is None:
        return Time((hours * 60 + minutes) * 60 * SECOND + fraction)
    if not isinstance(offset, DaysDuration) or abs(offset.nanoseconds) > MAX_OFFSET * SECOND:
        return None
    zone, rest = divmod(offset.nanoseconds, SECOND)
    return None if rest else Time((hours * 60 + minutes) * 60 * SECOND + fraction, zone)


def _number(value: Any, grouping: Any = None, decimal: Any = None) -> Number | None:
    """The number that a string writes with these separators: grouping ` `, `,` or `.`, decimal `.` or `,`."""
    if value.__class__ is not str or not (grouping is None or grouping in (" ", ",", ".")):
        return None
    if not (decimal is None or decimal in (",", ".")) or (decimal is not None and decimal == grouping):
        return None
    plain = value.replace(grouping, "") if grouping else value
    if decimal == ",":
        if "." in plain:
            return None
        plain = plain.replace(",", ".")
    return read_number(plain) if _NUMBER.fullmatch(plain) else None


def _string(value: Any) -> str | None:
    return None if value is None else text(value)


def _duration(value: Any) -> DaysDuration | MonthsDuration | None:
    if value.__class__ is str:
        return parse_duration(value)
    return value if isinstance(value, DaysDuration | MonthsDuration) else None


def _years_and_months(start: Any, end: Any) -> MonthsDuration | None:
    """Whole months between two dates (or the dates of dates and times)."""
    first, last = day_of(start), day_of(end)
    return None if first is None or last is None else MonthsDuration(between_months(first, last))


def _range(value: Any) -> Range | None:
    """The range that a string writes, with literals for its ends (`[1..3]`, `(@"2018-08-03"..@"2018-08-31")`)."""
    found = _RANGE.fullmatch(value) if value.__class__ is str else None
    if found is None:
        return None
    low, high = _end(found[2]), _end(found[3])
    made = make_range(low, found[1] == "[", high, found[4] == "]")
    return made if isinstance(made, Range) and greater(low, high) is False else None


def _end(written: str) -> Any:
    """The value of a literal; None when it is none."""
    if _NUMBER.fullmatch(written):
        return read_number(written)
    if string := _STRING_END.fullmatch(written):
        return re.sub(r'\\(["\\])', r"\1", string[1])
    found = _TEMPORAL_END.fullmatch(written)
    if found is None or (found[1] == "@") != (found[2] is None) or (found[2] is None) != (found[4] is None):
        return None
    if found[1] == "@":
        return parse_temporal(found[3])
    return _READERS[found[1]](found[3])


_READERS: Final[Mapping[str, Callable[[str], Any]]] = MappingProxyType(
    {"date": parse_date, "time": parse_time, "date and time": parse_date_time, "duration": parse_duration}
)


def _one_of(description: str, *names: str) -> Accepts:
    return Accepts(
        description,
        lambda type_: isinstance(type_, AnyType) or (isinstance(type_, ScalarType) and type_.name in names),
    )


def _way(*parameters: Param, result: ResultType, no_result: NoResult = "unknown") -> Overload:
    return Overload(parameters, result, no_result)


def _from(type_: Any) -> Param:
    return Param("from", type_)


_SEPARATORS: Final = (
    Param("grouping separator", STRING, optional=True, accepts_none=True),
    Param("decimal separator", STRING, optional=True, accepts_none=True),
)
_YEAR_MONTH_DAY: Final = (Param("year", NUMBER), Param("month", NUMBER), Param("day", NUMBER))
_CLOCK: Final = (
    Param("hour", NUMBER),
    Param("minute", NUMBER),
    Param("second", NUMBER),
    Param("offset", DAYS_DURATION, optional=True, accepts_none=True),
)
_TIMES: Final = _one_of("a time, date, or date and time", "time", "date", "date and time")

BUILTINS: Final = (
    Builtin(
        "date",
        (
            _way(_from(STRING), result=DATE),
            _way(_from(DAY), result=DATE, no_result="never"),
            _way(*_YEAR_MONTH_DAY, result=DATE),
        ),
        _date,
    ),
    Builtin(
        "date and time",
        (
            _way(_from(STRING), result=DATE_TIME),
            _way(Param("date", DAY), Param("time", TIME), result=DATE_TIME, no_result="never"),
        ),
        _date_and_time,
    ),
    Builtin(
        "time",
        (
            _way(_from(STRING), result=TIME),
            _way(_from(_TIMES), result=TIME, no_result="never"),
            _way(*_CLOCK, result=TIME),
        ),
        _time,
    ),
    Builtin("number", (_way(_from(STRING), *_SEPARATORS, result=NUMBER),), _number),
    Builtin("string", (_way(_from(ANYTHING), result=STRING, no_result="never"),), _string, unknown="deep"),
    Builtin(
        "duration", (_way(_from(STRING), result=ANY),), _duration, strict=False
    ),  # of which kind, only the text says
    Builtin(
        "years and months duration",
        (_way(Param("from", DAY), Param("to", DAY), result=MONTHS_DURATION, no_result="never"),),
        _years_and_months,
    ),
    Builtin("range", (_way(_from(STRING), result=RangeType(ANY)),), _range, strict=False),
)
