"""Values as people read them in messages."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.feel.unknown import Unknown
from engine.feel.value_text import text

__all__ = ["NOT_KNOWN", "worded"]

NOT_KNOWN = "(not known)"


def worded(value: Any, none: str, open_: list[Unknown]) -> str:
    """How a message says `value`; what is unknown in it is added to `open_`, `none` is what it says for none."""
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
        return ", ".join(worded(item, none, open_) for item in value)
    if kind is date:
        return str(value)
    return str(text(value))
