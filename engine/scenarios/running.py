"""Runs scenarios with any evaluator, and counts which rules they saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from engine.decisions import Decision
from engine.errors import FactsError
from engine.rulesets.checked import CheckedRuleset
from engine.scenarios.comparing import differences, differences_of_refusal
from engine.scenarios.model import Report, RuleCoverage, Scenario, ScenarioResult, Scenarios

__all__ = ["Decide", "coverage_of", "run_scenario", "run_scenarios"]


class Decide(Protocol):
    """An evaluator: `CaseEngine.decide`, or the reference with its ruleset."""

    def __call__(
        self, facts: Mapping[str, Any], *, as_of: date, rules_as_of: date | None, absent_is_none: bool
    ) -> Decision:
        """The decision of the case.

        Raises:
            FactsError: when the ruleset does not accept the facts.
        """


def run_scenarios(scenarios: Scenarios, checked: CheckedRuleset, decide: Decide) -> Report:
    """What every scenario showed, and how often each rule was seen."""
    results = tuple(run_scenario(scenario, decide) for scenario in scenarios.scenarios)
    return Report(results, coverage_of(checked, (result.decision for result in results)))


def run_scenario(scenario: Scenario, decide: Decide) -> ScenarioResult:
    """What one scenario showed."""
    try:
        decision = decide(
            scenario.facts,
            as_of=scenario.as_of,
            rules_as_of=scenario.rules_as_of,
            absent_is_none=scenario.absent_is_none,
        )
    except FactsError as error:
        return ScenarioResult(scenario, differences_of_refusal(scenario.expect, error), None)
    return ScenarioResult(scenario, differences(scenario.expect, decision), decision)


def coverage_of(checked: CheckedRuleset, decisions: Iterable[Decision | None]) -> tuple[RuleCoverage, ...]:
    """How often each rule was seen to hold, not to hold, or to depend on what is missing."""
    held = dict.fromkeys(checked.rules, 0)
    not_held = dict.fromkeys(checked.rules, 0)
    unknown = dict.fromkeys(checked.rules, 0)
    for decision in decisions:
        if decision is None or not decision.applies:
            continue
        holding = {one.rule for one in decision.held}
        for rule in checked.rules:
            count = held if rule in holding else not_held if decision.complete else unknown
            count[rule] += 1
    return tuple(RuleCoverage(rule, held[rule], not_held[rule], unknown[rule]) for rule in checked.rules)
