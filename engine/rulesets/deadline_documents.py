"""How deadlines are written in a document."""

from __future__ import annotations

from pydantic import Field

from engine.rulesets.fact_documents import DocumentPart
from engine.rulesets.scalars import Cites, Expression, Prose

__all__ = ["Deadline", "Pause"]


class Pause(DocumentPart):
    """An interval that takes the days after `from` through `until` off a deadline's count."""

    cites: Cites = Cites()
    """The sections that it rests on."""
    each: Prose | None = None
    """`name in list`: one interval per element."""
    from_: Expression = Field(alias="from")
    """The day from which the count stands still."""
    until: Expression
    """The last day that is taken off; none while the pause is open."""


class Deadline(DocumentPart):
    """Until when something is in time."""

    cites: Cites = Cites()
    """The sections that it rests on."""
    means: Prose | None = None
    """What must be done by then."""
    each: Prose | None = None
    """`name in list`: one deadline per element."""
    starts: Expression
    """The day after which the count begins: the day after it is day 1."""
    length: Prose | None = None
    """How long: a number or parameter, then `calendar days`, `school days` or `business days`; negative: before."""
    paused: Pause | None = None
    """When the count stands still."""
    due: Expression | None = None
    """When it is not none: the due day, final."""
    waived: Expression | None = None
    """Whether nobody is held to it."""
    met: Expression | None = None
    """The day on which it was met."""
    soon: Prose | None = None
    """How long before the due day it is `due-soon`."""
