"""FEEL's values in one place: their classes, their text, what makes two the same, what is unknown in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.feel.decimals import is_number
from engine.feel.kinds import Budget, FunctionValue, entries, entry, is_context, kind_of, limited_depth
from engine.feel.ranges import Range
from engine.feel.run import MAX_ITEMS
from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration, Time, WideDate, is_date, make_date
from engine.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_temporal, parse_time
from engine.feel.unknown import Unknown, join
from engine.feel.value_text import text

__all__ = [
    "Budget",
    "DateTime",
    "DaysDuration",
    "FunctionValue",
    "MonthsDuration",
    "Range",
    "Time",
    "WideDate",
    "entries",
    "entry",
    "is_context",
    "is_date",
    "is_number",
    "key",
    "keys",
    "kind_of",
    "limited_depth",
    "make_date",
    "parse_date",
    "parse_date_time",
    "parse_duration",
    "parse_temporal",
    "parse_time",
    "text",
    "unknown_within",
]


def key(value: Any) -> Any:
    """Something hashable that two known values share exactly when they are equal (`a = b` is true).

    Raises:
        FeelBudgetError: when the value has too many parts.
    """
    return keys((value,))[0]


@limited_depth
def keys(values: Iterable[Any]) -> list[Any]:
    """The `key` of each value.

    Raises:
        FeelBudgetError: when the values have too many parts together.
    """
    budget = Budget(10 * MAX_ITEMS)
    return [_key(value, budget) for value in values]


def _key(value: Any, budget: Budget) -> Any:
    kind = kind_of(value)
    budget.spend()
    if kind == "list":
        return kind, tuple(_key(item, budget) for item in value)
    if kind == "context":
        return kind, frozenset((name, _key(item, budget)) for name, item in entries(value).items())
    if kind == "range":
        return kind, _key(value.low, budget), value.low_included, _key(value.high, budget), value.high_included
    if kind in {"time", "date and time"}:
        return kind, value.order_key()
    return kind, value


def unknown_within(*values: Any) -> Unknown | None:
    """The unknown with the causes of all unknowns in `values` and their parts; None when everything is known.

    A list or context that occurs many times is looked at once.
    """
    found: list[Unknown] = []
    seen: set[int] = set()
    waiting: list[Any] = list(values)
    while waiting:
        value = waiting.pop()
        kind = value.__class__
        if kind is Unknown:
            found.append(value)
        elif (parts := _parts(value)) and id(value) not in seen:
            seen.add(id(value))
            waiting.extend(parts)
    return join(*found) if found else None


def _parts(value: Any) -> Iterable[Any]:
    kind = value.__class__
    if kind is list:
        return list(value)
    if kind is Range:
        return (value.low, value.high)
    if kind is dict or hasattr(kind, "__struct_fields__"):
        return tuple(entries(value).values())
    return ()
