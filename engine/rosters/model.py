"""What a roster is asked, and what comes back besides the decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pyarrow as pa

from engine.calendars import Calendar
from engine.errors import RollbookError, Violation

__all__ = ["Decided", "Detail", "Question", "Reject", "RosterSettings"]

Detail = Literal["decisions", "outcomes"]
"""How much is said of each case: all of its decision, or its outcome and the rules that hold."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not decided.

    Attributes:
        row: its number in the whole roster, from 0.
        reason: for programs, a name of `Reason`.
        message: for people, without any value of the case, with the way to mend it.
        violations: what is wrong where.
    """

    row: int
    reason: str
    message: str
    violations: tuple[Violation, ...] = ()

    @classmethod
    def of(cls, row: int, error: RollbookError) -> Reject:
        """The reject of a row that `error` refused."""
        message = f"{error.message} {error.remedy}" if error.remedy else error.message
        return cls(row, error.reason.value, message, error.violations)


@dataclass(frozen=True, slots=True)
class RosterSettings:
    """What a roster engine may use of the machine.

    Attributes:
        memory_limit: memory of its queries, as DuckDB writes it: `512MB`, `4GB`.
        threads: threads of one query.
        spill_folder: where queries put what does not fit in memory; None for nowhere.
        fewest: cases that a batch must have to be made a query of; fewer are sooner decided one by one, since a query
            is written and planned first.
    """

    memory_limit: str = "1GB"
    threads: int = 1
    spill_folder: str | None = None
    fewest: int = 2_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every case of a roster; the same words as `CaseEngine.decide`.

    Attributes:
        as_of: the date of the decisions.
        rules_as_of: the date whose parameters are used; `as_of` when None.
        absent_is_none: whether facts left out read as none where they declare what none means.
        calendar: what school and business days are counted in.
        detail: how much is said of each case.
    """

    as_of: date
    rules_as_of: date | None = None
    absent_is_none: bool = False
    calendar: Calendar | None = None
    detail: Detail = "decisions"


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions of a batch of cases.

    Attributes:
        decisions: one row per case that is decided, in the order of the cases; DECISION_SCHEMA or OUTCOME_SCHEMA.
        rejects: the other cases, in their order.
        one_by_one: how many cases, rejects among them, the case engine looked at and not the query: those of which a
            fact that matters is missing or wrong, or all.
    """

    decisions: pa.RecordBatch
    rejects: tuple[Reject, ...] = ()
    one_by_one: int = 0
