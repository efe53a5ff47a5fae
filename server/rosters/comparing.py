"""CompareRulesets, as a child process does it: batches in, and at the end what differs."""

from __future__ import annotations

import pyarrow as pa

from engine.errors import Violation
from engine.rosters import Decided, RosterEngine
from engine.rosters.comparing import Comparison
from engine.rosters.conforming import Conformed
from engine.rosters.model import Question
from rollbook.v1.roster_service_pb2 import (
    ComparedBatch,
    CompareRulesetsRequest,
    CompareRulesetsResponse,
    ComparisonStarted,
)
from server.requests import invalid
from server.rosters.assignment import Assignment, Tally
from server.rosters.batches import Reader, Sent
from server.rosters.comparison_messages import comparison_message
from server.rosters.engines import Engines, question_of, versions_of

__all__ = ["Comparing"]


class Comparing:
    """One stream of CompareRulesets; what it gives are messages as bytes."""

    def __init__(self, assignment: Assignment, engines: Engines) -> None:
        self._assignment = assignment
        self._engines = tuple(engines.of(ruled, assignment) for ruled in assignment.rulesets)
        self._questions = tuple(
            question_of(ruled, assignment, engine.ruleset)
            for ruled, engine in zip(assignment.rulesets, self._engines, strict=True)
        )
        self._reader = Reader(assignment.id_columns, assignment.max_batch_cases, assignment.max_nesting)
        before, after = (engine.ruleset for engine in self._engines)
        self._comparison = Comparison(before, after, examples=assignment.max_examples)

    def started(self) -> bytes:
        """The first message."""
        before, after = (
            versions_of(ruled, engine.ruleset, question)
            for ruled, engine, question in zip(self._assignment.rulesets, self._engines, self._questions, strict=True)
        )
        started = ComparisonStarted(
            versions_before=before,
            versions_after=after,
            max_batch_cases=self._assignment.max_batch_cases,
            max_message_bytes=self._assignment.max_message_bytes,
        )
        return CompareRulesetsResponse(started=started).SerializeToString()

    def answer(self, raw: bytes) -> tuple[bytes, Tally]:
        """The answer to a message.

        Raises:
            RefusalError, RollbookError: when the batch as a whole cannot be decided.
        """
        request = CompareRulesetsRequest.FromString(raw)
        if request.WhichOneof("message") != "batch":
            invalid((Violation("batch", "a batch of cases", "After the header there are only batches."),))
        sent = self._reader.read(request.batch)
        before, after = (engine.ruleset.facts for engine in self._engines)
        cases = sent.shared(before, after), sent.shared(after, before)
        one, other = map(_decided, self._engines, self._questions, cases)
        self._comparison.add(one, other, *_ids(sent))
        rejected = len({reject.row for decided in (one, other) for reject in decided.rejects})
        answer = ComparedBatch(
            sequence=request.batch.sequence,
            case_count=self._comparison.cases,
            changed_count=self._comparison.changed,
        )
        tally = Tally({"": sent.count - rejected}, rejected)
        return CompareRulesetsResponse(batch=answer).SerializeToString(), tally

    def ended(self) -> tuple[bytes, Tally]:
        """The last message."""
        comparison = comparison_message(self._comparison.result())
        return CompareRulesetsResponse(comparison=comparison).SerializeToString(), Tally()


def _decided(engine: RosterEngine, question: Question, cases: Conformed) -> Decided:
    decided = engine.decide(cases.cases, question, rows=cases.rows)
    rejects = sorted((*cases.rejects, *decided.rejects), key=lambda reject: reject.row)
    return Decided(decided.decisions, tuple(rejects))


def _ids(sent: Sent) -> tuple[pa.RecordBatch | None, pa.Array | None]:
    """The id columns and their rows."""
    if not sent.id_columns:
        return None, None
    return sent.ids(), pa.array(range(sent.first_row, sent.first_row + sent.count), pa.int64())
