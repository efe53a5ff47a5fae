"""Calls whose message has not come yet: each counts as one in flight, so a caller that never sends it is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from time import monotonic
from typing import Final, Protocol

__all__ = ["Waiting"]

_LOOK_EVERY_SECONDS: Final = 0.25


class _Call(Protocol):
    """What can be cut off."""

    def cancel(self) -> object:
        """Ends the call."""

    def __hash__(self) -> int: ...


class Waiting:
    """Cuts off callers that open a call and do not send its message.

    Args:
        most_seconds: how long a message may take to come.
        many: so many calls waiting at a time are too many; then none may wait for longer than a moment, so that those
            who send what they announce find a thread.
    """

    def __init__(self, most_seconds: float, many: int) -> None:
        self._most_seconds = most_seconds
        self._many = many
        self._since: dict[_Call, float] = {}
        self._stop = Event()
        self._thread = Thread(target=self._watch, name="waiting", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the looking."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def awaited(self, messages: Iterator[bytes], call: _Call) -> bytes:
        """The message of a call, as soon as it has come.

        Raises:
            StopIteration: when the call is over without one.
        """
        self.begin(call)
        try:
            return next(messages)
        finally:
            self.end(call)

    def begin(self, call: _Call) -> None:
        """The call waits for its message."""
        self._since[call] = monotonic()

    def end(self, call: _Call) -> None:
        """Its message has come, or the call is over."""
        self._since.pop(call, None)

    def cut_off(self, now: float) -> None:
        """Cuts off those that have waited for too long."""
        patience = self._most_seconds if len(self._since) < self._many else _LOOK_EVERY_SECONDS
        for call, since in list(self._since.items()):
            if now - since > patience:
                call.cancel()

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_EVERY_SECONDS):
            if self._since:
                self.cut_off(monotonic())
