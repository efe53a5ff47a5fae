"""DecideRoster, as a child process does it: batches in, decided batches out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from engine.errors import Violation
from engine.rosters import Reject
from engine.rosters.columns import case_schema
from engine.rosters.conforming import Conformed
from engine.rosters.model import Detail
from engine.rosters.rows import schema_of
from engine.rosters.shortening import shortened
from rollbook.v1 import roster_pb2, roster_service_pb2
from server.citations import date_message
from server.requests import invalid
from server.rosters.answers import Answered, Counts, Messages, ipc_stream, outcomes_of, reject_messages
from server.rosters.assignment import Assignment, Tally, Written
from server.rosters.batches import Reader
from server.rosters.engines import Engines, question_of, versions_of
from server.rosters.recording import SegmentWriter
from server.rosters.segments import DECISION_ID, Segment

__all__ = ["Deciding"]


class Deciding:
    """One stream of DecideRoster; what it gives are messages as bytes."""

    def __init__(self, assignment: Assignment, engines: Engines) -> None:
        self._assignment = assignment
        (ruled,) = assignment.rulesets
        self._engine = engines.of(ruled, assignment)
        ruleset = self._engine.ruleset
        asked = question_of(ruled, assignment, self._engine.ruleset)
        self._detail = asked.detail
        # what is recorded is the whole decision, whatever is sent back
        self._question = asked if assignment.recording is None else replace(asked, detail="decisions")
        self._writer = None if assignment.recording is None else SegmentWriter(assignment.recording)
        self._reader = Reader(assignment.id_columns, assignment.max_batch_cases, assignment.max_nesting)
        self._counts = Counts(ruleset.outcomes)
        self._messages = Messages(ruleset, self._question, ruled.source)

    def started(self) -> bytes:
        """The first message."""
        question, ruleset = self._question, self._engine.ruleset
        started = roster_service_pb2.RosterStarted(
            versions=versions_of(self._assignment.rulesets[0], ruleset, question),
            as_of=date_message(question.as_of),
            rules_as_of=date_message(question.rules_as_of or question.as_of),
            absent_is_none=question.absent_is_none,
            case_schema=ipc_stream(case_schema(ruleset.facts)),
            decision_schema=ipc_stream(self._schema()),
            one_by_one_because=map(str, self._engine.uncovered),
            max_batch_cases=self._assignment.max_batch_cases,
            max_message_bytes=self._assignment.max_message_bytes,
            roster_run="" if self._assignment.recording is None else self._assignment.recording.run,
        )
        return roster_service_pb2.DecideRosterResponse(started=started).SerializeToString()

    def answer(self, raw: bytes) -> tuple[bytes, Tally]:
        """The answer to a message.

        Raises:
            RefusalError, RollbookError: when the batch as a whole cannot be decided.
        """
        request = roster_service_pb2.DecideRosterRequest.FromString(raw)
        if request.WhichOneof("message") != "batch":
            invalid((Violation("batch", "a batch of cases", "After the header there are only batches."),))
        answered, written = self._answered(request.batch)
        outcomes = outcomes_of(answered.decisions)
        answer = roster_pb2.DecidedBatch(
            sequence=request.batch.sequence,
            rejects=reject_messages(answered.rejects),
            counts=self._counts.add(outcomes, len(answered.rejects)),
            progress=self._counts.progress(),
        )
        if self._as_arrow(request.batch):
            answer.arrow = answered.arrow()
        else:
            answer.messages.CopyFrom(self._messages.write(answered))
        if self._writer is not None and written is None:  # it was counted when it was decided
            tally = Tally()
        else:
            tally = Tally(outcomes, len(answered.rejects), written)
        return roster_service_pb2.DecideRosterResponse(batch=answer).SerializeToString(), tally

    def ended(self) -> tuple[bytes, Tally]:
        """The last message."""
        ended = roster_service_pb2.RosterEnded(progress=self._counts.progress())
        return roster_service_pb2.DecideRosterResponse(ended=ended).SerializeToString(), Tally()

    def _schema(self) -> pa.Schema:
        schema = schema_of(self._detail)
        return schema if self._writer is None else schema.append(pa.field(DECISION_ID, pa.string()))

    def _answered(self, batch: roster_pb2.CaseBatch) -> tuple[Answered, Written | None]:
        """What is answered to a batch, and the segment that is to be entered in the log before."""
        sent = self._reader.read(batch)
        if self._writer is None:
            decisions, cases, rejects = self._decide(sent.conformed(self._engine.ruleset.facts))
            return Answered(decisions, cases.ids, rejects), None
        recorded = self._writer.record(batch, lambda: sent.conformed(self._engine.ruleset.facts), self._decide)
        return _of_segment(recorded.segment, self._detail), recorded.written

    def _decide(self, cases: Conformed) -> tuple[pa.RecordBatch, Conformed, tuple[Reject, ...]]:
        """The decisions, the cases that they are about, and the rejects, all by row."""
        decided = self._engine.decide(cases.cases, self._question, rows=cases.rows)
        rejects = tuple(sorted((*cases.rejects, *decided.rejects), key=lambda reject: reject.row))
        decisions = decided.decisions
        if decisions.num_rows < len(cases.rows):  # rows ascend in both
            places = pa.array(np.searchsorted(cases.rows.to_numpy(), decisions.column("row").to_numpy()))
            cases = Conformed(cases.cases.take(places), cases.rows.take(places), _taken(cases.ids, places), ())
        return decisions, cases, rejects

    def _as_arrow(self, batch: roster_pb2.CaseBatch) -> bool:
        form = self._assignment.answer_form
        if form == roster_pb2.ANSWER_FORM_UNSPECIFIED:
            return batch.WhichOneof("cases") == "arrow"
        return form == roster_pb2.ANSWER_FORM_ARROW


def _of_segment(segment: Segment, detail: Detail) -> Answered:
    decisions = segment.decisions if detail == "decisions" else shortened(segment.decisions)
    return Answered(decisions, segment.ids, segment.rejects, segment.decision_ids, segment.named.column("case_id"))


def _taken(ids: pa.RecordBatch, places: pa.Array) -> pa.RecordBatch:
    return ids.take(places) if ids.num_columns else ids.slice(0, len(places))
