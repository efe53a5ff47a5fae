"""What arithmetic gives by the types of its operands (DMN 1.5, 10.3.2.9), and the parts of dates and durations."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from engine.feel.checking.unify import decimals, number
from engine.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NUMBER,
    STRING,
    TIME,
    RangeType,
    ScalarType,
    Type,
    may_be_none,
)

__all__ = ["binary", "negated", "parts_of"]

_N, _S, _D, _T, _DT = "number", "string", "date", "time", "date and time"
_DAYS, _MONTHS = "days and time duration", "years and months duration"

_RESULTS: Final = MappingProxyType(
    {
        ("+", _S, _S): STRING,
        ("+", _DAYS, _DAYS): DAYS_DURATION,
        ("-", _DAYS, _DAYS): DAYS_DURATION,
        ("+", _MONTHS, _MONTHS): MONTHS_DURATION,
        ("-", _MONTHS, _MONTHS): MONTHS_DURATION,
        ("*", _DAYS, _N): DAYS_DURATION,
        ("*", _N, _DAYS): DAYS_DURATION,
        ("/", _DAYS, _N): DAYS_DURATION,
        ("/", _DAYS, _DAYS): NUMBER,
        ("*", _MONTHS, _N): MONTHS_DURATION,
        ("*", _N, _MONTHS): MONTHS_DURATION,
        ("/", _MONTHS, _N): MONTHS_DURATION,
        ("/", _MONTHS, _MONTHS): NUMBER,
        ("-", _D, _D): DAYS_DURATION,
        ("-", _DT, _DT): DAYS_DURATION,
        ("-", _D, _DT): DAYS_DURATION,
        ("-", _DT, _D): DAYS_DURATION,
        ("-", _T, _T): DAYS_DURATION,
        ("+", _T, _DAYS): TIME,
        ("+", _DAYS, _T): TIME,
        ("-", _T, _DAYS): TIME,
    }
    | {("+", moment, span): type_ for moment, type_ in ((_D, DATE), (_DT, DATE_TIME)) for span in (_DAYS, _MONTHS)}
    | {("+", span, moment): type_ for moment, type_ in ((_D, DATE), (_DT, DATE_TIME)) for span in (_DAYS, _MONTHS)}
    | {("-", moment, span): type_ for moment, type_ in ((_D, DATE), (_DT, DATE_TIME)) for span in (_DAYS, _MONTHS)}
)


def binary(op: str, left: ScalarType, right: ScalarType) -> Type | None:
    """The type of `left op right`, or None when the standard gives it no meaning."""
    if left.name == right.name == _N:
        return number(_places(op, decimals(left), decimals(right)))
    return _RESULTS.get((op, left.name, right.name))


def _places(op: str, left: int | None, right: int | None) -> int | None:
    if left is None or right is None:
        return None
    if op in {"+", "-"}:
        return max(left, right)
    return left + right if op == "*" else None


def negated(operand: ScalarType) -> Type | None:
    """The type of `-operand`, or None when it has no meaning."""
    return operand if operand.name in {_N, _DAYS, _MONTHS} else None


_INTEGER: Final = number(0)
_DATE_PARTS: Final[dict[str, Type]] = {"year": _INTEGER, "month": _INTEGER, "day": _INTEGER, "weekday": _INTEGER}
_TIME_PARTS: Final[dict[str, Type]] = {
    "hour": _INTEGER,
    "minute": _INTEGER,
    "second": NUMBER,
    "time offset": may_be_none(DAYS_DURATION),
    "timezone": may_be_none(STRING),
}
_PARTS: Final[MappingProxyType[str, dict[str, Type]]] = MappingProxyType(
    {
        _D: _DATE_PARTS,
        _T: _TIME_PARTS,
        _DT: _DATE_PARTS | _TIME_PARTS,
        _DAYS: {"days": _INTEGER, "hours": _INTEGER, "minutes": _INTEGER, "seconds": NUMBER},
        _MONTHS: {"years": _INTEGER, "months": _INTEGER},
    }
)


def parts_of(type_: Type) -> dict[str, Type]:
    """What can be read by a path from a value of `type_` that is no context: `date.year`, `range.start`.

    The ends of a range may be none, since it may be open. Empty for a type without parts.
    """
    if isinstance(type_, RangeType):
        end = may_be_none(type_.element)
        return {"start": end, "end": end, "start included": BOOLEAN, "end included": BOOLEAN}
    return dict(_PARTS.get(type_.name, {})) if isinstance(type_, ScalarType) else {}
