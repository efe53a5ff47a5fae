"""Every scenario of every ruleset as a row of a roster: the same decision, or refused for the same."""

from __future__ import annotations

from typing import Any

import pytest

from engine.calendars.folder import read_calendars
from engine.cases import CaseEngine
from engine.errors import RollbookError
from engine.inference import Inference
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


def findings(id_: str, inference: Inference) -> list[str]:
    """The scenarios of a ruleset that a roster decides otherwise."""
    ruleset, problems = checked(id_)
    if ruleset is None:
        return problems
    engine = CaseEngine.build(ruleset, inference)
    roster = RosterEngine.build(engine, RosterSettings(fewest=0))
    calendars = read_calendars(FOLDER).by_name
    scenarios = [
        scenario
        for scenario in load_scenarios(FOLDER.joinpath(*id_.split("/"), "scenarios.yaml"), ruleset).scenarios
        if not engine.needs_calendar or calendars.get(scenario.calendar or "")
    ]
    rosters: dict[tuple[Any, ...], list[Scenario]] = {}
    for scenario in scenarios:
        asked = (scenario.as_of, scenario.rules_as_of, False, scenario.calendar or "")
        rosters.setdefault(asked, []).append(scenario)
    # With what is absent none, all of them together, on one day for each calendar: every day would be a query more.
    for (as_of, rules_as_of, _, calendar_name), some in [*rosters.items()]:
        together = [scenario for scenario in scenarios if (scenario.calendar or "") == calendar_name]
        if some[0] is together[0]:
            rosters[as_of, rules_as_of, True, calendar_name] = together
    return [
        wrong
        for (as_of, rules_as_of, absent_is_none, calendar_name), some in rosters.items()
        for wrong in differing(
            engine, roster, some, Question(as_of, rules_as_of, absent_is_none, calendars.get(calendar_name))
        )
    ]


def differing(engine: CaseEngine, roster: RosterEngine, scenarios: list[Scenario], question: Question) -> list[str]:
    """The scenarios of which a roster of them, and of an empty case, says something else than the case engine."""
    cases = [*(scenario.facts for scenario in scenarios), b"{}"]
    expected = [told(engine, facts, question, row) for row, facts in enumerate(cases, 7)]
    found = as_rows(engine, roster, cases, question)
    names = [*(scenario.id for scenario in scenarios), "an empty case"]
    return [
        f"{name}, as of {question.as_of}, absent is none: {question.absent_is_none}"
        for name, here, there in zip(names, expected, found, strict=True)
        if here != there
    ]


def findings_of(ids: list[str]) -> dict[str, list[str]]:
    """The findings of each ruleset; run in one child, since a process takes longer to begin than most of them."""
    inference = Inference()
    try:
        return {id_: findings(id_, inference) for id_ in ids}
    finally:
        inference.close()


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """The findings of the rulesets that are asked about in this run."""
    items = (item for item in request.session.items if isinstance(item, pytest.Function))
    ids = [item.callspec.params["id_"] for item in items if item.module is request.module]
    return in_child(findings_of, ids)


@pytest.mark.parametrize("id_", RULESETS)
def test_scenarios_are_decided_alike_in_a_roster(id_: str, found: dict[str, list[str]]) -> None:
    assert found[id_] == []
