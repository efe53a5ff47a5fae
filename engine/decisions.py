"""What is decided: the one shape that the reference, the case engine and the roster engine all give.

The classes are msgspec structures because a decision makes many of them, and they are made ten times faster than
dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct, field

from engine.feel.unknown import Cause

__all__ = ["INDETERMINATE", "DeadlineState", "Decision", "Held", "Missing", "Obligation"]

INDETERMINATE: Final = "indeterminate"
"""What stands for the outcome where more than one is possible, or none is concluded; no ruleset may declare it."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Obligation(Struct, frozen=True, gc=False):
    """What somebody owes because a rule holds.

    Attributes:
        action: the id of the action; `text`, `by`, `to` and `force` (`must`, `should`, `may`) are the action's.
        due: the last day that is in time, or None when no day is set (or none is known).
        deadline: the name of the deadline that it hangs on, or empty.
        rule: the id of the rule.
        element: for a rule with `each`: the element's index from 0; else None.
        due_unknown: whether there is a due date, or may be one, that is not known; `due` is None then.
    """

    action: str
    text: str
    by: str
    to: str
    force: str
    due: date | None
    deadline: str
    rule: str
    element: int | None = None
    due_unknown: bool = False


class Held(Struct, frozen=True):
    """A rule that holds; with `each`, once per element for which the premise is true.

    Attributes:
        rule: its id.
        cites: the sections that it rests on.
        because: its message, values filled in; a missing one reads "(not known)".
        outcome: what it concludes, or None.
        results: what it sets, by name; unknown ones are left out (and their causes stand in `missing.details`).
        element: for a rule with `each`: the element's index from 0; else None.
    """

    rule: str
    cites: tuple[str, ...]
    because: str
    outcome: str | None
    results: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    element: int | None = None


class DeadlineState(Struct, frozen=True):
    """Where a deadline stands on the decision's date.

    Attributes:
        name: the deadline.
        element: for a deadline with `each`: the element's index from 0; else None.
        starts_on: the day after which the count begins; None when it has not begun.
        due: the last day that is in time; None when there is none.
        status: `not-started`, `met`, `met-late`, `waived`, `paused`, `overdue`, `due-soon` or `running`; None when it
            is not known.
        met_on: the day on which it was met; None when it was not.
        unknown: which of these are not known, and read None for that reason.
    """

    name: str
    element: int | None
    starts_on: date | None
    due: date | None
    status: str | None
    met_on: date | None
    unknown: tuple[str, ...] = ()


class Missing(Struct, frozen=True, gc=False):
    """Why a decision is not complete, sorted and without repetition.

    Attributes:
        outcome: what could change the outcome, if it were known; empty unless the outcome is indeterminate.
        details: what else could change which rules hold, a message, a result or an obligation.
    """

    outcome: tuple[Cause, ...] = ()
    details: tuple[Cause, ...] = ()


class Decision(Struct, frozen=True):
    """The decision of one case by one ruleset.

    Attributes:
        ruleset, version: which ruleset, and the SHA-256 of its canonical form.
        as_of: the decision's date; `rules_as_of`: the date whose parameters (and version) were used.
        outcome: the strongest concluded outcome, or `indeterminate`.
        because, cites: for the default and for a case outside `applies`: that message and its citations; else empty.
        applies: False when the case lies outside the ruleset; None when that is not known.
        candidates: the outcomes that are possible, strongest first; exactly one when the outcome is known.
        held: the rules that hold whatever the missing facts are, in the document's order.
        results: what the rules that hold set, merged, by name.
        obligations: in the order of the rules.
        deadlines: the ruleset's deadlines, in the document's order; none for a case that (perhaps) lies outside.
        missing: why the decision is not complete.
        calendars: the version of every calendar read, by name.
        builds_on: the version of every ruleset that it builds on, directly or through others, by id.
        absent_is_none: whether facts left out were read as none where they declare what none means.
        may_have_no_outcome: whether "no outcome" is possible too: no rule concludes one and there is no default.
    """

    ruleset: str
    version: str
    as_of: date
    rules_as_of: date
    outcome: str
    because: str
    cites: tuple[str, ...]
    applies: bool | None
    candidates: tuple[str, ...]
    held: tuple[Held, ...]
    results: Mapping[str, Any]
    obligations: tuple[Obligation, ...]
    missing: Missing
    calendars: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    absent_is_none: bool = False
    may_have_no_outcome: bool = False
    deadlines: tuple[DeadlineState, ...] = ()
    builds_on: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing: no further fact can change this decision."""
        return not self.missing.outcome and not self.missing.details
