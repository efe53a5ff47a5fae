"""Asks a roster engine and the case engine about the same cases: both must say the same of every one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from engine.cases import CaseEngine
from engine.rosters import Decided, Question, RosterEngine, RosterSettings
from engine.rosters.columns import case_schema
from engine.rosters.conforming import from_documents
from engine.rosters.one_by_one import decide_one_by_one
from engine.rulesets.checked import CheckedRuleset
from tests.engine.rulesets_for_tests import load

__all__ = ["AS_OF", "assert_alike", "assert_alike_in", "batch_of_cases", "query_engine"]

AS_OF = date(2024, 9, 2)


def query_engine(ruleset: CheckedRuleset | str, *, threads: int = 1) -> RosterEngine:
    """An engine that makes a query of every batch, however small."""
    checked = load(ruleset) if isinstance(ruleset, str) else ruleset
    return RosterEngine.build(CaseEngine.build(checked), RosterSettings("512MB", threads, fewest=0))


def batch_of_cases(ruleset: CheckedRuleset, cases: Sequence[Any]) -> pa.RecordBatch:
    """The cases as a batch, each of which must be readable."""
    conformed = from_documents(cases, ruleset.facts, first_row=0)
    assert not conformed.rejects
    assert conformed.cases.schema == case_schema(ruleset.facts)
    return conformed.cases


def assert_alike(text: str, cases: Sequence[Any], *, by_query: int | None = None, **asked: Any) -> Decided:
    """Both say the same; see `assert_alike_in`. Gives what the roster engine says."""
    engine = query_engine(text)
    assert engine.uncovered == ()
    return assert_alike_in(engine, batch_of_cases(engine.ruleset, cases), by_query=by_query, **asked)


def assert_alike_in(
    engine: RosterEngine, cases: pa.RecordBatch, *, by_query: int | None = None, **asked: Any
) -> Decided:
    """Both engines say the same about each case of a batch, of its decision and of its outcome alone.

    Args:
        engine: the roster engine.
        cases: a batch of cases.
        by_query: how many of them the query itself must decide; None for whatever it does.
        asked: further fields of the question.
    """
    rows = pa.array(range(100, 100 + cases.num_rows), pa.int64())
    found: Decided | None = None
    for detail in ("outcomes", "decisions"):
        question = Question(**{"as_of": AS_OF, "detail": detail, **asked})
        expected = decide_one_by_one(engine._engine, cases, question, rows.to_pylist())
        found = engine.decide(cases, question, rows=rows)
        assert found.rejects == expected.rejects
        assert found.decisions.to_pylist() == expected.decisions.to_pylist()
        assert found.decisions.schema == expected.decisions.schema
        if by_query is not None:
            assert cases.num_rows - found.one_by_one == by_query
    assert found is not None
    return found
