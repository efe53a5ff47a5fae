"""Errors that callers of the engine see: each has a reason that programs read, paths, and a way to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.rulesets.problems import Problem

__all__ = ["FactsError", "Reason", "RollbookError", "RulesetError", "Violation"]


class Reason(StrEnum):
    """Why something was refused: the names of `rollbook.v1.ErrorReason` that the engine itself gives."""

    REQUEST_INVALID = "REQUEST_INVALID"
    FACT_INVALID = "FACT_INVALID"
    FACTS_INCONSISTENT = "FACTS_INCONSISTENT"
    TOO_LARGE = "TOO_LARGE"
    UNKNOWN_RULESET = "UNKNOWN_RULESET"
    UNKNOWN_CALENDAR = "UNKNOWN_CALENDAR"
    RULESET_INVALID = "RULESET_INVALID"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    NOT_SERVED = "NOT_SERVED"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One thing that is wrong with what was sent, never with the value itself in it.

    Attributes:
        path: where: `mark.score`, list items with their index from 0: `warning_notices[2].sent_on`.
        expected: what is accepted there: `a date as 2018-08-03`; empty when that says nothing.
        message: what is wrong, in plain words.
    """

    path: str
    expected: str
    message: str


class RollbookError(Exception):
    """Something was refused.

    Attributes:
        reason: for programs; also the reason on the wire.
        message: for people, without any value of a case.
        violations: what is wrong where, when the error is about parts of what was sent.
        remedy: how to mend it; empty when the message already says so.
    """

    def __init__(
        self, reason: Reason, message: str, violations: tuple[Violation, ...] = (), *, remedy: str = ""
    ) -> None:
        self.reason = reason
        self.message = message
        self.violations = violations
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        details = "".join(f"\n  {violation.path}: {violation.message}" for violation in self.violations)
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.message}{remedy}{details}"


class FactsError(RollbookError):
    """Facts that a ruleset does not accept: a wrong type, an undeclared name, facts that contradict each other."""

    def __init__(
        self,
        violations: tuple[Violation, ...],
        message: str = "The facts are not what the ruleset declares.",
        *,
        reason: Reason = Reason.FACT_INVALID,
        remedy: str = "",
    ) -> None:
        super().__init__(reason, message, violations, remedy=remedy)


class RulesetError(RollbookError):
    """A ruleset that cannot be used.

    Attributes:
        problems: everything that is wrong with it, warnings too, in the order of the document.
    """

    def __init__(self, problems: tuple[Problem, ...], message: str = "The ruleset has errors.") -> None:
        self.problems = problems
        super().__init__(Reason.RULESET_INVALID, message)

    def __str__(self) -> str:
        return self.message + "".join(f"\n  {problem}" for problem in self.problems)
