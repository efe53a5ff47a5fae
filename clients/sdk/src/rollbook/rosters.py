"""Whole rosters: the batches that are sent, and what comes back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self, TypedDict

from rollbook.conversion import Word, convert
from rollbook.decisions import Decision, Mode, Versions
from rollbook.errors import RollbookError, from_status
from rollbook.requests import Facts, date_message, facts_json, mode_number, resource
from rollbook.v1 import roster_pb2, roster_service_pb2

__all__ = [
    "AnswerForm",
    "CaseBatch",
    "DecidedBatch",
    "HowRoster",
    "RosterCounts",
    "RosterDecision",
    "RosterDetail",
    "RosterReject",
    "RosterStarted",
    "answer",
    "header",
    "started",
]


class AnswerForm(Word):
    """The form in which decisions come back; UNSPECIFIED is that of the batch."""

    UNSPECIFIED = "unspecified"
    ARROW = "arrow"
    MESSAGES = "messages"


class RosterDetail(Word):
    """How much of each decision comes back."""

    UNSPECIFIED = "unspecified"
    DECISIONS = "decisions"
    OUTCOMES = "outcomes"


@dataclass(frozen=True, slots=True)
class CaseBatch:
    """Some cases of a roster: some thousand are best.

    Attributes:
        sequence: the number of the batch, from 0; its answer has the same.
        first_row: the row of its first case in the roster, from 0.
        arrow: the cases as an Arrow IPC stream; empty where they are JSON lines.
        json_lines: the cases as JSON lines.
    """

    sequence: int
    first_row: int
    arrow: bytes = b""
    json_lines: bytes = b""

    @classmethod
    def of_cases(cls, sequence: int, first_row: int, cases: Iterable[Facts]) -> Self:
        """A batch of facts, each as `Client.decide` takes them; a text must be on one line."""
        lines = "".join(f"{facts_json(facts)}\n" for facts in cases)
        return cls(sequence, first_row, json_lines=lines.encode())

    def message(self) -> roster_pb2.CaseBatch:
        """The message of it."""
        batch = roster_pb2.CaseBatch(sequence=self.sequence, first_row=self.first_row)
        if self.arrow:
            batch.arrow = self.arrow
        else:
            batch.json_lines = self.json_lines
        return batch


class HowRoster(TypedDict, total=False):
    """What may be said about a roster.

    rules_as_of, absent_is_none: as in `How`.
    calendar: the calendar that school days are counted in; the ruleset's own unless given.
    detail: how much of each decision comes back; all of it unless given.
    answer_form: in which form decisions come back; that of the batch unless given.
    id_columns: columns of Arrow batches that are no facts; they come back with the decisions.
    run_id: the id of the run in the server's log; a random one unless given. A recorded run goes on with the same one.
    case_id_column, subject_column, school_column: which of the id columns have the case id, the student and the school
        of each case, for recorded runs.
    """

    rules_as_of: datetime.date | None
    absent_is_none: bool
    calendar: str
    detail: RosterDetail
    answer_form: AnswerForm
    id_columns: Iterable[str]
    run_id: str | None
    case_id_column: str
    subject_column: str
    school_column: str


@dataclass(frozen=True, slots=True)
class RosterStarted:
    """What is the same for every decision of a roster; see the contract for each attribute.

    Attributes:
        case_schema, decision_schema: the schemas of cases and of decisions, Arrow IPC.
        roster_run: the id of the run in the decision log; empty where it is not recorded.
    """

    versions: Versions
    as_of: datetime.date
    rules_as_of: datetime.date
    absent_is_none: bool
    case_schema: bytes
    decision_schema: bytes
    one_by_one_because: tuple[str, ...]
    max_batch_cases: int
    max_message_bytes: int
    roster_run: str


@dataclass(frozen=True, slots=True)
class RosterCounts:
    """What became of some cases.

    Attributes:
        case_count: cases, refused ones too.
        rejected_count: cases that were refused.
        outcomes: how many have each outcome, `indeterminate` among them.
    """

    case_count: int = 0
    rejected_count: int = 0
    outcomes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __add__(self, other: RosterCounts) -> RosterCounts:
        """The counts of both taken together."""
        outcomes = dict(self.outcomes)
        for outcome, count in other.outcomes.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + count
        cases, rejected = self.case_count + other.case_count, self.rejected_count + other.rejected_count
        return RosterCounts(cases, rejected, MappingProxyType(outcomes))


@dataclass(frozen=True, slots=True)
class RosterDecision:
    """The decision about the case in a row; it has an id of its own where it is recorded."""

    row: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class RosterReject:
    """A case that was refused: its row, and why."""

    row: int
    error: RollbookError


@dataclass(frozen=True, slots=True)
class DecidedBatch:
    """The answer to one batch.

    Attributes:
        sequence: the number of the batch.
        arrow: the decisions as an Arrow IPC stream; empty where they come as messages.
        decisions: the decisions that came as messages, by row.
        rejects: the cases that were refused, by row.
        counts: what became of its cases.
    """

    sequence: int
    arrow: bytes
    decisions: tuple[RosterDecision, ...]
    rejects: tuple[RosterReject, ...]
    counts: RosterCounts


def header(
    ruleset: str, as_of: datetime.date, mode: Mode, how: HowRoster, run_id: str
) -> roster_service_pb2.RosterHeader:
    """The first message of a stream."""
    return roster_service_pb2.RosterHeader(
        ruleset=resource("rulesets", ruleset),
        as_of=date_message(as_of),
        rules_as_of=date_message(how.get("rules_as_of")),
        absent_is_none=how.get("absent_is_none", False),
        run_id=run_id,
        mode=mode_number(mode),
        calendar=resource("calendars", how.get("calendar", "")),
        detail=roster_pb2.RosterDetail.Value(f"ROSTER_DETAIL_{how.get('detail', RosterDetail.UNSPECIFIED).name}"),
        answer_form=roster_pb2.AnswerForm.Value(f"ANSWER_FORM_{how.get('answer_form', AnswerForm.UNSPECIFIED).name}"),
        id_columns=how.get("id_columns", ()),
        case_id_column=how.get("case_id_column", ""),
        subject_column=how.get("subject_column", ""),
        school_column=how.get("school_column", ""),
    )


def started(message: roster_service_pb2.RosterStarted) -> RosterStarted:
    """What the server says first."""
    return convert(RosterStarted, message)


def answer(message: roster_pb2.DecidedBatch, said_once: roster_service_pb2.RosterStarted, mode: Mode) -> DecidedBatch:
    """An answer; its decisions are completed by what is said once for all."""
    counts = message.counts
    outcomes = {item.outcome: item.case_count for item in counts.outcomes}
    return DecidedBatch(
        message.sequence,
        message.arrow,
        tuple(_decision(item, said_once, mode) for item in message.messages.decisions),
        tuple(RosterReject(item.row, from_status(item.error)) for item in message.rejects),
        RosterCounts(counts.case_count, counts.rejected_count, MappingProxyType(outcomes)),
    )


def _decision(
    item: roster_pb2.RosterDecision, said_once: roster_service_pb2.RosterStarted, mode: Mode
) -> RosterDecision:
    decision = item.decision
    decision.ruleset = said_once.versions.rulesets[0].ruleset
    decision.mode = mode_number(mode)
    decision.as_of.CopyFrom(said_once.as_of)
    decision.rules_as_of.CopyFrom(said_once.rules_as_of)
    decision.absent_is_none = said_once.absent_is_none
    decision.versions.CopyFrom(said_once.versions)
    return RosterDecision(item.row, convert(Decision, decision))
