"""Results as JSON text in a column, and back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration, Time, WideDate
from engine.feel.types import ListType, ScalarType, Type
from engine.feel.value_text import text
from engine.feel.values import parse_date, parse_date_time, parse_duration, parse_time

__all__ = ["number_json", "results_of", "results_text"]

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode
_TEMPORAL: Final = frozenset({WideDate, Time, DateTime, DaysDuration, MonthsDuration})
_WORD: Final = 2**63

_READERS: Final = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_time,
    "days and time duration": parse_duration,
    "years and months duration": parse_duration,
}


def results_text(results: Mapping[str, Any]) -> str:
    """Results by name as JSON text, in their order.

    Numbers are written exactly, without exponent and without zeros at the end of a fraction; dates, times and durations
    as their text.
    """
    if not results:
        return "{}"
    return _encode({name: _ready(value) for name, value in results.items()}).decode()


def _ready(value: Any) -> Any:
    """The value with its numbers, times and durations written out; JSON's writer knows plain dates."""
    if value.__class__ is Decimal or (value.__class__ is int and not -_WORD <= value < _WORD):
        return msgspec.Raw(number_json(value).encode())
    if value.__class__ in _TEMPORAL:
        return text(value)
    if value.__class__ is list:
        return [_ready(item) for item in value]
    if value.__class__ is dict:
        return {name: _ready(item) for name, item in value.items()}
    return value


def number_json(value: int | Decimal) -> str:
    """All digits of a number: no exponent, no zeros at the end of a fraction, no minus before zero."""
    if value.__class__ is int:
        return str(value)
    written = format(value, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def results_of(written: str, types: Mapping[str, Type]) -> dict[str, Any]:
    """The results that `results_text` wrote.

    Args:
        written: the JSON text.
        types: the declared types of the results, by name.
    """
    return {name: _read(value, types[name]) for name, value in _decode(written).items()}


def _read(value: Any, type_: Type) -> Any:
    if isinstance(value, list):
        element = type_.element if isinstance(type_, ListType) else type_
        return [_read(item, element) for item in value]
    if isinstance(type_, ListType):  # one item of a result that unites what the rules set
        return _read(value, type_.element)
    reader = _READERS.get(type_.name) if isinstance(type_, ScalarType) else None
    return reader(value) if reader is not None and isinstance(value, str) else value
