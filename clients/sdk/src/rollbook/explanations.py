"""Explanations as values: what `protos/rollbook/v1/explanation.proto` describes, under the same names."""

from __future__ import annotations

from dataclasses import dataclass

from rollbook.conversion import Word
from rollbook.decisions import Cause, Citation, Decision

__all__ = [
    "ElementExplanation",
    "Explanation",
    "NamedValue",
    "NamedValueKind",
    "Part",
    "PartState",
    "RuleExplanation",
    "RuleReference",
    "RuleStatus",
]


class RuleStatus(Word):
    """Why a rule holds or does not."""

    UNSPECIFIED = "unspecified"
    OUTSIDE = "outside"
    NOT_TRUE = "not-true"
    GIVEN_NOT_HELD = "given-not-held"
    EXCEPTION_NOT_NEEDED = "exception-not-needed"
    DEFEATED = "defeated"
    EXCEPTED = "excepted"
    HOLDS = "holds"
    UNKNOWN = "unknown"


class PartState(Word):
    """What is known about a part of an expression."""

    UNSPECIFIED = "unspecified"
    KNOWN = "known"
    UNKNOWN = "unknown"
    NOT_LOOKED_AT = "not-looked-at"


class NamedValueKind(Word):
    """What a named value is."""

    UNSPECIFIED = "unspecified"
    VALUE = "value"
    PARAMETER = "parameter"
    TABLE = "table"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an expression with the value that it had.

    Attributes:
        text: the expression as the ruleset writes it, at `line` and `column` of its file (from 1; 0 for no file).
        state: whether it has a value; `value` is it as FEEL writes it, `causes` say why there is none.
        parts: what it is made of.
    """

    text: str
    line: int
    column: int
    state: PartState
    value: str
    causes: tuple[Cause, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ElementExplanation:
    """A premise for one item of a list."""

    element: str
    premise: Part | None


@dataclass(frozen=True, slots=True)
class RuleReference:
    """Another rule, and how it stands; `ruleset` is empty for the ruleset explained."""

    ruleset: str
    rule: str
    status: RuleStatus


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """One rule in one case: `status` says whether it holds or why not, `text` says it in a sentence."""

    rule: str
    status: RuleStatus
    outcome: str
    citations: tuple[Citation, ...]
    premise: Part | None
    elements: tuple[ElementExplanation, ...]
    given: tuple[RuleReference, ...]
    exception_to: tuple[RuleReference, ...]
    stopped_by: tuple[RuleReference, ...]
    text: str


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A name that rules use, and what it stands for in this case."""

    name: str
    kind: NamedValueKind
    part: Part | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a ruleset decides one case as it does; `applies` is None for rulesets that always apply."""

    decision: Decision
    applies: Part | None
    rules: tuple[RuleExplanation, ...]
    values: tuple[NamedValue, ...]
