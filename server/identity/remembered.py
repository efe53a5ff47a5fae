"""What was verified, remembered for a while: verifying anew at each call would cost as much as deciding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

from server.callers import Caller

__all__ = ["Remembered"]

_MOST: Final = 10_000
"""Callers that are remembered; then all are forgotten."""


class Remembered:
    """Callers, by district, under what they were verified by. Safe to be used by many threads.

    The keys are hashes, so no token stands in memory.

    Args:
        seconds: how long one is remembered.
        now: the clock, in seconds; one that nobody sets.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._found: dict[bytes, tuple[float, Mapping[str, Caller]]] = {}

    def get(self, key: bytes) -> Mapping[str, Caller] | None:
        """The caller, if it is remembered."""
        found = self._found.get(key)
        return None if found is None or found[0] <= self._now() else found[1]

    def add(self, key: bytes, callers: Mapping[str, Caller], valid_seconds: float) -> None:
        """Remembers a caller, for no longer than what it was verified by is valid."""
        if len(self._found) >= _MOST:
            self._found.clear()
        self._found[key] = (self._now() + min(self._seconds, valid_seconds), callers)
