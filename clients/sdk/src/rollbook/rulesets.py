"""Rulesets, their checks and scenarios as values: `ruleset.proto` and `ruleset_service.proto`, under the same names."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rollbook.conversion import Word
from rollbook.decisions import Citation, RulesetSource
from rollbook.declarations import Action, DeclaredDeadline, Fact, Parameter, Rule, Table

__all__ = [
    "Authority",
    "Difference",
    "Interpretation",
    "NotDecided",
    "Outcome",
    "Problem",
    "RuleCoverage",
    "Ruleset",
    "RulesetState",
    "RulesetView",
    "ScenarioReport",
    "ScenarioResult",
    "Severity",
    "Validation",
]


class RulesetState(Word):
    """Whether a ruleset can decide."""

    UNSPECIFIED = "unspecified"
    SERVING = "serving"
    INVALID = "invalid"


class RulesetView(Word):
    """How much of a ruleset to send."""

    UNSPECIFIED = "unspecified"
    BASIC = "basic"
    FULL = "full"


class Severity(Word):
    """How grave a problem is."""

    UNSPECIFIED = "unspecified"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a document, at `line` and `column` of `file` (from 1; 0 for the whole file)."""

    severity: Severity
    file: str
    line: int
    column: int
    path: str
    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Authority:
    """The policy document that a ruleset encodes."""

    document: str
    issued_on: datetime.date | None
    url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A possible outcome."""

    outcome: str
    means: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class NotDecided:
    """A provision that the ruleset does not decide."""

    citations: tuple[Citation, ...]
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A reading chosen where the policy can be read in more than one way."""

    about: str
    reading: str
    other: str


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A policy as rules; see the contract for each attribute.

    In the basic view the schemas, facts, parameters, rules, actions, deadlines, tables and texts are
    empty. The dates are inclusive.
    """

    name: str
    version: str
    state: RulesetState
    source: RulesetSource
    title: str
    question: str
    authority: Authority | None
    effective_from: datetime.date | None
    effective_until: datetime.date | None
    time_zone: str
    case_grain: tuple[str, ...]
    default_calendar: str
    outcomes: tuple[Outcome, ...]
    facts_schema: Mapping[str, Any] = field(metadata={"json": True, "name": "facts_schema"})
    results_schema: Mapping[str, Any] = field(metadata={"json": True, "name": "results_schema"})
    facts: tuple[Fact, ...]
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    actions: tuple[Action, ...]
    not_decided: tuple[NotDecided, ...]
    interpretations: tuple[Interpretation, ...]
    source_yaml: str
    canonical_json: str
    problems: tuple[Problem, ...]
    deadlines: tuple[DeclaredDeadline, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """What a check of a document found; `ruleset` is what would be served, or None where the document is not valid."""

    valid: bool
    problems: tuple[Problem, ...]
    ruleset: Ruleset | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that did not come out as a scenario expects."""

    what: str
    expected: str
    actual: str
    evaluator: str


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What one scenario showed."""

    scenario: str
    passed: bool
    differences: tuple[Difference, ...]
    cites: str
    line: int


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """In how many scenarios a rule holds, does not hold, and depends on missing facts."""

    rule: str
    held_count: int
    not_held_count: int
    unknown_count: int


@dataclass(frozen=True, slots=True)
class ScenarioReport:
    """What the scenarios of a ruleset showed."""

    passed: bool
    results: tuple[ScenarioResult, ...]
    coverage: tuple[RuleCoverage, ...]
    problems: tuple[Problem, ...]
