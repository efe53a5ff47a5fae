"""Decisions as values: what `protos/rollbook/v1/decision.proto` describes, field by field under the same names."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rollbook.conversion import FROM_JSON, Word

__all__ = [
    "Basis",
    "CalendarVersion",
    "Cause",
    "CauseKind",
    "Citation",
    "Deadline",
    "DeadlineStatus",
    "Decision",
    "DecisionState",
    "Force",
    "HeldRule",
    "Missing",
    "Mode",
    "Obligation",
    "RulesetSource",
    "RulesetVersion",
    "Versions",
]


class Mode(Word):
    """Whether a decision is kept."""

    UNSPECIFIED = "unspecified"
    RECORD = "record"
    """Written to the decision log before the reply leaves."""
    TRY = "try"
    """For trying out only; must not be acted upon."""


class DecisionState(Word):
    """Whether the facts given settle the outcome."""

    UNSPECIFIED = "unspecified"
    DETERMINED = "determined"
    INDETERMINATE = "indeterminate"
    """Ask a person; never take one of the candidates for the outcome."""


class Basis(Word):
    """What an outcome rests on."""

    UNSPECIFIED = "unspecified"
    RULES = "rules"
    DEFAULT = "default"
    NOT_APPLICABLE = "not-applicable"


class Force(Word):
    """How binding an obligation is."""

    UNSPECIFIED = "unspecified"
    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class DeadlineStatus(Word):
    """Where a deadline stands on the decision's date."""

    UNSPECIFIED = "unspecified"
    NOT_STARTED = "not-started"
    MET = "met"
    MET_LATE = "met-late"
    WAIVED = "waived"
    PAUSED = "paused"
    OVERDUE = "overdue"
    DUE_SOON = "due-soon"
    RUNNING = "running"
    UNKNOWN = "unknown"


class CauseKind(Word):
    """What kind of thing is not known."""

    UNSPECIFIED = "unspecified"
    FACT = "fact"
    CALENDAR_DATE = "calendar-date"
    PARAMETER = "parameter"
    TABLE = "table"
    ARITHMETIC = "arithmetic"


class RulesetSource(Word):
    """Where a version of a ruleset was read from."""

    UNSPECIFIED = "unspecified"
    FOLDER = "folder"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Citation:
    """A provision of a policy: document, section, and pages where the ruleset says them."""

    document: str
    section: str
    pages: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something that is to be done.

    Attributes:
        action: its id, such as `send-warning-notice`; `text` says it in words.
        by: who does it, `to`: towards whom; empty where the policy does not say.
        force: how binding it is.
        due_on: the last day that is in time, included; None where there is none or it is not known.
        due_unknown: whether there may be a due date that missing facts keep from being known.
        deadline: the name of the deadline that `due_on` is of; empty where the rule gives the date itself.
    """

    action: str
    text: str
    by: str
    to: str
    force: Force
    due_on: datetime.date | None
    due_unknown: bool
    deadline: str


@dataclass(frozen=True, slots=True)
class HeldRule:
    """A rule that holds, and what follows from it.

    Attributes:
        rule: its id within the ruleset.
        element: the list item that this is about, `additional_tests[2]` (from 0); empty for rules looked at once.
        outcome: what it concludes; empty for a rule that only gives results or obligations.
        because: its message.
        citations: the provisions that it comes from.
        results: what it sets, by name; decimals are Decimal, dates are strings `2018-09-14`.
        obligations: what is to be done because it holds.
    """

    rule: str
    element: str
    outcome: str
    because: str
    citations: tuple[Citation, ...]
    results: Mapping[str, Any] = field(metadata=FROM_JSON)
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline of the ruleset, counted for this case.

    Attributes:
        name: its name; `element` the list item that it is counted for, or empty.
        starts_on: the day on which it starts, the day after is day 1; None where it has not, or is not known.
        due_on: the last day that is in time, included; None where there is none yet, or it is not known.
        status: where it stands on the decision's date.
        met_on: the day on which what is due was done, or None.
        citations: the provisions that it comes from.
    """

    name: str
    element: str
    starts_on: datetime.date | None
    due_on: datetime.date | None
    status: DeadlineStatus
    met_on: datetime.date | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is not known.

    Attributes:
        kind: what kind of thing.
        path: which one: a fact's path, or the name of the calendar, parameter or table.
        question: for a fact, the question to ask a person; may be empty.
        text: in words what is missing.
        date: the day that a calendar does not cover or a parameter has no value on; None for other kinds.
    """

    kind: CauseKind
    path: str
    question: str
    text: str
    date: datetime.date | None


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not known and matters: to the outcome, and to the details only."""

    outcome: tuple[Cause, ...] = ()
    details: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class RulesetVersion:
    """The version of a ruleset that was read: the SHA-256 of its canonical form."""

    ruleset: str
    version: str
    source: RulesetSource


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """The version of a calendar that was read."""

    calendar: str
    version: str


@dataclass(frozen=True, slots=True)
class Versions:
    """All that a decision rests on besides its facts."""

    rulesets: tuple[RulesetVersion, ...]
    calendars: tuple[CalendarVersion, ...]
    engine: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What one ruleset says about one case, with its reasons.

    Attributes:
        decision_id: its own id, a UUIDv7.
        case_id: the case's id as the caller sent it.
        ruleset: which ruleset, `rulesets/{district}/{ruleset}`.
        mode: whether it is in the decision log.
        as_of: the date that the facts were judged on; `rules_as_of` the date whose rules and parameters were used.
        absent_is_none: whether facts left out were read as none.
        versions: the versions of all that was read.
        state: whether the outcome is settled.
        outcome: the outcome's id; empty where it is not settled.
        candidates: every outcome that is possible, strongest first.
        may_have_no_outcome: whether missing facts may also lead to no outcome at all.
        basis: what the outcome rests on; `because` says it in a sentence, `citations` where that comes from.
        complete: whether no further fact can change anything here.
        missing: what is not known and matters; None where complete.
        rules: the rules that hold for certain, in the ruleset's order.
        results: what they set, by name; decimals are Decimal, dates are strings `2018-09-14`.
        deadlines: the ruleset's deadlines.
    """

    decision_id: str
    case_id: str
    ruleset: str
    mode: Mode
    as_of: datetime.date
    rules_as_of: datetime.date
    absent_is_none: bool
    versions: Versions
    state: DecisionState
    outcome: str
    candidates: tuple[str, ...]
    may_have_no_outcome: bool
    basis: Basis
    because: str
    citations: tuple[Citation, ...]
    complete: bool
    missing: Missing | None
    rules: tuple[HeldRule, ...]
    results: Mapping[str, Any] = field(metadata=FROM_JSON)
    deadlines: tuple[Deadline, ...]

    @property
    def determined(self) -> bool:
        """Whether there is an outcome to act upon."""
        return self.state is DecisionState.DETERMINED

    @property
    def version(self) -> str:
        """The SHA-256 of the canonical form of the ruleset."""
        return self.versions.rulesets[0].version

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What is to be done, of all rules that hold, in their order."""
        return tuple(obligation for rule in self.rules for obligation in rule.obligations)
