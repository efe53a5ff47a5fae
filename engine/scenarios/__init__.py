"""Scenarios: worked cases of a ruleset, with what must come out, taken from the policy's text.

`load_scenarios` or `check_scenarios` reads them, `run_scenarios` decides them with any evaluator and compares.
"""

from engine.scenarios.loading import check_scenarios, load_scenarios, scenarios_schema
from engine.scenarios.model import Difference, Report, RuleCoverage, Scenario, ScenarioResult, Scenarios
from engine.scenarios.running import Calendars, Decide, coverage_of, run_scenario, run_scenarios

__all__ = [
    "Calendars",
    "Decide",
    "Difference",
    "Report",
    "RuleCoverage",
    "Scenario",
    "ScenarioResult",
    "Scenarios",
    "check_scenarios",
    "coverage_of",
    "load_scenarios",
    "run_scenario",
    "run_scenarios",
    "scenarios_schema",
]
