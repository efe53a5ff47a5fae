"""`instance of`, and the value of a range literal."""

from __future__ import annotations

from typing import Any, Final

from engine.feel.comparisons import conj, less_equal
from engine.feel.syntax import TypeName
from engine.feel.unknown import Unknown
from engine.feel.values import FunctionValue, Range, entries, is_context, kind_of, limited_depth

__all__ = ["OPEN", "is_instance", "make_range"]


class _Open:
    """The type of `OPEN`."""

    __slots__ = ()


OPEN: Final = _Open()
"""The end of a range literal that is missing (`>= 5` as a value), not null."""

_ORDERED: Final = frozenset(
    {"number", "string", "date", "time", "date and time", "days and time duration", "years and months duration"}
)
_OTHER_NAMES: Final = {
    "day and time duration": "days and time duration",
    "year and month duration": "years and months duration",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


def make_range(low: Any, low_included: bool, high: Any, high_included: bool) -> Any:  # noqa: FBT001 - in the order of a range
    """The range from `low` to `high`; null when an end is null, has no order, or is of another kind than the other.

    `OPEN` stands for a missing end. Unknown ends stay in the range, since a known one can settle what it contains.
    """
    ends = [end for end in (low, high) if end is not OPEN]
    known = {kind_of(end) for end in ends if end.__class__ is not Unknown}
    if not ends or len(known) > 1 or not known <= _ORDERED or (len(ends) > 1 and less_equal(low, high) is None):
        return None
    return Range(
        None if low is OPEN else low,
        low_included and low is not OPEN,
        None if high is OPEN else high,
        high_included and high is not OPEN,
    )


@limited_depth
def is_instance(value: Any, type_: TypeName) -> Any:
    """`value instance of type_`: null is an instance of no type, an unknown value is unknown.

    Within lists, contexts and ranges null conforms to every type. A type that the standard does not name has no
    instances, since declared types are not known here.
    """
    return False if value is None else _conforms(value, type_)


def _conforms(value: Any, type_: TypeName) -> Any:
    if value.__class__ is Unknown:
        return value
    if type_.name == "Any" or value is None:
        return True
    kind = kind_of(value)
    if type_.name == "list":
        inner = type_.arguments[0] if type_.arguments else None
        return kind == "list" and (inner is None or conj(*(_conforms(item, inner) for item in value)))
    if type_.name == "range":
        inner = type_.arguments[0] if type_.arguments else None
        return kind == "range" and (inner is None or conj(_conforms(value.low, inner), _conforms(value.high, inner)))
    if type_.name == "context":
        return is_context(value) and _context_conforms(value, type_)
    if type_.name == "function":
        return isinstance(value, FunctionValue) and len(value.parameters) == len(type_.arguments)
    return kind == _OTHER_NAMES.get(type_.name, type_.name)


def _context_conforms(value: Any, type_: TypeName) -> Any:
    have = entries(value)
    if not set(type_.keys) <= have.keys():
        return False
    return conj(*(_conforms(have[name], inner) for name, inner in zip(type_.keys, type_.arguments, strict=True)))
