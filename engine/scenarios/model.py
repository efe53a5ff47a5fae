"""Scenarios ready to be run, and what running them shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.decisions import Decision
from engine.scenarios.documents import Expectation

__all__ = ["Difference", "Report", "RuleCoverage", "Scenario", "ScenarioResult", "Scenarios"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A worked case.

    Attributes:
        id: its name.
        line: the line of its file in which it begins, from 1.
        cites: the sections that the expectation comes from.
        means: what it shows; may be empty.
        facts: the case as a caller sends it, dates as ISO text.
        as_of, rules_as_of: the decision's date, and the one whose parameters count.
        calendar: the name of the calendar that school and business days are counted in; None where nothing names one.
        absent_is_none: whether facts left out read as none where they say what none means.
        expect: what must come out.
    """

    id: str
    line: int
    cites: tuple[str, ...]
    means: str
    facts: Mapping[str, Any]
    as_of: date
    rules_as_of: date
    calendar: str | None
    absent_is_none: bool
    expect: Expectation


@dataclass(frozen=True, slots=True)
class Scenarios:
    """The worked cases of the ruleset `ruleset`, in the order of the file."""

    ruleset: str
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that did not come out as expected.

    Attributes:
        what: `outcome`, `candidates`, `holds`, `not_holds`, `holds_only`, `results.comment_code`, `obligations`,
            `deadlines.report.status`, `missing.outcome`, `missing.details`, `complete`, `error`.
        expected: what the scenario says, in words.
        actual: what came out, in words.
    """

    what: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.what}: expected {self.expected}; came out {self.actual}"


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What one scenario showed; `decision` is None where the case was refused."""

    scenario: Scenario
    differences: tuple[Difference, ...]
    decision: Decision | None

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """How often the scenarios saw a rule; those to which the ruleset does not apply are not counted.

    Attributes:
        rule: its id.
        held: in how many scenarios it holds.
        not_held: in how many it does not hold, for certain.
        unknown: in how many that depends on what is missing.
    """

    rule: str
    held: int
    not_held: int
    unknown: int

    @property
    def covered(self) -> bool:
        """Whether it was seen both ways."""
        return self.held > 0 and self.not_held > 0


@dataclass(frozen=True, slots=True)
class Report:
    """What the scenarios of a ruleset showed: each in the order of the file, each rule in that of the ruleset."""

    results: tuple[ScenarioResult, ...]
    coverage: tuple[RuleCoverage, ...]

    @property
    def passed(self) -> bool:
        """Whether all scenarios passed."""
        return all(result.passed for result in self.results)
