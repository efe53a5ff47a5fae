"""The symbols of FEEL, and what is said of characters that begin no token."""

from __future__ import annotations

import re
from typing import Final

from engine.feel.errors import FeelError
from engine.feel.positions import Positions

__all__ = ["symbol_at", "unreadable"]

_SYMBOLS: Final = {
    "**": "POWER",
    "..": "DOTS",
    "<=": "COMPARE",
    ">=": "COMPARE",
    "!=": "COMPARE",
    "=": "COMPARE",
    "<": "COMPARE",
    ">": "COMPARE",
    "+": "ADD",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    ".": "DOT",
    ",": "COMMA",
    ":": "COLON",
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "{": "LBRACE",
    "}": "RBRACE",
}
_FOREIGN: Final = {
    "==": "Write `=`.",
    "<>": "Write `!=`.",
    "&&": "Write `and`.",
    "||": "Write `or`.",
    "!": "Write `not(…)`, or `!=` for “is not equal to”.",
    "'": 'Write strings between double quotes: "…".',
    "“": 'Write strings between straight double quotes: "…".',
    "”": 'Write strings between straight double quotes: "…".',
    "≤": "Write `<=`.",
    "≥": "Write `>=`.",
    "≠": "Write `!=`.",
    "–": "Write `-`.",
    "…": "Write `..`.",
}
_SYMBOL = re.compile("|".join(map(re.escape, sorted(_SYMBOLS, key=len, reverse=True))))
_FOREIGN_SYMBOL = re.compile("|".join(map(re.escape, sorted(_FOREIGN, key=len, reverse=True))))


def symbol_at(text: str, at: int) -> tuple[str, int] | None:
    """The kind of the symbol that stands at `at`, and where it ends; None where there is none."""
    if text.startswith("/*", at) or _foreign_at(text, at):
        return None
    found = _SYMBOL.match(text, at)
    return (_SYMBOLS[found[0]], found.end()) if found else None


def unreadable(text: str, at: int, positions: Positions) -> FeelError:
    """What is wrong with the characters at `at`, which begin no token: `syntax`."""
    if found := _foreign_at(text, at):
        span = positions.span(found.start(), found.end())
        message = f"`{found[0]}` has no meaning in an expression."
        return FeelError("syntax", message, span, remedy=_FOREIGN[found[0]])
    span = positions.span(at, at + 1)
    if text[at] in '"@':
        return FeelError("syntax", "A string is not closed.", span, expected=('`"`',))
    if text.startswith("/*", at):
        return FeelError("syntax", "A comment is not closed.", span, expected=("`*/`",))
    return FeelError("syntax", f"The character {text[at]!r} has no meaning in an expression.", span)


def _foreign_at(text: str, at: int) -> re.Match[str] | None:
    """A symbol of other languages."""
    return None if text.startswith("!=", at) else _FOREIGN_SYMBOL.match(text, at)
