"""Puts the facts of a scenario together: the usual ones, its own laid over them, some taken out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from engine.rulesets.scalars import exact

__all__ = ["laid_over", "plain", "taken_out"]

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d{1,6})\]")


def plain(value: Any) -> Any:
    """A value as a caller sends it: numbers exact, days as ISO text."""
    match value:
        case Mapping():
            return {str(key): plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [plain(entry) for entry in value]
        case bool() | None:
            return value
        case int() | Decimal():
            return exact(Decimal(value))
        case date():
            return value.isoformat()
        case _:
            return str(value)


def laid_over(usual: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The usual facts with one's own over them: groups are merged, everything else replaces."""
    merged = dict(usual)
    for name, value in own.items():
        before = merged.get(name)
        both = isinstance(value, Mapping) and isinstance(before, Mapping)
        merged[name] = laid_over(before, value) if both and before is not None else value
    return merged


def taken_out(facts: Mapping[str, Any], path: str) -> dict[str, Any] | None:
    """The facts without what stands at `path` (`mark.score`, `notices[0].sent_on`); None when nothing stands there."""
    steps: list[str | int] = [name or int(index) for name, index in _STEP.findall(path)]
    found = _without(facts, steps) if steps else None
    return found if isinstance(found, dict) else None


def _without(value: Any, steps: list[str | int]) -> Any:
    """The value without what the steps lead to; None when they lead nowhere."""
    step, rest = steps[0], steps[1:]
    if isinstance(value, Mapping) and step in value:
        if not rest:
            return {name: entry for name, entry in value.items() if name != step}
        inner = _without(value[step], rest)
        return None if inner is None else {**value, step: inner}
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        if not rest:
            return [*value[:step], *value[step + 1 :]]
        inner = _without(value[step], rest)
        return None if inner is None else [*value[:step], inner, *value[step + 1 :]]
    return None
