"""The values of FEEL at run time: their kinds, their entries, what makes two the same, and their text.

null is None, booleans are bool, numbers int or Decimal, strings str, lists list. A context is a dict, or a msgspec
structure where the facts of a case are meant. The other values are classes of this package.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import wraps
from types import MappingProxyType
from typing import Any, Final, ParamSpec, TypeVar

from engine.feel.decimals import is_number, number_text
from engine.feel.errors import FeelBudgetError
from engine.feel.ranges import Range
from engine.feel.run import MAX_ITEMS, MAX_TEXT
from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration, Time, WideDate, is_date, make_date
from engine.feel.temporal_text import (
    date_text,
    date_time_text,
    days_text,
    months_text,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_temporal,
    parse_time,
    time_text,
)
from engine.feel.unknown import Unknown, join

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


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue:
    """A function: the names of its parameters, and what to call with one value for each."""

    parameters: tuple[str, ...]
    call: Callable[..., Any]


_KINDS: Final[Mapping[type, str]] = MappingProxyType(
    {
        type(None): "null",
        bool: "boolean",
        int: "number",
        Decimal: "number",
        str: "string",
        date: "date",
        WideDate: "date",
        Time: "time",
        DateTime: "date and time",
        DaysDuration: "days and time duration",
        MonthsDuration: "years and months duration",
        list: "list",
        dict: "context",
        Range: "range",
        FunctionValue: "function",
        Unknown: "unknown",
    }
)

_SIMPLE_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]*")


def kind_of(value: Any) -> str:
    """The name of a value's type, without its parts: `number`, `date and time`, `list`, `unknown`, …"""
    found = _KINDS.get(value.__class__)
    if found is not None:
        return found
    return "context" if is_context(value) else "other"


def is_context(value: Any) -> bool:
    """Whether `value` is a context: a dict, or a msgspec structure."""
    return value.__class__ is dict or hasattr(value.__class__, "__struct_fields__")


def entries(context: Any) -> Mapping[str, Any]:
    """The entries of a context by their names."""
    if isinstance(context, dict):
        return context
    return {name: getattr(context, name) for name in context.__struct_fields__}


def entry(context: Any, name: str) -> Any:
    """The entry `name` of a context; None when it has none, or is no context."""
    if isinstance(context, dict):
        return context.get(name)
    return getattr(context, name) if name in getattr(context.__class__, "__struct_fields__", ()) else None


_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def limited_depth(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """The same function, which stops the evaluation (FeelBudgetError) when values are nested too deep for it."""

    @wraps(function)
    def limited(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except RecursionError:
            raise FeelBudgetError("a value is nested too deep") from None

    return limited


class Budget:
    """How many more values one operation may look at; looking at more stops the evaluation."""

    __slots__ = ("left",)

    def __init__(self, left: int = MAX_ITEMS) -> None:
        self.left = left

    def spend(self, amount: int = 1) -> None:
        """Takes `amount` off what is left.

        Raises:
            FeelBudgetError: when nothing is left.
        """
        self.left -= amount
        if self.left < 0:
            raise FeelBudgetError("one operation looks at more values than it may")


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


@limited_depth
def text(value: Any) -> str:
    """The text of a known value, as `string(value)` gives it.

    A string is itself; within lists and contexts strings are quoted and dates, times and durations are written as
    literals (`[1, "a", @"2018-08-03"]`), so that the text can be read back.

    Raises:
        FeelBudgetError: when the text is longer than a string may be.
    """
    if value.__class__ is str:
        return str(value)
    pieces: list[str] = []
    _write(value, pieces, Budget(MAX_TEXT), nested=False)
    return "".join(pieces)


def _write(value: Any, pieces: list[str], budget: Budget, *, nested: bool) -> None:
    kind = kind_of(value)
    if kind == "list":
        _write_items(value, pieces, budget)
    elif kind == "context":
        _write_entries(entries(value), pieces, budget)
    elif kind == "range":
        pieces.append("[" if value.low_included else "(")
        _write(value.low, pieces, budget, nested=True)
        pieces.append("..")
        _write(value.high, pieces, budget, nested=True)
        pieces.append("]" if value.high_included else ")")
    else:
        pieces.append(_scalar(value, kind, nested=nested))
        budget.spend(len(pieces[-1]))


def _write_items(items: list[Any], pieces: list[str], budget: Budget) -> None:
    pieces.append("[")
    for place, item in enumerate(items):
        if place:
            pieces.append(", ")
        budget.spend(2)
        _write(item, pieces, budget, nested=True)
    pieces.append("]")


def _write_entries(items: Mapping[str, Any], pieces: list[str], budget: Budget) -> None:
    pieces.append("{")
    for place, (name, item) in enumerate(items.items()):
        written = name if _SIMPLE_KEY.fullmatch(name) else _quoted(name)
        pieces.append(f"{', ' if place else ''}{written}: ")
        budget.spend(len(pieces[-1]))
        _write(item, pieces, budget, nested=True)
    pieces.append("}")


_TEXTS: Final[Mapping[str, Callable[[Any], str]]] = MappingProxyType(
    {
        "null": lambda _: "null",
        "boolean": lambda value: "true" if value else "false",
        "number": number_text,
        "date": date_text,
        "time": time_text,
        "date and time": date_time_text,
        "days and time duration": days_text,
        "years and months duration": months_text,
        "function": lambda value: f"function({', '.join(value.parameters)})",
    }
)
_LITERALS: Final = frozenset(
    {"date", "time", "date and time", "days and time duration", "years and months duration"},
)


def _scalar(value: Any, kind: str, *, nested: bool) -> str:
    if kind == "string":
        return _quoted(value) if nested else str(value)
    written = _TEXTS[kind](value)
    return f'@"{written}"' if nested and kind in _LITERALS else written


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return '"' + escaped.replace("\t", "\\t") + '"'
