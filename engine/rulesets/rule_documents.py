"""How rules are written in a document, and what they conclude, set and oblige to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.rulesets.fact_documents import Choices, DocumentPart
from engine.rulesets.scalars import Cites, Expression, Id, Name, Prose, RuleReference

__all__ = ["Action", "Applies", "Default", "Expectation", "Obligation", "Result", "Rule"]

ResultType = Literal["string", "integer", "decimal", "boolean", "date"]


class Result(DocumentPart):
    """Something that rules set beside the outcome."""

    type: ResultType | None = None
    """What it is."""
    list_of: ResultType | None = None
    """For a list: what its items are."""
    one_of: Choices | None = None
    """The strings that it, or an item, can be."""
    places: Annotated[int, Field(strict=True, ge=0, le=18)] | None = None
    """For a decimal: how many decimals it may have."""
    merge: Literal["union"] | None = None
    """What becomes of it when several rules that hold set it: `union` joins their items, each once."""
    means: Prose | None = None
    """What it says."""


class Action(DocumentPart):
    """What somebody may be obliged to do."""

    by: Prose
    """Who does it."""
    to: Prose | None = None
    """Toward whom."""
    force: Literal["must", "should", "may"] = "must"
    """How strongly it binds."""
    text: Prose
    """What to do, in words."""


class Default(DocumentPart):
    """The outcome when no rule that holds concludes one."""

    outcome: Id
    because: Prose = Prose()
    """The message, with facts and values in braces: `{mark.score}`."""
    cites: Cites = Cites()


class Applies(DocumentPart):
    """Which cases the ruleset is about: outside no rule is looked at."""

    when: Expression
    """True of the cases that it is about."""
    otherwise: Id
    """The outcome of all others."""
    cites: Cites = Cites()
    because: Prose = Prose()
    """The message, with facts and values in braces: `{mark.score}`."""


class Obligation(DocumentPart):
    """What a rule that holds obliges to."""

    action: Id
    """The action."""
    due: Expression | None = None
    """The last day that is in time."""
    deadline: Name | None = None
    """The deadline that it hangs on."""


class Rule(DocumentPart):
    """A rule of the policy."""

    cites: Cites = Cites()
    """The sections that it rests on."""
    each: Prose | None = None
    """`name in list`: the premise is asked of every element; messages, results and obligations come once for each."""
    when: Expression = Expression("true")
    """The premise."""
    given: tuple[RuleReference, ...] = ()
    """Rules that must hold for this one to apply."""
    exception_to: tuple[RuleReference, ...] = ()
    """Rules of which one must apply; those do not hold where this one does."""
    defeats: tuple[RuleReference, ...] = ()
    """Rules that do not hold where this one does."""
    outcome: Id | None = None
    """What it concludes."""
    results: dict[Name, Expression] = Field(default_factory=dict)
    """What it sets beside."""
    because: Prose = Prose()
    """The message, with facts and values in braces: `{mark.score}`."""
    obliges: tuple[Obligation, ...] = ()
    """What it obliges to."""


class Expectation(DocumentPart):
    """What must be consistent between facts."""

    that: Expression
    """False only in a case that contradicts itself."""
    otherwise: Prose
    """What to tell whoever sent such a case."""
    cites: Cites = Cites()
