"""What a change of rules would do, as values: `comparison.proto`, under the same names."""

from __future__ import annotations

from dataclasses import dataclass

from rollbook.conversion import Word

__all__ = [
    "Applicability",
    "AspectChange",
    "ComparedCase",
    "ComparedDecision",
    "DecisionAspect",
    "DecisionLine",
    "IdValue",
    "NeedCount",
    "OutcomeChange",
    "OutcomePair",
    "RuleDifference",
    "RuleDifferenceCount",
    "RulesetComparison",
    "UndecidedCases",
]


class DecisionAspect(Word):
    """What can change in a decision whose outcome stays."""

    UNSPECIFIED = "unspecified"
    RULES = "rules"
    OBLIGATIONS = "obligations"
    DUE_DATES = "due-dates"
    DEADLINES = "deadlines"
    RESULTS = "results"
    MESSAGES = "messages"
    MISSING = "missing"


class Applicability(Word):
    """Whether a ruleset applies to a case; UNSPECIFIED where it is the same on both sides."""

    UNSPECIFIED = "unspecified"
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OutcomePair:
    """How many cases have two outcomes."""

    outcome_before: str
    outcome_after: str
    case_count: int


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """How the rules that hold differ: those that ended, those that began, those that conclude another outcome."""

    ended: tuple[str, ...]
    began: tuple[str, ...]
    otherwise: tuple[str, ...]
    applies_before: Applicability
    applies_after: Applicability


@dataclass(frozen=True, slots=True)
class RuleDifferenceCount:
    """In how many cases the rules differ just so."""

    rules: RuleDifference
    case_count: int


@dataclass(frozen=True, slots=True)
class IdValue:
    """The value of an id column, as text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One thing that a decision says: about what (a rule, a deadline, a fact; or empty), and the text."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class ComparedDecision:
    """What one of two rulesets says about a case. Its lines may contain values of facts."""

    outcome: str
    lines: tuple[DecisionLine, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """One of the cases that change; `row` is its row in the roster, from 0."""

    row: int
    ids: tuple[IdValue, ...]
    rules: RuleDifference
    before: ComparedDecision
    after: ComparedDecision


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """The cases that go from one outcome to another; the rules that make it, the most frequent first, and examples."""

    outcome_before: str
    outcome_after: str
    case_count: int
    reasons: tuple[RuleDifferenceCount, ...]
    unlisted_count: int
    examples: tuple[ComparedCase, ...]


@dataclass(frozen=True, slots=True)
class AspectChange:
    """The cases that keep their outcome, and in which one aspect changes. A case can be in several."""

    aspect: DecisionAspect
    case_count: int
    reasons: tuple[RuleDifferenceCount, ...]
    unlisted_count: int
    examples: tuple[ComparedCase, ...]


@dataclass(frozen=True, slots=True)
class NeedCount:
    """What stands in the way of a decision, and in how many cases; `kind` is `refused` for a fact not accepted."""

    kind: str
    path: str
    case_count: int


@dataclass(frozen=True, slots=True)
class UndecidedCases:
    """Cases that one ruleset cannot decide, although the other can, and what it needs."""

    indeterminate_count: int
    refused_count: int
    needs: tuple[NeedCount, ...]


@dataclass(frozen=True, slots=True)
class RulesetComparison:
    """What a change of rules would do to the cases of a roster; see the contract for each attribute."""

    outcomes_before: tuple[str, ...]
    outcomes_after: tuple[str, ...]
    case_count: int
    changed_count: int
    unchanged_count: int
    matrix: tuple[OutcomePair, ...]
    changes: tuple[OutcomeChange, ...]
    aspects: tuple[AspectChange, ...]
    only_after_decides: UndecidedCases
    only_before_decides: UndecidedCases
    facts_only_before: tuple[str, ...]
    facts_only_after: tuple[str, ...]
