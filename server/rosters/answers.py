"""The answer to a batch of cases: decisions as Arrow or as messages, rejects, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from engine.decisions import INDETERMINATE
from engine.errors import Violation
from engine.rosters.model import Question, Reject
from engine.rosters.rows import decisions_of
from engine.rulesets.checked import CheckedRuleset
from rollbook.v1 import decision_pb2, roster_pb2
from server.errors import RefusalError, in_request, status_of
from server.replies import DecisionWriter
from server.rosters.segments import DECISION_ID

__all__ = ["Answered", "Counts", "Messages", "ipc_stream", "outcomes_of", "reject_messages"]

_SAID_ONCE: Final = ("decision_id", "ruleset", "mode", "as_of", "rules_as_of", "absent_is_none", "versions")
"""What RosterStarted says for every decision."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What is answered to a batch.

    Attributes:
        decisions: DECISION_SCHEMA or OUTCOME_SCHEMA, by row.
        ids: the id columns of their cases.
        rejects: the other cases, by row.
        decision_ids, case_ids: of each decision, where they are recorded.
    """

    decisions: pa.RecordBatch
    ids: pa.RecordBatch
    rejects: tuple[Reject, ...]
    decision_ids: pa.Array | None = None
    case_ids: pa.Array | None = None

    def arrow(self) -> bytes:
        """The decisions as an Arrow IPC stream, the id columns before them."""
        columns = [*self.ids.columns, *self.decisions.columns]
        fields = [*self.ids.schema, *self.decisions.schema]
        if self.decision_ids is not None:
            columns.append(self.decision_ids)
            fields.append(pa.field(DECISION_ID, pa.string()))
        whole = pa.record_batch(columns, schema=pa.schema(fields))
        return ipc_stream(whole.schema, [whole])


class Counts:
    """What became of cases, added up.

    Args:
        outcomes: the ids of the ruleset's outcomes, in its order.
    """

    def __init__(self, outcomes: Iterable[str]) -> None:
        self._order = (*outcomes, INDETERMINATE)
        self._decided: Counter[str] = Counter()
        self._rejected = 0
        self._batches = 0

    def add(self, decided: Mapping[str, int], rejected: int) -> roster_pb2.RosterCounts:
        """Adds a batch, and returns its own counts."""
        self._decided.update(decided)
        self._rejected += rejected
        self._batches += 1
        return self._message(decided, rejected)

    def progress(self) -> roster_pb2.RosterProgress:
        """All of the stream so far."""
        counts = self._message(self._decided, self._rejected)
        return roster_pb2.RosterProgress(batch_count=self._batches, counts=counts)

    def _message(self, decided: Mapping[str, int], rejected: int) -> roster_pb2.RosterCounts:
        outcomes = [
            roster_pb2.OutcomeCount(outcome=outcome, case_count=decided[outcome])
            for outcome in self._order
            if decided.get(outcome)
        ]
        count = sum(decided.values()) + rejected
        return roster_pb2.RosterCounts(case_count=count, rejected_count=rejected, outcomes=outcomes)


class Messages:
    """Writes decisions of one ruleset, which was read from `source`, as messages."""

    def __init__(
        self, ruleset: CheckedRuleset, question: Question, source: decision_pb2.RulesetSource.ValueType
    ) -> None:
        self._ruleset = ruleset
        self._question = question
        self._writer = DecisionWriter(ruleset, source)

    def write(self, answered: Answered) -> roster_pb2.RosterDecisions:
        """The decisions, in their order."""
        decisions = answered.decisions
        rows = decisions.column("row").to_pylist()
        made = _outcomes(decisions) if "rules" in decisions.schema.names else self._whole(decisions)
        reply = roster_pb2.RosterDecisions(
            decisions=[
                roster_pb2.RosterDecision(row=row, decision=decision) for row, decision in zip(rows, made, strict=True)
            ]
        )
        if answered.decision_ids is not None and answered.case_ids is not None:
            named = zip(answered.decision_ids.to_pylist(), answered.case_ids.to_pylist(), strict=True)
            for one, (decision_id, case_id) in zip(reply.decisions, named, strict=True):
                one.decision.decision_id, one.decision.case_id = decision_id, case_id
        return reply

    def _whole(self, decisions: pa.RecordBatch) -> Iterator[decision_pb2.Decision]:
        for decision in decisions_of(decisions, self._ruleset, self._question):
            message = decision_pb2.Decision.FromString(self._writer.encoded(decision, ""))
            for field in _SAID_ONCE:
                message.ClearField(field)
            yield message


def ipc_stream(schema: pa.Schema, batches: Sequence[pa.RecordBatch] = ()) -> bytes:
    """An Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        for batch in batches:
            stream.write_batch(batch)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def outcomes_of(decisions: pa.RecordBatch) -> dict[str, int]:
    """How many decisions have each outcome."""
    counted = pc.value_counts(decisions.column("outcome"))
    return {item["values"]: item["counts"] for item in counted.to_pylist()}


def reject_messages(rejects: Iterable[Reject]) -> list[roster_pb2.RosterReject]:
    """The rejects, each with the status that a call about this case alone would have got."""
    return [roster_pb2.RosterReject(row=reject.row, error=status_of(_refusal(reject))) for reject in rejects]


def _refusal(reject: Reject) -> RefusalError:
    violations: tuple[Violation, ...] = tuple(map(in_request, reject.violations))
    return RefusalError(reject.reason, reject.message, violations)


def _outcomes(decisions: pa.RecordBatch) -> Iterator[decision_pb2.Decision]:
    for row in decisions.to_pylist():
        settled = row["outcome"] != INDETERMINATE
        yield decision_pb2.Decision(
            state=decision_pb2.DECISION_STATE_DETERMINED if settled else decision_pb2.DECISION_STATE_INDETERMINATE,
            outcome=row["outcome"] if settled else "",
            candidates=row["candidates"],
            may_have_no_outcome=row["may_have_no_outcome"],
            complete=row["complete"],
            rules=[decision_pb2.HeldRule(rule=rule) for rule in row["rules"]],
        )
