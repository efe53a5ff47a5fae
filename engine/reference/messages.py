"""Messages with their paths filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from engine.feel.checked import Checked
from engine.feel.temporal import DateTime
from engine.feel.unknown import Cause, Unknown, unknown_in
from engine.feel.values import text
from engine.rulesets.checked import Message

__all__ = ["NOT_KNOWN", "Filled", "fill", "paths_only"]

NOT_KNOWN: Final = "(not known)"


@dataclass(frozen=True, slots=True)
class Filled:
    """A message as people read it, and why parts of it are not known."""

    text: str
    causes: frozenset[Cause]


def fill(message: Message, evaluate: Callable[[Checked], Any], time_zone: str | None) -> Filled:
    """The message with what `evaluate` says of each of its paths; times in the ruleset's own zone do not name it."""
    words: list[str] = []
    causes: set[Cause] = set()
    for part in message.parts:
        if isinstance(part, str):
            words.append(part)
            continue
        value = evaluate(part.expression)
        words.append(_words(value, part.none, time_zone))
        unknown = unknown_in(value)
        causes |= unknown.causes if unknown is not None else set()
    return Filled("".join(words), frozenset(causes))


def paths_only(message: Message) -> str:
    """The message with the names of its paths in the place of their values: for errors, which carry no facts."""
    return "".join(part if isinstance(part, str) else part.text for part in message.parts)


def _words(value: Any, none: str, time_zone: str | None) -> str:
    if value.__class__ is Unknown:
        return NOT_KNOWN
    if value is None:
        return none
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_words(item, none, time_zone) for item in value)
    if isinstance(value, int | Decimal):
        return _plain(Decimal(value))
    if isinstance(value, DateTime) and value.zone == time_zone:
        value = DateTime(value.date, value.nanoseconds)
    return value.isoformat() if isinstance(value, date) else text(value)


def _plain(number: Decimal) -> str:
    """No exponent, no zeros at the end of a fraction."""
    words = format(number, "f")
    if "." in words:
        words = words.rstrip("0").rstrip(".")
    return "0" if words == "-0" else words
