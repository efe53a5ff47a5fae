"""Errors of the expression language, each with a position in the expression and a way to mend it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FeelBudgetError", "FeelError", "Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an expression's text: offsets `start` (included) to `end` (excluded), counted in characters.

    `line` and `column` are those of `start`, both counted from 1.
    """

    start: int
    end: int
    line: int
    column: int


class FeelError(Exception):
    """An expression that does not parse, or whose types do not fit.

    Attributes:
        code: a stable kebab-case name of the error (`syntax`, `unknown-name`, `type-mismatch`, `may-be-none`, …).
        message: what is wrong, in plain words, without any value of a case.
        span: where in the expression; None when no position is known.
        expected: what would have been accepted there, as short phrases; empty when that says nothing.
        remedy: how to mend it; empty when the message already says so.
    """

    def __init__(
        self, code: str, message: str, span: Span | None = None, *, expected: tuple[str, ...] = (), remedy: str = ""
    ) -> None:
        self.code = code
        self.message = message
        self.span = span
        self.expected = expected
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        where = f"line {self.span.line}, column {self.span.column}: " if self.span else ""
        expected = f" Expected {', '.join(self.expected)}." if self.expected else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{expected}{remedy}"


class FeelBudgetError(Exception):
    """An evaluation that took more steps, or built more, than it was allowed: it is stopped and gives no value."""
