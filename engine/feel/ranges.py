"""FEEL's ranges (intervals)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Range"]


@dataclass(frozen=True, slots=True)
class Range:
    """A range. An end that is None is open: there is no bound on that side, and it counts as not included."""

    low: Any
    low_included: bool
    high: Any
    high_included: bool
