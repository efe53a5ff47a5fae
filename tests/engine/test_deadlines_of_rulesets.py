"""Deadlines in rulesets: what expressions read of them, what decisions tell, and that both evaluators say the same."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from engine import reference
from engine.cases import CaseEngine
from engine.decisions import Decision
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text, load_text

TEXT = """
ruleset: example/evaluation
title: Where does this evaluation stand?
facts:
  consent: {received_on: {type: event, none: no consent yet}}
  report: {completed_on: {type: event, none: not finished}, agreed_until: {type: date, none: no agreement}}
  child: {not_produced: {type: boolean}}
  tests:
    list_of:
      name: {type: string}
      needed_on: {type: date}
      told_on: {type: event, none: the parent has not been told}
      answered_on: {type: event, none: no answer}
parameters:
  report_days: {cites: "15", from: {2013-03-04: 60}}
deadlines:
  answer:
    cites: "15"
    each: test in tests
    starts: test.told_on
    length: 20 calendar days
    met: test.answered_on
  evaluation:
    cites: "15"
    starts: consent.received_on
    length: report_days calendar days
    paused:
      each: test in answer
      from: test.needed_on
      until: if test.status in ("met", "met-late", "overdue") then earliest(test.met_on, test.due) else null
    due: report.agreed_until
    waived: child.not_produced
    met: report.completed_on
    soon: 10 calendar days
actions:
  complete-report: {by: school, text: Complete the report}
  ask-again: {by: school, to: parent, text: Ask for an answer}
outcomes: [overdue, waiting, on-track]
default: {outcome: on-track, because: "Due on {evaluation.due}."}
rules:
  late:
    cites: "15"
    when: evaluation.status = "overdue"
    outcome: overdue
    because: The report was due on {evaluation.due}.
    obliges: [{action: complete-report, deadline: evaluation}]
  unanswered:
    cites: "15"
    each: test in answer
    when: test.status in ("running", "not-started")
    outcome: waiting
    because: No answer about {test.name} by {test.due}.
    obliges: [{action: ask-again, deadline: answer}]
"""
CHECKED = load_text(TEXT)
ENGINE = CaseEngine.build(CHECKED)
FACTS: dict[str, Any] = {
    "consent": {"received_on": "2013-03-04"},
    "report": {"completed_on": None, "agreed_until": None},
    "child": {"not_produced": False},
    "tests": [
        {"name": "hearing", "needed_on": "2013-03-20", "told_on": "2013-03-25", "answered_on": "2013-04-01"},
        {"name": "speech", "needed_on": "2013-03-30", "told_on": "2013-04-02", "answered_on": None},
    ],
}


def decide(facts: dict[str, Any], as_of: date, ruleset: CheckedRuleset = CHECKED) -> Decision:
    decision = ENGINE.decide(facts, as_of=as_of)
    assert decision == reference.decide(ruleset, facts, as_of=as_of)
    return decision


def without(path: str) -> dict[str, Any]:
    facts = copy.deepcopy(FACTS)
    *groups, last = path.replace("[", ".").replace("]", "").split(".")
    place: Any = facts
    for group in groups:
        place = place[int(group) if group.isdigit() else group]
    del place[last]
    return facts


def told(decision: Decision) -> dict[str, tuple[date | None, str | None]]:
    return {
        state.name if state.element is None else f"{state.name}[{state.element}]": (state.due, state.status)
        for state in decision.deadlines
    }


@pytest.mark.parametrize(
    ("as_of", "outcome", "deadlines"),
    [
        # 12 days of pause for the first test (21 March through 1 April), then 31 March on for the second.
        (
            date(2013, 3, 10),
            "waiting",
            {
                "answer[0]": (None, "not-started"),
                "answer[1]": (None, "not-started"),
                "evaluation": (date(2013, 5, 3), "running"),
            },
        ),
        (
            date(2013, 4, 10),
            "waiting",
            {
                "answer[0]": (date(2013, 4, 14), "met"),
                "answer[1]": (date(2013, 4, 22), "running"),
                "evaluation": (date(2013, 5, 24), "paused"),
            },
        ),
        (
            date(2013, 4, 23),
            "on-track",
            {
                "answer[0]": (date(2013, 4, 14), "met"),
                "answer[1]": (date(2013, 4, 22), "overdue"),
                "evaluation": (date(2013, 6, 5), "running"),
            },
        ),
        (
            date(2013, 6, 6),
            "overdue",
            {
                "answer[0]": (date(2013, 4, 14), "met"),
                "answer[1]": (date(2013, 4, 22), "overdue"),
                "evaluation": (date(2013, 6, 5), "overdue"),
            },
        ),
    ],
)
def test_a_pause_that_hangs_on_another_deadline(
    as_of: date, outcome: str, deadlines: dict[str, tuple[date | None, str | None]]
) -> None:
    decision = decide(FACTS, as_of)
    assert decision.outcome == outcome
    assert told(decision) == deadlines
    assert decision.complete


def test_obligations_are_due_on_the_deadline_of_their_element() -> None:
    decision = decide(FACTS, date(2013, 4, 10))
    assert [(owed.action, owed.element, owed.due) for owed in decision.obligations] == [
        ("ask-again", 1, date(2013, 4, 22))
    ]
    assert decision.held[0].because == "No answer about speech by 2013-04-22."


def test_an_agreed_day_is_final_and_a_waiver_ends_it() -> None:
    agreed = {**FACTS, "report": {"completed_on": None, "agreed_until": "2013-07-01"}}
    assert told(decide(agreed, date(2013, 6, 6)))["evaluation"] == (date(2013, 7, 1), "running")
    waived = {**FACTS, "child": {"not_produced": True}}
    assert told(decide(waived, date(2013, 6, 6)))["evaluation"] == (date(2013, 6, 5), "waived")


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ("consent.received_on", "consent.received_on"),
        ("tests[1].needed_on", "tests[1].needed_on"),
        ("tests[0].told_on", "tests[0].told_on"),
        ("child.not_produced", "child.not_produced"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_guessed(left_out: str, missing: str) -> None:
    decision = decide(without(left_out), date(2013, 6, 6))
    causes = {cause.path for cause in (*decision.missing.outcome, *decision.missing.details)}
    assert missing in causes
    state = decision.deadlines[-1]
    assert state.status is None
    assert "status" in state.unknown


def test_a_list_left_out_hides_its_deadlines() -> None:
    decision = decide(without("tests"), date(2013, 4, 10))
    assert [state.name for state in decision.deadlines] == ["evaluation"]
    assert {cause.path for cause in decision.missing.outcome} == {"tests"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("length: 20 calendar days", "length: 20 days", "bad-length"),
        ("length: 20 calendar days", "length: test.name calendar days", "type-mismatch"),
        ("starts: test.told_on", "starts: test.name", "type-mismatch"),
        ("each: test in tests", "each: test in consent", "not-a-list"),
        ("name: {type: string}", "due: {type: string}", "duplicate-name"),
        ("deadline: evaluation}", "deadline: evaluatoin}", "unknown-deadline"),
        ("each: test in answer\n    when", "each: test in tests\n    when", "unknown-entry"),
        ("length: report_days calendar days", "length: -report_days calendar days", "paused-backwards"),
        ("starts: consent.received_on", "starts: evaluation.due", "circle"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(old: str, new: str, code: str) -> None:
    assert old in TEXT
    checked, problems = check_text(TEXT.replace(old, new), "ruleset.yaml")
    assert checked is None
    assert code in {problem.code for problem in problems}
