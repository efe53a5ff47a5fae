"""The roster engine against the reference and the case engine: cases of a random ruleset as one batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa

from engine import reference
from engine.cases import CaseEngine
from engine.decisions import Decision
from engine.errors import FactsError, Reason, RollbookError
from engine.rosters import Decided, Question, RosterEngine, RosterSettings
from engine.rosters.conforming import from_documents
from engine.rosters.rows import decisions_of
from tests.properties.comparing import Answer, Refused, difference

__all__ = ["roster_problem", "small_roster_engine"]


def small_roster_engine(engine: CaseEngine) -> RosterEngine:
    """An engine that makes a query of every batch, however small."""
    return RosterEngine.build(engine, RosterSettings(memory_limit="512MB", threads=1, fewest=0))


def roster_problem(
    engine: CaseEngine,
    roster: RosterEngine,
    cases: Sequence[Mapping[str, Any]],
    question: Question,
    counts: Counter[str],
) -> str:
    """How the three evaluators differ on a batch of cases; empty when they do not."""
    checked = engine.ruleset
    expected = [_answer(partial(reference.decide, checked), facts, question) for facts in cases]
    by_cases = [_answer(engine.decide, facts, question) for facts in cases]
    conformed = from_documents(cases, checked.facts, first_row=0)
    decided = roster.decide(conformed.cases, question, rows=conformed.rows)
    found: dict[int, Answer] = dict(
        zip(
            decided.decisions.column("row").to_pylist(),
            decisions_of(decided.decisions, checked, question),
            strict=True,
        )
    )
    for reject in (*conformed.rejects, *decided.rejects):
        found[reject.row] = Refused(
            Reason(reject.reason), tuple(sorted(violation.path for violation in reject.violations))
        )
    counts["roster cases"] += len(cases)
    counts["roster cases by query"] += conformed.cases.num_rows - decided.one_by_one
    if problem := _outcomes_problem(roster, conformed.cases, conformed.rows, question, decided):
        return problem
    for row, (facts, answer, by_case) in enumerate(zip(cases, expected, by_cases, strict=True)):
        by_roster = found.get(row, Refused(Reason.REQUEST_INVALID, ("no answer",)))
        if problem := difference(answer, by_case) or difference(answer, by_roster):
            return f"row {row} of {len(cases)}, as of {question.as_of}: facts {facts!r}\n{problem}"
    return ""


def _outcomes_problem(
    roster: RosterEngine, cases: pa.RecordBatch, rows: pa.Array, question: Question, decided: Decided
) -> str:
    """How the short form differs from the decisions that it is short for."""
    short = roster.decide(cases, replace(question, detail="outcomes"), rows=rows)
    for row, whole in zip(short.decisions.to_pylist(), decided.decisions.to_pylist(), strict=True):
        rules = list(dict.fromkeys(held["rule"] for held in whole["held"]))
        expected = {name: whole[name] for name in row if name != "rules"} | {"rules": rules}
        if row != expected:
            return f"row {row['row']}, as of {question.as_of}: outcomes {row}\nand decisions {expected}"
    return "" if short.rejects == decided.rejects else "other rejects in the short form"


def _answer(decide: Callable[..., Decision], facts: Mapping[str, Any], question: Question) -> Answer:
    try:
        return decide(
            facts,
            as_of=question.as_of,
            rules_as_of=question.rules_as_of,
            absent_is_none=question.absent_is_none,
            calendar=question.calendar,
        )
    except FactsError as error:
        return Refused(error.reason, tuple(sorted(violation.path for violation in error.violations)))
    except RollbookError as error:
        return Refused(error.reason, ())
