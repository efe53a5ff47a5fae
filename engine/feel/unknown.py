"""The unknown value: what a missing fact reads as. It is not FEEL's null.

An operation on unknown is unknown, except where the known parts settle it. An unknown carries its causes, so that a
decision can say which facts are missing.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

__all__ = ["Cause", "Unknown", "join", "unknown_in"]


class Cause(Struct, frozen=True, order=True):
    """Why a value is unknown.

    Attributes:
        kind: `fact` (not given), `calendar-date` (outside the calendar's coverage; with an empty path, no calendar),
            `parameter` (no value on the date), `table` (no row covers the case), `arithmetic` (an operation without a
            result).
        path: for a fact its path with list indexes from 0 (`warning_notices[2].sent_on`); for the others the name of
            the calendar, parameter or table, or the place of the operation (`values.ratio:1:5`).
        detail: what more there is to say, never a value of the case except the date of a `calendar-date`, which is the
            first day that the calendar does not cover (other words there say what it lacks altogether).
    """

    kind: str
    path: str
    detail: str = ""


class Unknown:
    """A value that is not known, and why. Unknowns are compared by identity only; their truth is an error."""

    __slots__ = ("causes",)

    def __init__(self, causes: frozenset[Cause]) -> None:
        self.causes: Final = causes

    def __bool__(self) -> bool:
        message = "an unknown value has no truth: test for Unknown first"
        raise TypeError(message)

    def __repr__(self) -> str:
        return f"Unknown({sorted(self.causes)})"


def join(*values: Any) -> Unknown:
    """The unknown that has the causes of every unknown among `values` (others are passed over)."""
    found = [value for value in values if value.__class__ is Unknown]
    if len(found) == 1:
        unknown: Unknown = found[0]
        return unknown
    causes: frozenset[Cause] = frozenset()
    for value in found:
        causes |= value.causes
    return Unknown(causes)


def unknown_in(value: Any) -> Unknown | None:
    """The unknown that makes `value` not wholly known (itself, or anything in its items and entries), or None."""
    if value.__class__ is Unknown:
        unknown: Unknown = value
        return unknown
    inner: list[Unknown] = []
    if isinstance(value, list):
        inner = [found for item in value if (found := unknown_in(item)) is not None]
    elif isinstance(value, dict):
        inner = [found for item in value.values() if (found := unknown_in(item)) is not None]
    return join(*inner) if inner else None
