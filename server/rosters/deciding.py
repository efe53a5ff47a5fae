"""DecideRoster, as a child process does it: batches in, decided batches out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from engine.errors import Violation
from engine.rosters import Decided
from engine.rosters.columns import case_schema
from engine.rosters.conforming import Conformed
from engine.rosters.rows import schema_of
from rollbook.v1 import roster_pb2, roster_service_pb2
from server.citations import date_message
from server.requests import invalid
from server.rosters.answers import Counts, Messages, ipc_stream, outcomes_of, reject_messages
from server.rosters.assignment import Assignment, Tally
from server.rosters.batches import Reader
from server.rosters.engines import Engines, question_of, versions_of

__all__ = ["Deciding"]


class Deciding:
    """One stream of DecideRoster; what it gives are messages as bytes."""

    def __init__(self, assignment: Assignment, engines: Engines) -> None:
        self._assignment = assignment
        (ruled,) = assignment.rulesets
        self._engine = engines.of(ruled, assignment)
        ruleset = self._engine.ruleset
        self._question = question_of(ruled, assignment, self._engine.ruleset)
        self._reader = Reader(assignment.id_columns, assignment.max_batch_cases, assignment.max_nesting)
        self._counts = Counts(ruleset.outcomes)
        self._messages = Messages(ruleset, self._question)

    def started(self) -> bytes:
        """The first message."""
        question, ruleset = self._question, self._engine.ruleset
        started = roster_service_pb2.RosterStarted(
            versions=versions_of(ruleset, question),
            as_of=date_message(question.as_of),
            rules_as_of=date_message(question.rules_as_of or question.as_of),
            absent_is_none=question.absent_is_none,
            case_schema=ipc_stream(case_schema(ruleset.facts)),
            decision_schema=ipc_stream(schema_of(question.detail)),
            one_by_one_because=map(str, self._engine.uncovered),
            max_batch_cases=self._assignment.max_batch_cases,
            max_message_bytes=self._assignment.max_message_bytes,
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
        batch = request.batch
        cases = self._reader.read(batch).conformed(self._engine.ruleset.facts)
        decided = self._engine.decide(cases.cases, self._question, rows=cases.rows)
        rejects = sorted((*cases.rejects, *decided.rejects), key=lambda reject: reject.row)
        tally = Tally(outcomes_of(decided.decisions), len(rejects))
        answer = roster_pb2.DecidedBatch(
            sequence=batch.sequence,
            rejects=reject_messages(rejects),
            counts=self._counts.add(tally.decided, tally.rejected),
            progress=self._counts.progress(),
        )
        if self._as_arrow(batch):
            answer.arrow = _arrow(decided, cases)
        else:
            answer.messages.CopyFrom(self._messages.write(decided.decisions))
        return roster_service_pb2.DecideRosterResponse(batch=answer).SerializeToString(), tally

    def ended(self) -> tuple[bytes, Tally]:
        """The last message."""
        ended = roster_service_pb2.RosterEnded(progress=self._counts.progress())
        return roster_service_pb2.DecideRosterResponse(ended=ended).SerializeToString(), Tally()

    def _as_arrow(self, batch: roster_pb2.CaseBatch) -> bool:
        form = self._assignment.answer_form
        if form == roster_pb2.ANSWER_FORM_UNSPECIFIED:
            return batch.WhichOneof("cases") == "arrow"
        return form == roster_pb2.ANSWER_FORM_ARROW


def _arrow(decided: Decided, cases: Conformed) -> bytes:
    """The decisions as an Arrow IPC stream, the id columns before them."""
    decisions = decided.decisions
    if not cases.ids.num_columns:
        return ipc_stream(decisions.schema, [decisions])
    ids = cases.ids
    if decisions.num_rows < ids.num_rows:  # rows ascend in both
        places = np.searchsorted(cases.rows.to_numpy(), decisions.column("row").to_numpy())
        ids = ids.take(pa.array(places))
    fields = [*ids.schema, *decisions.schema]
    whole = pa.record_batch([*ids.columns, *decisions.columns], schema=pa.schema(fields))
    return ipc_stream(whole.schema, [whole])
