"""Decisions as replies write them: what the outcome rests on, what is missing, elements, results, dates."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.cases import CaseEngine
from engine.feel.unknown import Cause
from engine.rulesets.loading import load_text
from rollbook.v1 import citation_pb2, missing_pb2, obligation_pb2
from rollbook.v1 import decision_pb2 as pb
from server.citations import date_message
from server.json_values import json_text
from server.replies import DecisionWriter, cause_message

HEAD = """
ruleset: demo/tests
title: Tests
authority: {document: Handbook, sections: {A: {pages: 1}, B: {}}}
case: [student]
"""

TESTS = """
facts:
  enrolled: {type: boolean, means: Is the student enrolled?}
  passed: {type: boolean}
  tests:
    means: Which tests were there?
    list_of:
      score: {type: decimal, places: 2}
      day: {type: date}
parameters:
  least: {cites: A, from: {2019-01-01: 5}}
results:
  points: {type: decimal, places: 2}
  on: {type: date}
actions:
  repeat: {by: teacher, force: should, text: Repeat it}
outcomes: [repeat, pass]
applies: {when: enrolled, otherwise: pass, because: Not enrolled., cites: B}
rules:
  failed:
    cites: A, B
    each: t in tests
    when: t.score < least
    outcome: repeat
    because: "{t.score} is less than {least}."
    obliges: [{action: repeat, due: t.day}]
  best:
    when: passed
    results: {points: "2.50", on: 'date("2019-02-03")'}
    because: Passed.
"""


def written(text: str, facts: dict[str, Any], day: date = date(2019, 6, 1)) -> pb.Decision:
    checked = load_text(HEAD + text)
    decision = CaseEngine.build(checked).decide(facts, as_of=day)
    reply = pb.Decision()
    writer = DecisionWriter(checked, pb.RULESET_SOURCE_FOLDER)
    writer.write(reply, decision, "c")
    return reply


def test_elements_are_named_by_their_list_item() -> None:
    facts = {"enrolled": True, "passed": False, "tests": [
        {"score": 6}, {"score": 4.50, "day": "2019-06-03"}, {"score": 3, "day": "2019-06-04"}
    ]}  # fmt: skip
    reply = written(TESTS, facts)
    assert [(held.rule, held.element, held.because) for held in reply.rules] == [
        ("failed", "tests[1]", "4.5 is less than 5."),
        ("failed", "tests[2]", "3 is less than 5."),
    ]
    due = [held.obligations[0].due_on for held in reply.rules]
    assert due == [date_message(date(2019, 6, 3)), date_message(date(2019, 6, 4))]
    assert reply.rules[0].obligations[0].force == obligation_pb2.FORCE_SHOULD
    assert reply.because == "4.5 is less than 5.", "that of the first rule that concludes the outcome"
    assert [citation.section for citation in reply.citations] == ["A", "B"]
    assert reply.complete


def test_a_due_date_that_is_not_known() -> None:
    reply = written(TESTS, {"enrolled": True, "passed": False, "tests": [{"score": 1}]})
    obligation = reply.rules[0].obligations[0]
    assert not obligation.HasField("due_on")
    assert obligation.due_unknown
    assert [(cause.path, cause.kind) for cause in reply.missing.details] == [
        ("tests[0].day", missing_pb2.CAUSE_KIND_FACT)
    ]
    assert (reply.state, reply.complete) == (pb.DECISION_STATE_DETERMINED, False)


def test_results_are_json() -> None:
    reply = written(TESTS, {"enrolled": True, "passed": True, "tests": []})
    assert reply.results_json == '{"points":2.50,"on":"2019-02-03"}'
    assert reply.rules[0].results_json == reply.results_json


def test_outside_the_ruleset() -> None:
    reply = written(TESTS, {"enrolled": False})
    assert (reply.outcome, reply.basis, reply.because) == ("pass", pb.BASIS_NOT_APPLICABLE, "Not enrolled.")
    assert [(citation.section, citation.pages) for citation in reply.citations] == [("B", "")]


def test_whether_it_applies_is_not_known() -> None:
    reply = written(TESTS, {"passed": False, "tests": [{"score": 1, "day": "2019-06-03"}]})
    assert (reply.state, reply.basis) == (pb.DECISION_STATE_INDETERMINATE, pb.BASIS_UNSPECIFIED)
    assert list(reply.candidates) == ["repeat", "pass"]
    assert [(cause.path, cause.question) for cause in reply.missing.outcome] == [
        ("enrolled", "Is the student enrolled?")
    ]


def test_a_missing_list_comes_with_its_question() -> None:
    [cause] = written(TESTS, {"enrolled": True, "passed": False}).missing.outcome
    assert (cause.path, cause.question) == ("tests", "Which tests were there?")


def test_no_outcome_at_all() -> None:
    reply = written(TESTS, {"enrolled": True, "passed": False, "tests": []})
    assert (reply.state, reply.outcome, list(reply.candidates)) == (pb.DECISION_STATE_INDETERMINATE, "", [])
    assert reply.may_have_no_outcome
    assert reply.complete


def test_a_parameter_without_a_value_yet() -> None:
    day = date(2018, 6, 1)
    reply = written(TESTS, {"enrolled": True, "passed": False, "tests": [{"score": 1, "day": "2019-06-03"}]}, day)
    [cause] = reply.missing.outcome
    assert (cause.kind, cause.path, cause.date) == (missing_pb2.CAUSE_KIND_PARAMETER, "least", date_message(day))
    assert cause.text


DEFAULT = """
facts: {late: {type: boolean}, absent: {type: boolean}}
outcomes: [refuse, accept]
default: {outcome: accept, because: Nothing stands against it., cites: A}
rules:
  late: {when: late, outcome: refuse, because: Late.}
  present: {when: not(absent), outcome: accept, because: Present.}
"""


@pytest.mark.parametrize(
    ("facts", "basis", "because"),
    [
        ({"late": False, "absent": True}, pb.BASIS_DEFAULT, "Nothing stands against it."),
        ({"late": False, "absent": False}, pb.BASIS_RULES, "Present."),
        ({"late": True}, pb.BASIS_RULES, "Late."),
        ({"late": False}, pb.BASIS_UNSPECIFIED, ""),
        ({}, pb.BASIS_UNSPECIFIED, ""),
    ],
)
def test_what_an_outcome_rests_on(facts: dict[str, Any], basis: pb.Basis.ValueType, because: str) -> None:
    reply = written(DEFAULT, facts)
    assert (reply.basis, reply.because) == (basis, because)


@pytest.mark.parametrize(
    ("cause", "kind", "day"),
    [
        (Cause("calendar-date", "westlake", "2018-07-04"), missing_pb2.CAUSE_KIND_CALENDAR_DATE, date(2018, 7, 4)),
        (Cause("table", "entries"), missing_pb2.CAUSE_KIND_TABLE, None),
        (Cause("arithmetic", "values.ratio:1:5"), missing_pb2.CAUSE_KIND_ARITHMETIC, None),
    ],
)
def test_other_things_that_are_missing(cause: Cause, kind: missing_pb2.CauseKind.ValueType, day: date | None) -> None:
    message = cause_message(cause, "", date(2018, 1, 1))
    assert (message.kind, message.path) == (kind, cause.path)
    assert message.text
    assert message.HasField("date") == (day is not None)
    assert day is None or message.date == date_message(day)


def test_json_keeps_decimals_as_they_are() -> None:
    text = json_text({"a": Decimal("0.10"), "b": [1, Decimal(-3)], "c": date(2018, 9, 14), "d": None, "e": "é"})
    assert text == '{"a":0.10,"b":[1,-3],"c":"2018-09-14","d":null,"e":"é"}'
    assert json.loads(text, parse_float=Decimal)["a"] == Decimal("0.10")


DEADLINES = """
facts:
  consent: {type: event, none: not given}
  asked: {type: event, none: not asked}
  steps:
    list_of: {begun: {type: event, none: not begun}, done: {type: event, none: not done}}
actions:
  report: {by: school, text: Report}
deadlines:
  report: {cites: A, starts: consent, length: 60 calendar days, met: asked}
  step: {cites: B, each: s in steps, starts: s.begun, length: 10 calendar days, met: s.done}
outcomes: [act, wait]
default: {outcome: wait, because: Nothing is due.}
rules:
  owed: {cites: A, when: consent != null, outcome: act, because: Report., obliges: [{action: report, deadline: report}]}
"""


def test_deadlines() -> None:
    facts = {"consent": "2019-05-20", "asked": None, "steps": [
        {"begun": "2019-05-01", "done": "2019-05-20"}, {"begun": None, "done": None}, {"begun": "2019-05-31"}
    ]}  # fmt: skip
    reply = written(DEADLINES, facts)

    def day(month: int, number: int) -> Any:
        return date_message(date(2019, month, number))

    handbook = [citation_pb2.Citation(document="Handbook", section="B")]
    assert list(reply.deadlines) == [
        obligation_pb2.Deadline(
            name="report",
            starts_on=day(5, 20),
            due_on=day(7, 19),
            status=obligation_pb2.DEADLINE_STATUS_RUNNING,
            citations=[citation_pb2.Citation(document="Handbook", section="A", pages="1")],
        ),
        obligation_pb2.Deadline(
            name="step",
            element="steps[0]",
            starts_on=day(5, 1),
            due_on=day(5, 11),
            status=obligation_pb2.DEADLINE_STATUS_MET_LATE,
            met_on=day(5, 20),
            citations=handbook,
        ),
        obligation_pb2.Deadline(
            name="step", element="steps[1]", status=obligation_pb2.DEADLINE_STATUS_NOT_STARTED, citations=handbook
        ),
        obligation_pb2.Deadline(
            name="step",
            element="steps[2]",
            starts_on=day(5, 31),
            due_on=day(6, 10),
            status=obligation_pb2.DEADLINE_STATUS_UNKNOWN,
            citations=handbook,
        ),
    ]
    [obligation] = reply.rules[0].obligations
    assert (obligation.deadline, obligation.due_on) == ("report", day(7, 19))
