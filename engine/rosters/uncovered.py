"""What SQL does not cover of a ruleset."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Uncovered"]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A construct that has no SQL, so that a ruleset's rosters are decided case by case: slower, the same decisions.

    Attributes:
        expression: where it stands in the ruleset: `values.ratio`, `rules.low.when`.
        line, column: its position in the ruleset's document, both from 1.
        construct: its name: "the function `matches`", "a time".
        message: what is not covered, in plain words.
        path: the same place by keys of the document: `tables.marks.rows`.
        remedy: how the ruleset can do without it; empty where there is no telling.
    """

    expression: str
    line: int
    column: int
    construct: str
    message: str
    path: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.expression} (line {self.line}, column {self.column}): {self.message}"
