"""Every scenario of every ruleset as a row of a roster: the same decision, or refused for the same."""

from __future__ import annotations

from typing import Any

import pytest

from engine.calendars.folder import read_calendars
from engine.cases import CaseEngine
from engine.errors import RollbookError
from engine.rosters import Question, Reject, RosterEngine, RosterSettings
from engine.rosters.conforming import from_documents
from engine.rosters.rows import decisions_of
from engine.scenarios import Scenario, load_scenarios
from tests.children import in_child
from tests.rulesets.test_every_ruleset import FOLDER, RULESETS, checked


def told(engine: CaseEngine, facts: Any, question: Question, row: int) -> Any:
    try:
        return engine.decide(
            facts,
            as_of=question.as_of,
            rules_as_of=question.rules_as_of,
            absent_is_none=question.absent_is_none,
            calendar=question.calendar,
        )
    except RollbookError as error:
        return Reject.of(row, error)


def as_rows(engine: CaseEngine, roster: RosterEngine, cases: list[Any], question: Question) -> list[Any]:
    """What a roster of the cases says; rejects in the place of decisions."""
    conformed = from_documents(cases, engine.ruleset.facts, first_row=7)
    decided = roster.decide(conformed.cases, question, rows=conformed.rows)
    decisions = decisions_of(decided.decisions, engine.ruleset, question)
    by_row: dict[int, Any] = dict(zip(decided.decisions.column("row").to_pylist(), decisions, strict=True))
    by_row |= {reject.row: reject for reject in (*conformed.rejects, *decided.rejects)}
    return [by_row[row] for row in sorted(by_row)]


def findings(id_: str) -> list[str]:
    """The scenarios of a ruleset that a roster decides otherwise; run in a child for the sake of memory."""
    ruleset, problems = checked(id_)
    if ruleset is None:
        return problems
    engine = CaseEngine.build(ruleset)
    roster = RosterEngine.build(engine, RosterSettings(fewest=0))
    calendars = read_calendars(FOLDER).by_name
    rosters: dict[tuple[Any, ...], list[Scenario]] = {}
    for scenario in load_scenarios(FOLDER.joinpath(*id_.split("/"), "scenarios.yaml"), ruleset).scenarios:
        calendar = calendars.get(scenario.calendar or "")
        if calendar is None and engine.needs_calendar:
            continue
        for absent_is_none in (False, True):
            asked = (scenario.as_of, scenario.rules_as_of, absent_is_none, scenario.calendar or "")
            rosters.setdefault(asked, []).append(scenario)
    wrong: list[str] = []
    for (as_of, rules_as_of, absent_is_none, calendar_name), scenarios in rosters.items():
        question = Question(as_of, rules_as_of, absent_is_none, calendars.get(calendar_name))
        cases = [*(scenario.facts for scenario in scenarios), b"{}"]
        expected = [told(engine, facts, question, row) for row, facts in enumerate(cases, 7)]
        found = as_rows(engine, roster, cases, question)
        names = [*(scenario.id for scenario in scenarios), "an empty case"]
        wrong += [
            f"{name}, absent is none: {absent_is_none}"
            for name, here, there in zip(names, expected, found, strict=True)
            if here != there
        ]
    return wrong


@pytest.mark.parametrize("id_", RULESETS)
def test_scenarios_are_decided_alike_in_a_roster(id_: str) -> None:
    assert in_child(findings, id_) == []
