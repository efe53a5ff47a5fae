"""Cases as documents: the same decision by way of a table, and the same refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases import CaseEngine
from engine.decisions import Decision
from engine.errors import RollbookError, Violation
from engine.rosters import Question, Reject, RosterEngine
from engine.rosters.columns import case_schema, facts_of
from engine.rosters.conforming import conform, from_documents
from engine.rosters.rows import DECISION_SCHEMA, OUTCOME_SCHEMA, decisions_of
from tests.engine.rosters.declared import FACTS, RULESET
from tests.engine.rosters.making import documents

ENGINE = CaseEngine.build(RULESET)
ROSTERS = RosterEngine.build(ENGINE)
AS_OF = date(2018, 3, 15)
JSON = msgspec.json.Encoder(decimal_format="number")


def alone(facts: Any, question: Question, row: int) -> Decision | Reject:
    try:
        return ENGINE.decide(facts, as_of=question.as_of, absent_is_none=question.absent_is_none)
    except RollbookError as error:
        return in_order(Reject.of(row, error))


def in_order(reject: Reject) -> Reject:
    return replace(reject, violations=tuple(sorted(set(reject.violations))))


def in_roster(cases: list[Any], question: Question) -> list[Decision | Reject]:
    conformed = from_documents(cases, FACTS, first_row=0)
    decided = ROSTERS.decide(conformed.cases, question, rows=conformed.rows)
    assert decided.decisions.schema == DECISION_SCHEMA
    decided.decisions.validate(full=True)
    found: dict[int, Decision | Reject] = {
        reject.row: in_order(reject) for reject in (*conformed.rejects, *decided.rejects)
    }
    decisions = decisions_of(decided.decisions, RULESET, question)
    found |= dict(zip(decided.decisions.column("row").to_pylist(), decisions, strict=True))
    assert sorted(found) == list(range(len(cases)))
    return [found[row] for row in range(len(cases))]


@given(st.lists(documents(FACTS), max_size=3), st.booleans(), st.booleans())
def test_a_roster_decides_documents_as_the_case_engine_does(
    cases: list[dict[str, Any]], absent_is_none: bool, as_json: bool
) -> None:
    question = Question(AS_OF, absent_is_none=absent_is_none)
    given_: list[Any] = [JSON.encode(case) for case in cases] if as_json else list(cases)
    assert in_roster(given_, question) == [alone(case, question, row) for row, case in enumerate(given_)]


@given(st.lists(documents(FACTS, mistakes=True), max_size=3))
def test_a_roster_refuses_what_the_case_engine_refuses(cases: list[dict[str, Any]]) -> None:
    question = Question(AS_OF)
    assert in_roster(cases, question) == [alone(case, question, row) for row, case in enumerate(cases)]


@given(st.lists(documents(FACTS), max_size=4))
def test_a_batch_of_cases_conforms_without_a_copy(cases: list[dict[str, Any]]) -> None:
    batch = from_documents(cases, FACTS, first_row=0).cases
    batch.validate(full=True)
    assert batch.schema == case_schema(FACTS)
    again = conform(batch, FACTS, first_row=3)
    assert again.cases.equals(batch)
    assert [_addresses(column) for column in again.cases.columns] == [_addresses(column) for column in batch.columns]
    assert again.rows.to_pylist() == list(range(3, 3 + len(cases)))
    assert list(facts_of(again.cases, FACTS)) == list(facts_of(batch, FACTS))


def _addresses(array: pa.Array) -> list[int | None]:
    return [None if buffer is None else buffer.address for buffer in array.buffers()]


def test_left_out_and_none_are_told_apart() -> None:
    cases = [b"{}", b'{"student": null}', b'{"student": {"left_on": null, "foster": null, "home": {"city": null}}}']
    batch = from_documents(cases, FACTS, first_row=0).cases
    assert list(facts_of(batch, FACTS)) == [
        {},
        {},
        {"student": {"left_on": None, "home": {"city": None}}},
    ]


def test_what_is_no_object_is_rejected_by_its_row() -> None:
    found = from_documents([b"[]", b"{", b"{}", b'{"mark": {"score": 1E+99999999999999999999}}'], FACTS, first_row=10)
    assert [reject.row for reject in found.rejects] == [10, 11, 13]
    assert found.rows.to_pylist() == [12]
    assert found.rejects[0].violations == (Violation("", "an object", "Facts of a group are given as an object."),)
    assert {reject.reason for reject in found.rejects} == {"FACT_INVALID"}


def test_ids_of_documents_are_kept_apart_as_text() -> None:
    cases = [b'{"sis_id": "A1", "school": 12}', b'{"mark": 3}', b'{"sis_id": null, "school": 1.50}']
    found = from_documents(cases, FACTS, first_row=0, ids=["sis_id", "school"])
    assert found.ids.to_pylist() == [{"sis_id": "A1", "school": "12"}, {"sis_id": None, "school": "1.5"}]
    assert [reject.row for reject in found.rejects] == [1]


def test_a_number_that_a_table_cannot_hold_exactly_is_rejected() -> None:
    cases: list[dict[str, Any]] = [
        {"mark": {"weight": 0.1}},
        {"mark": {"weight": "1e-21"}},
        {"mark": {"average": "99999999999999999.25"}},
    ]
    found = from_documents(cases, FACTS, first_row=0)
    assert [(reject.row, [one.path for one in reject.violations]) for reject in found.rejects] == [(1, ["mark.weight"])]


def test_text_that_is_no_unicode_is_rejected() -> None:
    found = from_documents([{"remarks": ["\ud800"]}, {"remarks": ["ü"]}], FACTS, first_row=0)
    assert [(reject.row, reject.violations[0].path) for reject in found.rejects] == [(0, "remarks[0]")]


def test_outcomes_alone_name_each_rule_once() -> None:
    notices = [{"area": "math", "sent_on": "2018-03-01"}, {"area": "math", "sent_on": "2018-03-02"}]
    case = {"notices": notices, "mark": {"score": 3}}
    batch = from_documents([case], FACTS, first_row=0).cases
    found = ROSTERS.decide(batch, Question(AS_OF, detail="outcomes"), first_row=5).decisions
    assert found.schema == OUTCOME_SCHEMA
    assert found.to_pylist() == [
        {
            "row": 5,
            "outcome": "deny",
            "complete": False,
            "candidates": ["deny"],
            "may_have_no_outcome": False,
            "applies": True,
            "rules": ["low", "told"],
        }
    ]


def test_a_case_over_the_limits_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cases.engine.Run", lambda as_of, calendar, steps: _Spent())
    found = ROSTERS.decide(from_documents([b"{}"], FACTS, first_row=0).cases, Question(AS_OF), first_row=2)
    assert [(reject.row, reject.reason) for reject in found.rejects] == [(2, "LIMIT_EXCEEDED")]
    assert found.decisions.num_rows == 0


class _Spent:
    def __getattr__(self, name: str) -> Any:
        from engine.feel.errors import FeelBudgetError

        raise FeelBudgetError
