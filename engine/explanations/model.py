"""An explanation: why a ruleset decides a case as it does, rule by rule and part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct

from engine.decisions import DeadlineState, Decision, Held, Missing, Obligation
from engine.explanations.texts import feel_text
from engine.feel.unknown import Cause

__all__ = [
    "ElementExplanation",
    "Explanation",
    "NamedValue",
    "Part",
    "PartKind",
    "PartState",
    "RuleExplanation",
    "RuleReference",
    "RuleStatus",
]


PartKind = Literal["and", "or", "not", "some", "every", "filter", "for", "element", "other"]


class RuleStatus(StrEnum):
    """Why a rule holds or does not: UNKNOWN where that depends on what is missing, else the first other that fits."""

    OUTSIDE = "outside"
    """The ruleset does not apply to the case, and the rule was not looked at."""
    NOT_TRUE = "not-true"
    """Its premise is false."""
    GIVEN_NOT_HELD = "given-not-held"
    """Its premise is true, but a rule that it builds on does not hold."""
    EXCEPTION_NOT_NEEDED = "exception-not-needed"
    """Its premise is true, but no rule that it is an exception to applies."""
    DEFEATED = "defeated"
    """It applies, but a rule that defeats it holds."""
    EXCEPTED = "excepted"
    """It applies, but a rule that is an exception to it holds."""
    HOLDS = "holds"
    """It applies, and nothing stands against it."""
    UNKNOWN = "unknown"
    """It depends on what is missing whether it holds."""


class PartState(StrEnum):
    """What is known about a part of an expression."""

    KNOWN = "known"
    """It has a value; none is one."""
    UNKNOWN = "unknown"
    """Its value is not known, or not wholly."""
    NOT_LOOKED_AT = "not-looked-at"
    """The other parts settle the matter."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an expression with the value that it had.

    Attributes:
        text: as the ruleset writes it; for an element of a list its name and the list item, `n: warning_notices[1]`.
        line, column: of its first character within the expression, from 1.
        state: whether it has a value.
        value: as FEEL writes it, what is not known within it as `(not known)`; empty where `state` is not KNOWN.
        causes: why it is not known, sorted.
        parts: what it is made of, in the order of the text, literals left out.
        kind: what it does: `and`, `or`, `not`, `some`, `every`, `filter`, `for`, an `element` of a list that one of
            these goes through, or `other`.
    """

    text: str
    line: int
    column: int
    state: PartState
    value: str = ""
    causes: tuple[Cause, ...] = ()
    parts: tuple[Part, ...] = ()
    kind: PartKind = "other"


@dataclass(frozen=True, slots=True)
class ElementExplanation:
    """The premise of a rule with `each` for one element; `index` counts from 0 in the list that `each` names.

    `premise` is None where the rule has no `when`.
    """

    index: int
    element: str
    premise: Part | None


@dataclass(frozen=True, slots=True)
class RuleReference:
    """Another rule, and how it stands; `rule` is `district/name#rule` for one of another ruleset."""

    rule: str
    status: RuleStatus


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """One rule in one case.

    Attributes:
        rule, cites, outcome: its id, the sections that it rests on, what it concludes when it holds.
        status: whether it holds, or why not; `text` says so in a sentence.
        premise: with its parts; None where the rule was not looked at, or has neither `when` nor `each`.
        elements: for a rule with `each` its premise for each element.
        given: the rules that it builds on.
        exception_to: the rules that it is an exception to.
        stopped_by: the rules that defeat it or are an exception to it, and hold or may hold.
    """

    rule: str
    status: RuleStatus
    text: str
    outcome: str | None
    cites: tuple[str, ...]
    premise: Part | None
    elements: tuple[ElementExplanation, ...] = ()
    given: tuple[RuleReference, ...] = ()
    exception_to: tuple[RuleReference, ...] = ()
    stopped_by: tuple[RuleReference, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedValue:
    """What a name that rules use stands for: a `value`, a `parameter` on `rules_as_of`, a `table` or a `deadline`."""

    name: str
    kind: Literal["value", "parameter", "table", "deadline"]
    part: Part
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a ruleset decides one case as it does.

    Attributes:
        decision: what is explained.
        applies: the condition under which the ruleset applies at all; None where it always does.
        rules: every rule, in the document's order.
        values: what the names stand for that rules use, each after those that it is made of.
    """

    decision: Decision
    applies: Part | None
    rules: tuple[RuleExplanation, ...]
    values: tuple[NamedValue, ...]

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON has it: dates as ISO strings, decimals and what else JSON lacks as FEEL text."""
        plain = _plain(self)
        assert isinstance(plain, dict)
        return plain


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, _STRUCTURES):
        return {name: _plain(getattr(value, name)) for name in _names(value)}
    return feel_text(value)


def _names(structure: Any) -> tuple[str, ...]:
    if isinstance(structure, Struct):
        return structure.__struct_fields__
    return tuple(field.name for field in fields(structure))


_STRUCTURES = (
    *(Decision, DeadlineState, Held, Missing, Obligation, Cause),
    *(ElementExplanation, Explanation, NamedValue, Part, RuleExplanation, RuleReference),
)
