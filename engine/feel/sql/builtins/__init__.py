"""The built-in functions that SQL has, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engine.feel.sql.builtins import (
    aggregates,
    calendar_days,
    comparing,
    conversions,
    dates,
    lists,
    logic,
    numbers,
    strings,
)
from engine.feel.sql.builtins.model import Emit

__all__ = ["EMITTERS"]

_MODULES: Final = (aggregates, calendar_days, comparing, conversions, dates, lists, logic, numbers, strings)

EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType(
    {name: emit for module in _MODULES for name, emit in module.EMITTERS.items()}
)
"""What writes a call: takes the compiler, the call and its arguments, in the order of the parameters."""
