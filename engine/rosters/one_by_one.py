"""Decides a batch of cases with the case engine, row by row: the slow way, which covers everything."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from engine.cases import CaseEngine
from engine.decisions import Decision
from engine.errors import RollbookError
from engine.rosters.columns import facts_of
from engine.rosters.model import Decided, Question, Reject
from engine.rosters.rows import check_dates, rows_of
from engine.rulesets.calendar_use import calendars_read

__all__ = ["decide_one_by_one"]


def decide_one_by_one(engine: CaseEngine, cases: pa.RecordBatch, question: Question, rows: Sequence[int]) -> Decided:
    """The decisions of a batch, in its order.

    Args:
        engine: decides each case.
        cases: a batch of cases (`case_schema`).
        question: what is asked of every one.
        rows: the number of each case in the roster.

    Returns:
        A row for every case that is decided, and a reject for every other, those over the limits among them.

    Raises:
        RollbookError: REQUEST_INVALID when the ruleset needs a calendar and there is none.
    """
    calendar = question.calendar
    calendars_read(calendar, needed=engine.needs_calendar)  # what every case lacks is no reject of each
    decisions: list[Decision] = []
    decided: list[int] = []
    rejects: list[Reject] = []
    for row, facts in zip(rows, facts_of(cases, engine.ruleset.facts), strict=True):
        try:
            decision = engine.decide(
                facts,
                as_of=question.as_of,
                rules_as_of=question.rules_as_of,
                absent_is_none=question.absent_is_none,
                calendar=calendar,
            )
            check_dates(decision)
        except RollbookError as error:
            rejects.append(Reject.of(row, error))
        else:
            decisions.append(decision)
            decided.append(row)
    return Decided(rows_of(decisions, decided, question.detail), tuple(rejects), len(rows))
