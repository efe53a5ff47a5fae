"""Where in a file a character of a value stands: YAML folds lines, strips indentation and has escapes."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

__all__ = ["Lines", "Position", "Written"]

_BREAKS = re.compile(r"\r\n|\n|\r")
_WHITE = " \t\r\n"
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r\n|[\s\S])")
_BLANK_ESCAPES = frozenset(("\\n", "\\r", "\\t", "\\\t", "\\ ", "\\\n", "\\\r", "\\\r\n"))
_BLANK_CODES = frozenset((0x09, 0x0A, 0x0D, 0x20))


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column are counted from 1."""

    line: int
    column: int


class Lines:
    """The lines of a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _BREAKS.finditer(text))]

    def position(self, index: int) -> Position:
        """The place of the character at `index`."""
        line = bisect_right(self._starts, index)
        return Position(line, index - self._starts[line - 1] + 1)


@dataclass(frozen=True)
class Written:
    """How a single value was written.

    Attributes:
        text: the whole file.
        start, end: where the value stands in it, quotes and block headers within.
        style: `|`, `>`, `'`, `"`, or empty for a plain one.
        value: what it says.
    """

    text: str
    start: int
    end: int
    style: str
    value: str

    def index(self, offset: int) -> int:
        """The index in the file of the character of the value at `offset` (its length: just after the last).

        White space is not kept one to one, so a blank stands where the next visible character does.
        """
        visible = self._visible
        if not visible:
            return self.start
        before = self._before[min(offset, len(self.value))]
        if offset < len(self.value) and before < len(visible):
            return visible[before][0]
        last, width = visible[min(before, len(visible)) - 1]
        return last + width

    @cached_property
    def _before(self) -> list[int]:
        """How many characters before each offset of the value are not white space."""
        return list(accumulate((character not in _WHITE for character in self.value), initial=0))

    @cached_property
    def _visible(self) -> list[tuple[int, int]]:
        """Index and width in the file of every character of the value that is not white space."""
        match self.style:
            case "|" | ">":
                header = _BREAKS.search(self.text, self.start, self.end)
                return self._plain(header.end() if header else self.end, self.end)
            case '"':
                return self._double_quoted()
            case "'":
                return self._single_quoted()
            case _:
                return self._plain(self.start, self.end)

    def _plain(self, start: int, end: int) -> list[tuple[int, int]]:
        return [(index, 1) for index in range(start, end) if self.text[index] not in _WHITE]

    def _single_quoted(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        index = self.start + 1
        while index < self.end - 1:
            width = 2 if self.text.startswith("''", index) else 1
            if self.text[index] not in _WHITE:
                found.append((index, width))
            index += width
        return found

    def _double_quoted(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        index = self.start + 1
        while index < self.end - 1:
            escape = _ESCAPE.match(self.text, index)
            width = len(escape[0]) if escape else 1
            blank = _blank(escape[0]) if escape else self.text[index] in _WHITE
            if not blank:
                found.append((index, width))
            index += width
        return found


def _blank(escape: str) -> bool:
    digits = escape[2:]
    return escape in _BLANK_ESCAPES or (bool(digits.strip()) and int(digits, 16) in _BLANK_CODES)
