"""FEEL's operators (DMN 1.5, chapter 10.3.2), in one place, on values that may be unknown.

An operand that the standard gives no result for makes it null; an unknown one makes it unknown, unless the known
operands settle it.
"""

from __future__ import annotations

from typing import Any

from engine.feel.arithmetic import add, divide, multiply, negate, power, subtract
from engine.feel.comparisons import (
    between,
    conj,
    contains,
    disj,
    equal,
    greater,
    greater_equal,
    in_test,
    less,
    less_equal,
    negation,
    not_equal,
)
from engine.feel.instances import OPEN, is_instance, make_range
from engine.feel.temporal_arithmetic import temporal_part
from engine.feel.unknown import Unknown
from engine.feel.values import Range, is_context, limited_depth
from engine.feel.values import entry as context_entry

__all__ = [
    "OPEN",
    "add",
    "between",
    "conj",
    "contains",
    "disj",
    "divide",
    "entry",
    "equal",
    "greater",
    "greater_equal",
    "in_test",
    "is_instance",
    "less",
    "less_equal",
    "make_range",
    "multiply",
    "negate",
    "negation",
    "not_equal",
    "power",
    "subtract",
]


def entry(value: Any, name: str) -> Any:
    """`value.name`: an entry of a context, a part of a date, time, duration or range, or those of a list's items.

    Null when there is none.
    """
    if value.__class__ is dict:
        return value.get(name)
    if value.__class__ is Unknown:
        return value
    if value.__class__ is list:
        return _entries(value, name)
    if value.__class__ is Range:
        return {
            "start": value.low,
            "end": value.high,
            "start included": value.low_included,
            "end included": value.high_included,
        }.get(name)
    return context_entry(value, name) if is_context(value) else temporal_part(value, name)


@limited_depth
def _entries(items: list[Any], name: str) -> list[Any]:
    return [entry(item, name) for item in items]
