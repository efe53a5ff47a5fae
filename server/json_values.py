"""Values of expressions as JSON text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec

from engine.feel.value_text import text
from engine.feel.values import entries, is_context

__all__ = ["json_bytes", "json_text"]

_encode: Final = msgspec.json.Encoder(decimal_format="number").encode
_PLAIN: Final = frozenset({str, int, bool, Decimal, date, type(None)})


def json_text(value: Any) -> str:
    """A value, or results by name, as JSON text: dates, times and durations as their text, decimals as numbers."""
    return json_bytes(value).decode()


def json_bytes(value: Any) -> bytes:
    """As `json_text`, in UTF-8."""
    return _encode(_ready(value))


def _ready(value: Any) -> Any:
    """The value in what JSON has; msgspec would write times and durations field by field."""
    if value.__class__ in _PLAIN:
        return value
    if value.__class__ is list:
        return [_ready(item) for item in value]
    if is_context(value):
        return {name: _ready(item) for name, item in entries(value).items()}
    if hasattr(value, "items"):
        return {name: _ready(item) for name, item in value.items()}
    return text(value)
