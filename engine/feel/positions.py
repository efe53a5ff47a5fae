"""Where things stand in an expression's text, and how large it may be."""

from __future__ import annotations

import re
from bisect import bisect_right

from engine.feel.errors import FeelError, Span

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "Positions", "too_deep", "too_long"]

MAX_LENGTH = 20_000
"""Characters that an expression may have."""

MAX_DEPTH = 60
"""How deep brackets, and the parts of an expression, may be nested."""

_REMEDY = "Give parts of it names of their own."


class Positions:
    """Turns offsets into spans with line and column.

    `line` and `column` are where the text starts in its document; lines after the first start in column 1.
    """

    def __init__(self, text: str, line: int = 1, column: int = 1) -> None:
        self._starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
        self._line = line
        self._column = column

    def span(self, start: int, end: int) -> Span:
        """The stretch from `start` (included) to `end` (excluded)."""
        row = bisect_right(self._starts, start) - 1
        column = start - self._starts[row] + (self._column if row == 0 else 1)
        return Span(start, end, self._line + row, column)


def too_deep(span: Span) -> FeelError:
    """The error of an expression that is nested more than MAX_DEPTH levels deep at `span`."""
    message = f"The expression is nested more than {MAX_DEPTH} levels deep."
    return FeelError("too-deep", message, span, remedy=_REMEDY)


def too_long(span: Span) -> FeelError:
    """The error of an expression of more than MAX_LENGTH characters."""
    message = f"The expression is longer than {MAX_LENGTH:,} characters."
    return FeelError("too-long", message, span, remedy=_REMEDY)
