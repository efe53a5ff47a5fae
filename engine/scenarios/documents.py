"""Scenarios as they are written: `scenarios.yaml` beside a ruleset."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from engine.rulesets.fact_documents import DocumentPart
from engine.rulesets.scalars import Cites, Day, Flag, Id, Name, Prose, RuleReference, RulesetId

__all__ = ["Expectation", "ExpectedMissing", "ExpectedObligation", "ScenarioDocument", "ScenariosDocument", "Usual"]


class Usual(DocumentPart):
    """What every scenario has, unless it says otherwise."""

    as_of: Day | None = None
    """The decision's date."""
    facts: dict[Name, Any] = Field(default_factory=dict)
    """The facts."""


class ExpectedObligation(DocumentPart):
    """An obligation that comes out."""

    action: Id
    """The action."""
    due: Day | None = None
    """The last day that is in time; left out when there is none."""


class ExpectedMissing(DocumentPart):
    """What comes out as missing; a part that is left out is not compared."""

    outcome: tuple[Prose, ...] | None = None
    """The paths of what could change the outcome."""
    details: tuple[Prose, ...] | None = None
    """The paths of what else could change."""


class Expectation(DocumentPart):
    """What must come out. What is left out is not compared."""

    outcome: Id | None = None
    """The outcome, or `indeterminate`."""
    candidates: tuple[Id, ...] | None = None
    """The outcomes that are possible, strongest first."""
    holds: tuple[RuleReference, ...] | None = None
    """Rules that hold, among others."""
    not_holds: tuple[RuleReference, ...] | None = None
    """Rules that do not hold."""
    holds_only: tuple[RuleReference, ...] | None = None
    """The rules that hold, and no others."""
    results: dict[Name, Any] | None = None
    """All results."""
    obligations: tuple[ExpectedObligation, ...] | None = None
    """All obligations, in any order."""
    missing: ExpectedMissing | None = None
    """What is missing."""
    complete: Flag | None = None
    """Whether nothing is missing."""
    error: tuple[Prose, ...] | None = None
    """The case is refused, and these paths are among those that are wrong."""


class ScenarioDocument(DocumentPart):
    """A worked case."""

    cites: Cites
    """The section that the expectation comes from."""
    means: Prose | None = None
    """What the case shows."""
    as_of: Day | None = None
    """The decision's date; that of `usual` when left out."""
    rules_as_of: Day | None = None
    """The day whose parameters count; `as_of` when left out."""
    absent_is_none: Flag = False
    """Whether facts left out read as none where they say what none means."""
    facts: dict[Name, Any] = Field(default_factory=dict)
    """The facts, laid over the usual ones: groups are merged, a list or a single fact replaces."""
    without: tuple[Prose, ...] = ()
    """Paths to take out of the facts."""
    only: Flag = False
    """Whether the usual facts are left aside."""
    expect: Expectation
    """What must come out."""


class ScenariosDocument(DocumentPart):
    """The worked cases of a ruleset."""

    ruleset: RulesetId
    """The ruleset: `district/name`."""
    usual: Usual = Field(default_factory=Usual)
    """What every scenario has, unless it says otherwise."""
    scenarios: dict[Id, ScenarioDocument]
    """The cases, by id."""
