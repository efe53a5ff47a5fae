r"""XPath's regular expressions, which the standard asks for, written for RE2.

RE2 takes linear time; in exchange it has no back-references. Where the two notations differ the pattern is rewritten:
the classes `\d \w \s \i \c` mean Unicode, `.` leaves out line ends, `[a-z-[aeiou]]` takes a class out of a class,
`\p{IsGreek}` names a block, and the flag x drops white space also within `\p{…}`. What XPath does not have (`\b`,
`(?i)`, `[[:alpha:]]`) is refused, although RE2 does.

One difference is left: with the flag m, `^` also matches behind a line end that is the last character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, TypeAlias

import re2

from engine.feel.builtins.blocks import BLOCKS, NAME_CHARACTERS, NAME_STARTS, category_ranges

__all__ = ["compiled"]

_Ranges: TypeAlias = tuple[tuple[int, int], ...]

_LAST: Final = 0x10FFFF
_MAX_PATTERN: Final = 10_000
_SPACE: Final = frozenset("\t\n\r ")
_SINGLE: Final = {"n": "\n", "r": "\r", "t": "\t"}
_LITERAL: Final = frozenset("\\|.-^?*+{}()[]$")
_CLASSES: Final = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "w": r"\pL\pM\pN\pS",
    "s": r" \t\n\r",
}
_CATEGORY: Final = re.compile(r"(?:L[ulmot]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfo]?)")


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    """The pattern is not one that XPath and RE2 both have."""


@lru_cache(maxsize=512)
def compiled(pattern: str, flags: str) -> Any:
    """The RE2 expression of an XPath pattern, or None when it is refused.

    Args:
        pattern: the pattern.
        flags: any of `i` (upper and lower case are the same), `s` (`.` matches line ends), `m` (`^` and `$` match at
            line ends), `x` (white space in the pattern means nothing, except in classes), each at most as often as
            the caller likes.
    """
    if not set(flags) <= set("ismx") or len(pattern) > _MAX_PATTERN:
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        prefix = "".join(flag for flag in "im" if flag in flags)
        translated = _Translation(pattern, flags).run()
        return re2.compile(f"(?{prefix}){translated}" if prefix else translated, options)
    except (_Refused, re2.error, UnicodeEncodeError):
        return None


class _Translation:
    """One pass over a pattern."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._text = pattern
        self._place = 0
        self._dot = r"(?s:.)" if "s" in flags else r"[^\n\r]"
        self._spaced = "x" in flags

    def run(self) -> str:
        out: list[str] = []
        while self._place < len(self._text):
            character = self._next()
            if character == "\\":
                out.append(self._escape())
            elif character == "[":
                out.append(self._whole_class())
            elif character == ".":
                out.append(self._dot)
            elif character == "(" and self._peek() == "?" and self._text[self._place + 1 : self._place + 2] != ":":
                raise _Refused
            elif not (self._spaced and character in _SPACE):
                out.append(character)
        return "".join(out)

    def _peek(self) -> str:
        return self._text[self._place : self._place + 1]

    def _next(self) -> str:
        if self._place >= len(self._text):
            raise _Refused
        self._place += 1
        return self._text[self._place - 1]

    def _escape(self) -> str:
        """What follows a backslash outside of a class."""
        while self._spaced and self._peek() in _SPACE and self._peek():
            self._place += 1
        letter = self._next()
        if letter in _CLASSES:
            return f"[{_CLASSES[letter]}]"
        if letter == "W":
            return rf"[^{_CLASSES['w']}]"
        if letter == "S":
            return rf"[^{_CLASSES['s']}]"
        if letter in {"i", "I", "c", "C"}:
            return _written(_named(letter))
        if letter in {"p", "P"}:
            return self._property(letter)
        return re2.escape(self._character(letter)) if letter not in _SINGLE else f"\\{letter}"

    def _character(self, letter: str) -> str:
        """The one character that an escape stands for."""
        if letter in _SINGLE:
            return _SINGLE[letter]
        if letter not in _LITERAL:
            raise _Refused
        return letter

    def _property_name(self) -> str:
        if self._next() != "{":
            raise _Refused
        end = self._text.find("}", self._place)
        if end < 0:
            raise _Refused
        name = self._text[self._place : end]
        self._place = end + 1
        return "".join(name.split()) if self._spaced else name

    def _property(self, letter: str) -> str:
        name = self._property_name()
        if _CATEGORY.fullmatch(name):
            return f"\\{letter}{{{name}}}"
        return _written(_complement(_block(name)) if letter == "P" else _block(name))

    def _whole_class(self) -> str:
        """A class, behind its opening bracket.

        A negated one stays negated, so that the flag i leaves out both cases of what it names.
        """
        negated = self._peek() == "^"
        self._place += negated
        own, taken_out = self._class(0)
        if negated and not taken_out:
            return _written(own).replace("[", "[^", 1) if own else self._dot
        return _written(_without(_complement(own) if negated else own, taken_out))

    def _class(self, depth: int) -> tuple[_Ranges, _Ranges]:
        """The characters that a class names up to its end, and those of the class that is taken out of it."""
        if depth > 20:
            raise _Refused
        ranges: list[tuple[int, int]] = []
        taken_out: _Ranges = ()
        first = True
        while True:
            character = self._next()
            if character == "]" and not first:
                break
            if character == "-" and self._peek() == "[" and not first:
                self._place += 1
                taken_out = self._inner_class(depth + 1)
                if self._next() != "]":
                    raise _Refused
                break
            if character in "[]":
                raise _Refused
            ranges.extend(self._class_part(character))
            first = False
        return _merged(ranges), taken_out

    def _inner_class(self, depth: int) -> _Ranges:
        """A class that is taken out of another, behind its opening bracket."""
        negated = self._peek() == "^"
        self._place += negated
        own, taken_out = self._class(depth)
        return _without(_complement(own) if negated else own, taken_out)

    def _class_part(self, character: str) -> _Ranges:
        """One character, range or escape of a class."""
        if character == "\\":
            letter = self._next()
            if letter in {"p", "P"}:
                name = self._property_name()
                ranges = category_ranges(name) if _CATEGORY.fullmatch(name) else _block(name)
                return _complement(ranges) if letter == "P" else ranges
            if letter in "dDwWsSiIcC":
                return _named(letter)
            character = self._character(letter)
        following = self._text[self._place + 1 : self._place + 2]
        if self._peek() != "-" or following in {"[", "]", ""}:
            return ((ord(character), ord(character)),)
        self._place += 1
        end = self._next()
        if end == "\\":
            end = self._character(self._next())
        if end < character:
            raise _Refused
        return ((ord(character), ord(end)),)


def _block(name: str) -> _Ranges:
    if name.removeprefix("Is") not in BLOCKS or not name.startswith("Is"):
        raise _Refused
    return (BLOCKS[name.removeprefix("Is")],)


def _named(letter: str) -> _Ranges:
    ranges: Iterable[tuple[int, int]]
    match letter.lower():
        case "d":
            ranges = category_ranges("Nd")
        case "w":
            ranges = (pair for name in "LMNS" for pair in category_ranges(name))
        case "s":
            ranges = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
        case "i":
            ranges = NAME_STARTS
        case _:
            ranges = NAME_CHARACTERS
    return _complement(ranges) if letter.isupper() else _merged(ranges)


def _merged(ranges: Iterable[tuple[int, int]]) -> _Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def _complement(ranges: Iterable[tuple[int, int]]) -> _Ranges:
    gaps: list[tuple[int, int]] = []
    start = 0
    for low, high in _merged(ranges):
        if low > start:
            gaps.append((start, low - 1))
        start = high + 1
    return (*gaps, (start, _LAST)) if start <= _LAST else tuple(gaps)


def _without(ranges: _Ranges, taken_out: _Ranges) -> _Ranges:
    return ranges if not taken_out else _complement((*_complement(ranges), *taken_out))


def _written(ranges: _Ranges) -> str:
    """A class of RE2; one without characters matches nothing."""
    if not ranges:
        return r"[^\x{0}-\x{10FFFF}]"
    return "[" + "".join(f"\\x{{{low:X}}}-\\x{{{high:X}}}" for low, high in ranges) + "]"
