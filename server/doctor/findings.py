"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "State", "good", "warning", "wrong"]


class State(StrEnum):
    """How grave a finding is."""

    OK = "ok"
    WARNING = "warning"
    """The server starts and serves, but somebody should look at it."""
    WRONG = "wrong"
    """The server does not start, or does not do what it is there for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: what was looked at, in a word or two: `database`, `disk of the database`.
        state: how grave it is.
        found: what was found, a sentence without its full stop. Never a secret, never a fact.
        remedy: what to do; empty where nothing is to be done.
    """

    subject: str
    state: State
    found: str
    remedy: str = ""


def good(subject: str, found: str) -> Finding:
    """Nothing is to be done."""
    return Finding(subject, State.OK, found)


def warning(subject: str, found: str, remedy: str) -> Finding:
    """Somebody should look at it."""
    return Finding(subject, State.WARNING, found, remedy)


def wrong(subject: str, found: str, remedy: str) -> Finding:
    """It must be mended."""
    return Finding(subject, State.WRONG, found, remedy)
