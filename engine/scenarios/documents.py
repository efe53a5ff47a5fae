"""Scenarios as they are written: `scenarios.yaml` beside a ruleset."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag

from engine.rulesets.fact_documents import DocumentPart
from engine.rulesets.scalars import Cites, Day, Flag, Id, Name, Prose, RuleReference, RulesetId

__all__ = [
    "NOT_KNOWN",
    "Expectation",
    "ExpectedDeadline",
    "ExpectedMissing",
    "ExpectedObligation",
    "ScenarioDocument",
    "ScenariosDocument",
    "Usual",
]

NOT_KNOWN: Final = "unknown"
"""What a scenario writes for a part of a deadline that is not known."""


class Usual(DocumentPart):
    """What every scenario has, unless it says otherwise."""

    as_of: Day | None = None
    """The decision's date."""
    calendar: Prose | None = None
    """The calendar that school and business days are counted in; the ruleset's own when left out."""
    facts: dict[Name, Any] = Field(default_factory=dict)
    """The facts."""


class ExpectedObligation(DocumentPart):
    """An obligation that comes out."""

    action: Id
    """The action."""
    due: Day | None = None
    """The last day that is in time; left out when there is none."""


def _day_tag(value: Any) -> str:
    return "<unknown>" if value == NOT_KNOWN else "<none>" if value is None else "<day>"


_DayNoneOrUnknown = Annotated[
    Annotated[Day, Tag("<day>")] | Annotated[None, Tag("<none>")] | Annotated[Literal["unknown"], Tag("<unknown>")],
    Discriminator(_day_tag),
]


class ExpectedDeadline(DocumentPart):
    """Where a deadline stands. What is left out is not compared; null is none, `unknown` is not known."""

    starts_on: _DayNoneOrUnknown = None
    """The day after which the count begins."""
    due: _DayNoneOrUnknown = None
    """The last day that is in time."""
    status: (
        Literal["not-started", "met", "met-late", "waived", "paused", "overdue", "due-soon", "running", "unknown"]
        | None
    ) = None
    """Its status."""
    met_on: _DayNoneOrUnknown = None
    """The day on which it was met."""


def _deadline_tag(value: Any) -> str:
    return "<list>" if isinstance(value, list | tuple) else "<one>"


_ExpectedDeadlines = Annotated[
    Annotated[ExpectedDeadline, Tag("<one>")] | Annotated[tuple[ExpectedDeadline, ...], Tag("<list>")],
    Discriminator(_deadline_tag),
]


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
    deadlines: dict[Name, _ExpectedDeadlines] | None = None
    """Where these deadlines stand, among others; for one with `each` a list, an entry for each element."""
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
    calendar: Prose | None = None
    """The calendar that school and business days are counted in; that of `usual`, else the ruleset's own."""
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
