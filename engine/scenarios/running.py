"""Runs scenarios with any evaluator, and counts which rules they saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Protocol

from engine.calendars import Calendar
from engine.decisions import Decision
from engine.errors import FactsError, RollbookError
from engine.explanations import explain
from engine.explanations.model import RuleStatus
from engine.rulesets.checked import CheckedRuleset
from engine.scenarios.comparing import differences, differences_of_refusal
from engine.scenarios.model import Difference, Report, RuleCoverage, Scenario, ScenarioResult, Scenarios

__all__ = ["Calendars", "Decide", "coverage_of", "run_scenario", "run_scenarios"]

Calendars = Mapping[str, Calendar]
"""Calendars by name."""

_NO_CALENDARS: Final[Calendars] = MappingProxyType({})


class Decide(Protocol):
    """An evaluator: `CaseEngine.decide`, or the reference with its ruleset."""

    def __call__(
        self,
        facts: Mapping[str, Any],
        *,
        as_of: date,
        rules_as_of: date | None,
        absent_is_none: bool,
        calendar: Calendar | None,
    ) -> Decision:
        """The decision of the case.

        Raises:
            FactsError: when the ruleset does not accept the facts.
            RollbookError: when it needs a calendar and there is none.
        """


def run_scenarios(
    scenarios: Scenarios, checked: CheckedRuleset, decide: Decide, calendars: Calendars = _NO_CALENDARS
) -> Report:
    """What every scenario showed, and how often each rule was seen.

    Args:
        scenarios: the scenarios of `checked`.
        checked: their ruleset.
        decide: the evaluator.
        calendars: those that there are, by name.
    """
    results = tuple(run_scenario(scenario, decide, calendars) for scenario in scenarios.scenarios)
    return Report(results, coverage_of(checked, results, calendars))


def run_scenario(scenario: Scenario, decide: Decide, calendars: Calendars = _NO_CALENDARS) -> ScenarioResult:
    """What one scenario showed."""
    calendar = None if scenario.calendar is None else calendars.get(scenario.calendar)
    try:
        decision = decide(
            scenario.facts,
            as_of=scenario.as_of,
            rules_as_of=scenario.rules_as_of,
            absent_is_none=scenario.absent_is_none,
            calendar=calendar,
        )
    except FactsError as error:
        return ScenarioResult(scenario, differences_of_refusal(scenario.expect, error), None)
    except RollbookError as error:
        lacking = calendar is None and scenario.calendar is not None
        message = f"there is no calendar `{scenario.calendar}`" if lacking else error.message
        return ScenarioResult(scenario, (Difference("error", "a decision", message),), None)
    return ScenarioResult(scenario, differences(scenario.expect, decision), decision)


def coverage_of(
    checked: CheckedRuleset, results: Iterable[ScenarioResult], calendars: Calendars = _NO_CALENDARS
) -> tuple[RuleCoverage, ...]:
    """How often each rule was seen to hold, not to hold, or to depend on what is missing."""
    held = dict.fromkeys(checked.rules, 0)
    not_held = dict.fromkeys(checked.rules, 0)
    unknown = dict.fromkeys(checked.rules, 0)
    for result in results:
        if result.decision is None or not result.decision.applies:
            continue
        holding = {one.rule for one in result.decision.held}
        open_ = _open(checked, result.scenario, result.decision, calendars)
        for rule in checked.rules:
            count = held if rule in holding else unknown if rule in open_ else not_held
            count[rule] += 1
    return tuple(RuleCoverage(rule, held[rule], not_held[rule], unknown[rule]) for rule in checked.rules)


def _open(checked: CheckedRuleset, scenario: Scenario, decision: Decision, calendars: Calendars) -> frozenset[str]:
    """The rules of which it depends on what is missing whether they hold."""
    if decision.complete:
        return frozenset()
    explained = explain(
        checked,
        scenario.facts,
        as_of=scenario.as_of,
        rules_as_of=scenario.rules_as_of,
        absent_is_none=scenario.absent_is_none,
        calendar=calendars.get(scenario.calendar or ""),
    )
    return frozenset(rule.rule for rule in explained.rules if rule.status is RuleStatus.UNKNOWN)
