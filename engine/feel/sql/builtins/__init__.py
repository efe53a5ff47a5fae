"""The built-in functions that SQL has, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engine.feel.sql.builtins import calendar_days, lists, logic
from engine.feel.sql.builtins.model import Emit

__all__ = ["EMITTERS"]

EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType({**logic.EMITTERS, **lists.EMITTERS, **calendar_days.EMITTERS})
"""What writes a call: takes the compiler, the call and its arguments, in the order of the parameters."""
