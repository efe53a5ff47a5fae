"""Decisions stand in the order of the cases, however many threads a query has: nobody gets another's decision."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from engine.library import Library
from engine.rosters import Question, RosterEngine, RosterSettings
from engine.rosters.conforming import from_documents
from engine.rosters.model import Detail
from tests.benchmarks.cases import make_cases

RULESETS = Path(__file__).parents[3] / "rulesets"
ID = "lausd/grade-marking"
CASES, TIMES = 2_000, 40


@pytest.mark.parametrize("detail", ["outcomes", "decisions"])
def test_the_order_of_the_cases_is_kept(detail: Detail) -> None:
    loaded = Library.load(RULESETS, only=[ID]).get(ID)
    facts = [case.json for case in make_cases(CASES)]
    few = from_documents(facts, loaded.checked.facts, first_row=0).cases
    (many,) = pa.Table.from_batches([few] * TIMES).combine_chunks().to_batches()
    engine = RosterEngine.build(loaded.engine, RosterSettings("1GB", threads=4))
    question = Question(date(2025, 3, 1), detail=detail)
    decided = engine.decide(many, question).decisions
    assert decided.column("row").to_pylist() == list(range(CASES * TIMES))
    expected = engine.decide(few, question).decisions.drop_columns(["row"])
    for first in range(0, CASES * TIMES, CASES):
        assert decided.slice(first, CASES).drop_columns(["row"]).equals(expected)
