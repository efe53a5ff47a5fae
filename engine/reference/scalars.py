"""One fact as it is written in a request: its value, or that it is not what was declared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration
from engine.feel.temporal_text import parse_date_time, parse_duration
from engine.rulesets.facts import Fact, FactKind

__all__ = ["expected", "read_scalar"]

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?")
_LARGEST_INTEGER: Final = 2**53 - 1
_LARGEST_DECIMAL: Final = Decimal(10) ** 18


def read_scalar(fact: Fact, given: Any, time_zone: str | None) -> Any:
    """The value of a fact as expressions see it; None when it is not what `fact` declares. `given` is not null."""
    return _READERS[fact.kind](fact, given, time_zone)


def expected(fact: Fact) -> str:
    """What would have been accepted, in words."""
    words = {"date-time": "a date and time", "days-duration": "a duration in days", "event": "a date"}
    article = "an" if fact.kind == "integer" else "a"
    text = words.get(fact.kind, f"{article} {fact.kind}")
    if fact.kind == "months-duration":
        text = "a duration in months"
    if fact.choices:
        text += f", one of {', '.join(fact.choices)}"
    if fact.at_least is not None:
        text += f", at least {fact.at_least}"
    if fact.at_most is not None:
        text += f", at most {fact.at_most}"
    if fact.kind == "decimal" and fact.places is not None:
        text += f", of at most {fact.places} decimal places"
    return text


def _string(fact: Fact, given: Any, _time_zone: str | None) -> str | None:
    if not isinstance(given, str) or (fact.choices and given not in fact.choices):
        return None
    return str(given)


def _boolean(_fact: Fact, given: Any, _time_zone: str | None) -> bool | None:
    return given if isinstance(given, bool) else None


def _number(given: Any) -> Decimal | None:
    """A finite number, exactly; a float by its shortest text."""
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        return None
    number = Decimal(repr(given)) if isinstance(given, float) else Decimal(given)
    return number if number.is_finite() else None


def _within(fact: Fact, number: Decimal) -> bool:
    return (fact.at_least is None or number >= fact.at_least) and (fact.at_most is None or number <= fact.at_most)


def _integer(fact: Fact, given: Any, _time_zone: str | None) -> int | None:
    number = _number(given)
    if number is None or number.copy_abs() > _LARGEST_INTEGER or number != int(number) or not _within(fact, number):
        return None
    return int(number)


def _decimal(fact: Fact, given: Any, _time_zone: str | None) -> Decimal | None:
    number = Decimal(given) if isinstance(given, str) and _NUMBER.fullmatch(given) else _number(given)
    if number is None or number.copy_abs() >= _LARGEST_DECIMAL or not _within(fact, number):
        return None
    return None if fact.places is not None and _places(number) > fact.places else number


def _places(number: Decimal) -> int:
    """How many decimals a number has, zeros at the end not counted."""
    _, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    return max(0, len(text) - len(digits) - exponent) if text and isinstance(exponent, int) else 0


def _date(_fact: Fact, given: Any, _time_zone: str | None) -> date | None:
    if isinstance(given, date) and not isinstance(given, datetime):
        return date(given.year, given.month, given.day)
    if not isinstance(given, str) or not _DATE.fullmatch(given):
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _date_time(_fact: Fact, given: Any, time_zone: str | None) -> DateTime | None:
    """RFC 3339; without an offset in the ruleset's time zone."""
    if not isinstance(given, str) or not _DATE_TIME.fullmatch(given):
        return None
    value = parse_date_time(given)
    if value is None or not isinstance(value.date, date):
        return None
    return DateTime(value.date, value.nanoseconds, time_zone) if value.zone is None else value


def _duration(kind: type[DaysDuration | MonthsDuration]) -> Callable[[Fact, Any, str | None], Any]:
    def read(_fact: Fact, given: Any, _time_zone: str | None) -> DaysDuration | MonthsDuration | None:
        value = parse_duration(given) if isinstance(given, str) else None
        return value if isinstance(value, kind) else None

    return read


_READERS: Final[Mapping[FactKind, Callable[[Fact, Any, str | None], Any]]] = {
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "event": _date,
    "date-time": _date_time,
    "days-duration": _duration(DaysDuration),
    "months-duration": _duration(MonthsDuration),
}
