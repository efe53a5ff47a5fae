"""DecisionService: one case, many cases, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from engine.cases import CaseEngine, decide_together
from engine.errors import FactsError, Violation
from engine.library import Library, LoadedRuleset
from rollbook.v1.decision_pb2 import MODE_RECORD, Case, Decision
from rollbook.v1.decision_service_pb2 import (
    CaseResult,
    DecideBatchRequest,
    DecideBatchResponse,
    DecideRequest,
    DecideResponse,
    ExplainRequest,
    ExplainResponse,
)
from server.calendars import calendars_of
from server.calls import Call
from server.catalogue import Catalogue, Served, Snapshot
from server.errors import reason_of, status_of, too_large
from server.explanations import explanations, write_explanation
from server.facts import check_nesting
from server.metrics import Metrics
from server.recording import Gathered, Recorder
from server.requests import (
    Asked,
    Question,
    check_request_id,
    facts_of,
    invalid,
    named_rulesets,
    not_served,
    question,
    recorded,
    safe_request_id,
)
from server.store import DecisionLog, Row
from server.wire import bytes_field, text_field

__all__ = ["DecisionService"]

_MOST_REMEMBERED: Final = 1000
"""Questions that are remembered; then all are forgotten, since that is quicker than to know which was asked last."""

_DECISION = bytes_field(DecideResponse, "decisions")
_ID = text_field(Decision, "decision_id")


@dataclass(frozen=True, slots=True)
class _Settled:
    """A question, and what of one snapshot answers it."""

    question: Question
    snapshot: Snapshot
    library: Library
    served: tuple[Served, ...]
    loaded: tuple[LoadedRuleset, ...]
    engines: tuple[CaseEngine, ...]


class DecisionService:
    """Decides cases by what the catalogue serves.

    Args:
        catalogue: the rulesets.
        metrics: what refused cases are counted in.
        most_cases: cases that a batch may have.
        most_levels: levels of objects and lists that facts may have.
        most_steps: steps that deciding one case by one ruleset may take.
        log: where decisions are recorded; nothing is where there is none.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        metrics: Metrics,
        *,
        most_cases: int,
        most_levels: int,
        most_steps: int,
        log: DecisionLog | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._metrics = metrics
        self._most_cases = most_cases
        self._most_levels = most_levels
        self._most_steps = most_steps
        self._recorder = None if log is None else Recorder(log)
        self._remembered: dict[tuple[object, ...], _Settled] = {}
        self._snapshot: Snapshot | None = None

    def decide(self, request: DecideRequest, call: Call) -> DecideResponse:
        """Decides one case by one or several rulesets."""
        return DecideResponse.FromString(self.decide_encoded(request, call))

    def decide_encoded(self, request: DecideRequest, call: Call) -> bytes:
        """Decides one case by one or several rulesets; the reply as bytes, which is how it leaves."""
        call.caller.require("decide", *named_rulesets(request.rulesets))
        if request.mode == MODE_RECORD:
            return self._recording(request).answer(request, call, partial(self._decide_and_gather, request))
        settled = self._settled(request)
        recorded(request.mode)
        return b"".join(map(_DECISION, self._decide(settled, request.case)))

    def decide_batch(self, request: DecideBatchRequest, call: Call) -> DecideBatchResponse | bytes:
        """Decides many cases by the same versions; one that is refused does not fail the others."""
        call.caller.require("decide", *named_rulesets(request.rulesets))
        if request.mode == MODE_RECORD:
            return self._recording(request).answer(request, call, partial(self._batch_and_gather, request, call))
        settled = self._settled(request)
        recorded(request.mode)
        return self._batch(settled, request, call)[0]

    def _batch(
        self, settled: _Settled, request: DecideBatchRequest, call: Call, gathered: Gathered | None = None
    ) -> tuple[DecideBatchResponse, DecideBatchResponse]:
        """The reply to a batch, and the same with only the ids of the decisions that were gathered."""
        count = len(request.cases)
        if not count:
            invalid((Violation("cases", f"1 to {self._most_cases} cases", "No case was sent."),))
        if count > self._most_cases:
            raise too_large("cases", self._most_cases, count, "There are too many cases.", "cases")
        reply, ids_only = DecideBatchResponse(), DecideBatchResponse()
        for case in request.cases:
            call.still_wanted()
            result = reply.results.add()
            before = 0 if gathered is None else len(gathered.rows)
            try:
                for decision in self._decide(settled, case, gathered):
                    result.decisions.decisions.add().ParseFromString(decision)
            except Exception as error:  # noqa: BLE001 - whatever it is, the neighbours are decided
                status = status_of(error, method=call.method, request_id=safe_request_id(request.request_id))
                self._metrics.refusals.labels(call.method, reason_of(status)).inc()
                result.error.CopyFrom(status)
            if gathered is not None:
                self._ids_of(ids_only, result, gathered.rows[before:])
        return reply, ids_only

    @staticmethod
    def _ids_of(ids_only: DecideBatchResponse, result: CaseResult, rows: list[Row]) -> None:
        """Adds to `ids_only` what a retry is answered by: why a case was refused, or the ids of its decisions."""
        stored = ids_only.results.add()
        if result.HasField("error"):
            stored.error.CopyFrom(result.error)
        for row in rows:
            stored.decisions.decisions.add(decision_id=row.id)

    def _recording(self, request: Asked) -> Recorder:
        """What records decisions.

        Raises:
            RefusalError: NOT_SERVED when there is no decision log.
        """
        if self._recorder is None:
            self._settled(request)
            message = "This server has no decision log, so it records nothing; MODE_TRY is served. Its `database_url` "
            message += "says where a log is kept."
            not_served("mode-record", "mode", message)
        return self._recorder

    def _decide_and_gather(self, request: DecideRequest, gathered: Gathered) -> tuple[bytes, bytes]:
        messages = self._decide(self._settled(request), request.case, gathered)
        ids_only = b"".join([_DECISION(_ID(row.id)) for row in gathered.rows])
        return b"".join(map(_DECISION, messages)), ids_only

    def _batch_and_gather(self, request: DecideBatchRequest, call: Call, gathered: Gathered) -> tuple[bytes, bytes]:
        reply, ids_only = self._batch(self._settled(request), request, call, gathered)
        return reply.SerializeToString(), ids_only.SerializeToString()

    def explain(self, request: ExplainRequest, call: Call) -> ExplainResponse:
        """Decides one case, and says for every rule why it holds or why it does not."""
        call.caller.require("decide", *named_rulesets(request.rulesets))
        settled = self._settled(request)
        facts = facts_of(request.case, self._most_levels)
        reply = ExplainResponse()
        calendars = calendars_of(request.case, settled.library, settled.loaded)
        found = explanations(settled.loaded, facts, settled.question, calendars, self._most_steps, call.still_wanted)
        try:
            for served, explanation in zip(settled.served, found, strict=True):
                message = reply.explanations.add()
                served.writer.write(message.decision, explanation.decision, request.case.case_id)
                write_explanation(message, explanation, served.writer)
        except FactsError:
            self._check_nesting(facts)
            raise
        return reply

    def _settled(self, request: Asked) -> _Settled:
        """What is asked, of the rulesets that are served now.

        The same question is asked about one case after another, so questions are remembered: rulesets and dates, which
        say nothing about a case.
        """
        snapshot = self._catalogue.snapshot()
        as_of, rules_as_of = request.as_of, request.rules_as_of
        key = (
            *request.rulesets, as_of.year, as_of.month, as_of.day, request.HasField("rules_as_of"),
            rules_as_of.year, rules_as_of.month, rules_as_of.day, request.absent_is_none,
        )  # fmt: skip
        settled = self._remembered.get(key)
        if settled is not None and settled.snapshot is snapshot:
            check_request_id(request.request_id)
            return settled
        asked = question(request)
        served = tuple(snapshot.in_force(id_, asked.rules_as_of) for id_ in asked.rulesets)
        loaded = tuple(one.loaded for one in served)
        library = snapshot.on(asked.rules_as_of).library
        settled = _Settled(asked, snapshot, library, served, loaded, tuple(one.engine for one in loaded))
        if len(self._remembered) >= _MOST_REMEMBERED or self._snapshot is not snapshot:
            self._remembered, self._snapshot = {}, snapshot
        self._remembered[key] = settled
        return settled

    def _decide(self, settled: _Settled, case: Case, gathered: Gathered | None = None) -> list[bytes]:
        """The decisions about `case`, as bytes; added to `gathered` where they are to be recorded."""
        asked = settled.question
        facts = facts_of(case, self._most_levels)
        calendars = calendars_of(case, settled.library, settled.loaded)
        try:
            decisions = decide_together(
                settled.engines,
                facts,
                as_of=asked.as_of,
                rules_as_of=asked.rules_as_of,
                absent_is_none=asked.absent_is_none,
                defaults=calendars,
                steps=self._most_steps,
            )
        except FactsError:
            self._check_nesting(facts)
            raise
        for served, decision in zip(settled.served, decisions, strict=True):
            served.counts[decision.outcome].inc()
        if gathered is not None:
            return gathered.add(case, facts, settled.served, decisions, settled.library)
        return [
            served.writer.encoded(decision, case.case_id)
            for served, decision in zip(settled.served, decisions, strict=True)
        ]

    def _check_nesting(self, facts: str | Mapping[str, Any]) -> None:
        """Looks whether facts that were refused are nested too deeply, and if so says that."""
        if isinstance(facts, str):
            check_nesting(facts, self._most_levels)
