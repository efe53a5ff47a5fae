"""Decisions as a batch, and back exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.cases import CaseEngine
from engine.decisions import DeadlineState, Decision, Held, Missing, Obligation
from engine.errors import RollbookError
from engine.feel.temporal import WideDate
from engine.feel.types import DATE, DATE_TIME, MONTHS_DURATION, NUMBER, ListType, Type
from engine.feel.unknown import Cause
from engine.feel.values import parse_date_time, parse_duration
from engine.rosters import Question
from engine.rosters.results import results_of, results_text
from engine.rosters.rows import DECISION_SCHEMA, check_dates, decisions_of, rows_of
from tests.engine.rosters.declared import RULESET

QUESTION = Question(date(2018, 3, 15), date(2018, 3, 1), absent_is_none=True)
BASE = CaseEngine.build(RULESET).decide({}, as_of=QUESTION.as_of, rules_as_of=QUESTION.rules_as_of, absent_is_none=True)

words = st.text(max_size=3)
texts = st.lists(words, max_size=2).map(tuple)
elements = st.none() | st.integers(0, 9_999)
wide = st.builds(WideDate, st.integers(10_000, 99_999) | st.integers(-9_999, 0), st.integers(1, 12), st.integers(1, 28))
days: st.SearchStrategy[Any] = st.none() | st.dates() | wide
results = st.fixed_dictionaries(
    {},
    optional={
        "code": st.sampled_from(["low", "late"]),
        "share": st.decimals(-(10**30), 10**30, places=2) | st.integers(),
        "days": st.lists(st.dates() | wide, max_size=2) | st.dates(),
    },
)
causes = st.lists(st.builds(Cause, words, words, words), max_size=2).map(tuple)
helds = st.builds(Held, words, texts, words, st.none() | words, results, elements)
obligations = st.builds(Obligation, words, words, words, words, words, days, words, words, elements, st.booleans())
states = st.builds(DeadlineState, words, elements, days, days, st.none() | words, days, texts)


def lists(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(parts, max_size=3).map(tuple)


decisions = st.builds(
    lambda **parts: replace(BASE, **parts),
    outcome=words,
    because=words,
    cites=texts,
    applies=st.none() | st.booleans(),
    candidates=texts,
    held=lists(helds),
    results=results,
    obligations=lists(obligations),
    missing=st.builds(Missing, causes, causes),
    may_have_no_outcome=st.booleans(),
    deadlines=lists(states),
)


@given(st.lists(decisions, max_size=3))
def test_decisions_come_back_as_they_were(made: list[Decision]) -> None:
    batch = rows_of(made, range(5, 5 + len(made)))
    batch.validate(full=True)
    assert batch.schema == DECISION_SCHEMA
    assert batch.column("row").to_pylist() == list(range(5, 5 + len(made)))
    assert batch.column("complete").to_pylist() == [decision.complete for decision in made]
    assert decisions_of(batch, RULESET, QUESTION) == made
    assert decisions_of(batch.slice(1), RULESET, QUESTION) == made[1:]


def test_results_are_written_exactly() -> None:
    written = results_text({"a": Decimal("12.50"), "b": Decimal("1E+3"), "c": Decimal("-0.0"), "d": 10**30, "e": "ü\n"})
    assert written == '{"a":12.5,"b":1000,"c":0,"d":1000000000000000000000000000000,"e":"ü\\n"}'
    assert results_text({}) == "{}"


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (NUMBER, Decimal("1E-40")),
        (NUMBER, 10**33),
        (DATE, WideDate(12_018, 1, 1)),
        (DATE_TIME, parse_date_time("2018-03-01T09:30:00@Europe/Paris")),
        (MONTHS_DURATION, parse_duration("-P1Y2M")),
        (ListType(DATE), date(2018, 3, 1)),
        (ListType(DATE), [date(2018, 3, 1), None]),
    ],
)
def test_results_are_read_back_by_their_type(type_: Type, value: Any) -> None:
    results: Mapping[str, Any] = {"x": value}
    assert results_of(results_text(results), {"x": type_}) == results


def test_a_day_that_no_table_holds_is_over_the_limit() -> None:
    owed = Obligation("tell", "Tell", "school", "", "must", WideDate(9_999_999, 1, 1), "", "low")  # type: ignore[arg-type] # what an expression may reckon
    check_dates(BASE)
    with pytest.raises(RollbookError, match="too far away"):
        check_dates(replace(BASE, obligations=(owed,)))
