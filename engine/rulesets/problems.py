"""What is wrong with a document, said so that a person can mend it: where, what, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Problem", "errors_among"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a document.

    Attributes:
        severity: an `error` keeps the document from being used; a `warning` does not, and somebody should look at it; a
            `note` is good to know.
        file: the file, as it was named by whoever asked.
        line, column: where the offending place begins, both counted from 1.
        path: the same place by keys: `rules.too-few-days.when`, list items from 0: `outcomes[2]`.
        code: a stable kebab-case name (`unknown-key`, `unknown-name`, `type-mismatch`, …).
        message: what is wrong, in plain words.
        remedy: how to mend it; empty when the message already says so.
    """

    severity: Literal["error", "warning", "note"]
    file: str
    line: int
    column: int
    path: str
    code: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message}{remedy} [{self.code}]"


def errors_among(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that keep a document from being used."""
    return tuple(problem for problem in problems if problem.severity == "error")
