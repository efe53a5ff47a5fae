"""What a child process does with a document: check it, and decide its scenarios with both evaluators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from engine import reference
from engine.calendars.folder import read_calendars
from engine.cases import CaseEngine
from engine.documents import Documents
from engine.rosters.coverage import coverage_notes
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.problems import Problem, errors_among
from engine.scenarios import Decide, Report, ScenarioResult, Scenarios, check_scenarios
from engine.scenarios import run_scenarios as run
from rollbook.v1 import ruleset_service_pb2 as pb
from server.descriptions import describe_checked, problem_message

__all__ = ["run_scenarios", "validate"]

_RULESET_FILE: Final = "ruleset.yaml"
_SCENARIOS_FILE: Final = "scenarios.yaml"


def validate(document: pb.RulesetDocument, documents: Documents | None = None) -> pb.ValidateRulesetResponse:
    """Everything that is wrong with the ruleset and its scenarios, and the ruleset as it would be served.

    `documents` are the rulesets that it may build on.
    """
    checked, _, problems = _checked(document, documents)
    valid = checked is not None and not errors_among(problems)
    response = pb.ValidateRulesetResponse(valid=valid, problems=map(problem_message, problems))
    if checked is not None and valid:
        CaseEngine.build(checked)  # its network and its Python too must come into being
        response.problems.extend(map(problem_message, coverage_notes(checked, _RULESET_FILE)))
        response.ruleset.CopyFrom(describe_checked(checked, document.ruleset_yaml, full=True))
    return response


def run_scenarios(document: pb.RulesetDocument, documents: Documents | None = None) -> pb.RunScenariosResponse:
    """What the scenarios show: they pass when the case engine and the reference both decide as they expect.

    `documents` are the rulesets that the ruleset may build on, and the calendars that days are counted in.
    """
    checked, scenarios, problems = _checked(document, documents)
    response = pb.RunScenariosResponse(problems=map(problem_message, problems))
    if checked is None or errors_among(problems):
        return response
    scenarios = scenarios or Scenarios(checked.document.ruleset, ())
    evaluators: Mapping[str, Decide] = {
        "case-engine": CaseEngine.build(checked).decide,
        "reference": partial(reference.decide, checked),
    }
    calendars = {} if documents is None else read_calendars(documents).by_name
    reports = {evaluator: run(scenarios, checked, decide, calendars) for evaluator, decide in evaluators.items()}
    response.passed = all(report.passed for report in reports.values())
    response.results.extend(_results(reports))
    response.coverage.extend(
        pb.RuleCoverage(rule=seen.rule, held_count=seen.held, not_held_count=seen.not_held, unknown_count=seen.unknown)
        for seen in reports["case-engine"].coverage
    )
    return response


def _checked(
    document: pb.RulesetDocument, documents: Documents | None
) -> tuple[CheckedRuleset | None, Scenarios | None, tuple[Problem, ...]]:
    text = document.ruleset_yaml
    if documents is None:
        checked, problems = check_text(text, _RULESET_FILE)
    else:
        checked, problems = check_text(text, _RULESET_FILE, Neighbours(documents).find)
    scenarios = None
    if checked is not None and document.scenarios_yaml:
        scenarios, further = check_scenarios(document.scenarios_yaml, _SCENARIOS_FILE, checked)
        problems += further
    return checked, scenarios, problems


def _results(reports: Mapping[str, Report]) -> Iterator[pb.ScenarioResult]:
    """One result per scenario, with what each evaluator did otherwise than expected."""
    for by_evaluator in zip(*(report.results for report in reports.values()), strict=True):
        scenario = by_evaluator[0].scenario
        result = pb.ScenarioResult(scenario=scenario.id, cites=", ".join(scenario.cites), line=scenario.line)
        result.passed = all(found.passed for found in by_evaluator)
        for evaluator, found in zip(reports, by_evaluator, strict=True):
            result.differences.extend(_differences(evaluator, found))
        yield result


def _differences(evaluator: str, result: ScenarioResult) -> Iterator[pb.Difference]:
    for difference in result.differences:
        yield pb.Difference(
            what=difference.what, expected=difference.expected, actual=difference.actual, evaluator=evaluator
        )
