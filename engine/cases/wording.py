"""Values as people read them in messages."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.feel.temporal import DateTime
from engine.feel.unknown import Unknown
from engine.feel.value_text import text

__all__ = ["NOT_KNOWN", "worded"]

NOT_KNOWN = "(not known)"


def worded(value: Any, none: str, open_: list[Unknown], time_zone: str | None = None) -> str:
    """How a message says `value`; what is unknown in it is added to `open_`.

    Args:
        value: the value.
        none: what the message says for none.
        open_: takes what is unknown.
        time_zone: the ruleset's own: a date and time in it is said without a zone.
    """
    kind = value.__class__
    if kind is str:
        found: str = value
        return found
    if kind is Unknown:
        open_.append(value)
        return NOT_KNOWN
    if value is None:
        return none
    if kind is bool:
        return "yes" if value else "no"
    if kind is list:
        return ", ".join(worded(item, none, open_, time_zone) for item in value)
    if kind is int or kind is date:
        return str(value)
    if kind is DateTime and value.zone == time_zone:
        return str(text(DateTime(value.date, value.nanoseconds)))
    return str(text(value))
