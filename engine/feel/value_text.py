"""The text of FEEL's values, as `string(value)` gives it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.feel.decimals import number_text
from engine.feel.kinds import Budget, entries, kind_of, limited_depth
from engine.feel.run import MAX_TEXT
from engine.feel.temporal_text import date_text, date_time_text, days_text, months_text, time_text

__all__ = ["text"]

_SIMPLE_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]*")


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
