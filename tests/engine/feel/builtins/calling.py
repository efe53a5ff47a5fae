"""Calling built-ins as an expression does."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.calendars import Calendar
from engine.feel import builtins
from engine.feel.builtins import Builtin
from engine.feel.run import Run
from engine.feel.unknown import Cause, Unknown

__all__ = ["AS_OF", "builtin", "called", "causes", "unknown"]

AS_OF = date(2018, 8, 3)


def builtin(name: str) -> Builtin:
    """The built-in of that name."""
    found = builtins.get(name)
    assert found is not None
    return found


def called(name: str, *arguments: Any, calendar: Calendar | None = None) -> Any:
    """What a built-in gives for arguments in their order."""
    return builtins.invoke(builtin(name), Run(AS_OF, calendar), arguments)


def unknown(path: str) -> Unknown:
    """The value of a fact that was left out."""
    return Unknown(frozenset({Cause("fact", path)}))


def causes(value: Any) -> set[str]:
    """The facts that make a value unknown."""
    assert value.__class__ is Unknown
    return {cause.path for cause in value.causes}
