"""Every ruleset of the folder: clean, its scenarios right in both evaluators, every rule seen both ways."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine import reference
from engine.calendars.folder import read_calendars
from engine.cases import CaseEngine
from engine.decisions import Decision
from engine.errors import RollbookError
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.provisions import provisions
from engine.scenarios import load_scenarios, run_scenarios
from engine.scenarios.running import Decide
from tests.children import in_child

FOLDER = Path(__file__).parents[2] / "rulesets"
RULESETS = sorted(f"{path.parent.parent.name}/{path.parent.name}" for path in FOLDER.glob("*/*/ruleset.yaml"))
CATALOGUE = {
    "cache-county": {"membership", "weekly-attendance"},
    "iem": {"learning-period", "record-request"},
    "itslearning": {"meeting-readiness", "plan-access", "plan-sharing"},
    "lausd": {
        "current-proficiency",
        "early-grades",
        "grade-marking",
        "gradebook-entries",
        "report-completeness",
        "warning-notice",
    },
    "westlake": {
        "accelerated-instruction",
        "admission",
        "ard-meeting",
        "discipline-removal",
        "evaluation-timeline",
        "extracurricular",
        "foster-parent",
        "independent-evaluation",
        "prior-written-notice",
        "records-disclosure",
        "self-administered-medicine",
        "services-consent",
        "special-education-eligibility",
        "transition-and-majority",
    },
}


def checked(id_: str) -> tuple[Any, list[str]]:
    path = FOLDER.joinpath(*id_.split("/"), "ruleset.yaml")
    found, problems = Neighbours(FOLDER).check(id_, path.read_text(encoding="utf-8"), str(path))
    return found, [str(problem) for problem in problems]


def answer(decide: Decide, facts: Any, options: dict[str, Any]) -> Decision | tuple[str, list[str]]:
    try:
        return decide(facts, **options)
    except RollbookError as error:
        return error.reason.value, sorted(violation.path for violation in error.violations)


def findings(id_: str) -> list[str]:
    """What is wrong with the scenarios of a ruleset, in either evaluator; run in a child for the sake of memory."""
    ruleset, problems = checked(id_)
    if ruleset is None:
        return problems
    scenarios = load_scenarios(FOLDER.joinpath(*id_.split("/"), "scenarios.yaml"), ruleset)
    calendars = read_calendars(FOLDER).by_name
    case_engine: Decide = CaseEngine.build(ruleset).decide
    oracle: Decide = partial(reference.decide, ruleset)
    report = run_scenarios(scenarios, ruleset, case_engine, calendars)
    wrong = [f"{one.scenario.id}: {one.differences}" for one in report.results if not one.passed]
    for scenario in scenarios.scenarios:
        options = {
            "as_of": scenario.as_of,
            "rules_as_of": scenario.rules_as_of,
            "absent_is_none": scenario.absent_is_none,
            "calendar": calendars.get(scenario.calendar or ""),
        }
        if answer(case_engine, scenario.facts, options) != answer(oracle, scenario.facts, options):
            wrong.append(f"{scenario.id}: case engine and reference differ")
    wrong += [f"{seen.rule} never held" for seen in report.coverage if not seen.held]
    wrong += [f"{seen.rule} never failed to hold" for seen in report.coverage if not seen.not_held]
    return wrong


def test_the_catalogue_is_whole() -> None:
    found: dict[str, set[str]] = {}
    for id_ in RULESETS:
        district, _, name = id_.partition("/")
        found.setdefault(district, set()).add(name)
    assert found == CATALOGUE


@pytest.mark.parametrize("id_", RULESETS)
def test_a_ruleset_has_no_problem_and_no_section_without_a_rule(id_: str) -> None:
    ruleset, problems = checked(id_)
    assert problems == []
    nowhere = [one.section for one in provisions(ruleset) if not (one.rules or one.beside or one.left)]
    assert nowhere == []


@pytest.mark.parametrize("id_", RULESETS)
def test_scenarios_are_right_in_both_evaluators_and_see_every_rule_both_ways(id_: str) -> None:
    assert in_child(findings, id_) == []
