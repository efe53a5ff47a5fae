"""DecisionService: one case, many cases, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.internal.containers import RepeatedCompositeFieldContainer
from google.type.date_pb2 import Date

from engine.cases import decide_together
from engine.errors import FactsError, Violation
from engine.library import Library, LoadedRuleset
from rollbook.v1.decision_pb2 import Case
from rollbook.v1.decision_pb2 import Decision as DecisionMessage
from rollbook.v1.decision_service_pb2 import (
    DecideBatchRequest,
    DecideBatchResponse,
    DecideRequest,
    DecideResponse,
    ExplainRequest,
    ExplainResponse,
)
from server.calendars import calendars_of
from server.calls import Call
from server.catalogue import Catalogue, Served
from server.citations import date_message
from server.errors import reason_of, status_of, too_large
from server.explanations import explanations, write_explanation
from server.facts import check_nesting
from server.metrics import Metrics
from server.requests import Asked, Question, facts_of, invalid, question, safe_request_id, tried

__all__ = ["DecisionService"]


@dataclass(frozen=True, slots=True)
class _Settled:
    """A question, what of one snapshot answers it, and its dates as replies have them."""

    question: Question
    served: tuple[Served, ...]
    loaded: tuple[LoadedRuleset, ...]
    library: Library
    as_of: Date
    rules_as_of: Date


class DecisionService:
    """Decides cases by what the catalogue serves.

    Args:
        catalogue: the rulesets.
        metrics: what refused cases are counted in.
        most_cases: cases that a batch may have.
        most_levels: levels of objects and lists that facts may have.
        most_steps: steps that deciding one case by one ruleset may take.
    """

    def __init__(
        self, catalogue: Catalogue, metrics: Metrics, *, most_cases: int, most_levels: int, most_steps: int
    ) -> None:
        self._catalogue = catalogue
        self._metrics = metrics
        self._most_cases = most_cases
        self._most_levels = most_levels
        self._most_steps = most_steps

    def decide(self, request: DecideRequest, _call: Call) -> DecideResponse:
        """Decides one case by one or several rulesets."""
        settled = self._settled(request)
        tried(request.mode)
        reply = DecideResponse()
        self._decide(settled, request.case, reply.decisions)
        return reply

    def decide_batch(self, request: DecideBatchRequest, call: Call) -> DecideBatchResponse:
        """Decides many cases by the same versions; one that is refused does not fail the others."""
        settled = self._settled(request)
        tried(request.mode)
        count = len(request.cases)
        if not count:
            invalid((Violation("cases", f"1 to {self._most_cases} cases", "No case was sent."),))
        if count > self._most_cases:
            raise too_large("cases", self._most_cases, count, "There are too many cases.", "cases")
        reply = DecideBatchResponse()
        for case in request.cases:
            call.still_wanted()
            result = reply.results.add()
            try:
                self._decide(settled, case, result.decisions.decisions)
            except Exception as error:  # noqa: BLE001 - whatever it is, the neighbours are decided
                status = status_of(error, method=call.method, request_id=safe_request_id(request.request_id))
                self._metrics.refusals.labels(call.method, reason_of(status)).inc()
                result.error.CopyFrom(status)
        return reply

    def explain(self, request: ExplainRequest, call: Call) -> ExplainResponse:
        """Decides one case, and says for every rule why it holds or why it does not."""
        settled = self._settled(request)
        facts = facts_of(request.case, self._most_levels)
        reply = ExplainResponse()
        calendars = calendars_of(request.case, settled.library, settled.loaded)
        found = explanations(settled.loaded, facts, settled.question, calendars, self._most_steps, call.still_wanted)
        try:
            for served, explanation in zip(settled.served, found, strict=True):
                message = reply.explanations.add()
                case_id = request.case.case_id
                served.writer.write(message.decision, explanation.decision, case_id, settled.as_of, settled.rules_as_of)
                write_explanation(message, explanation, served.writer)
        except FactsError:
            self._check_nesting(facts)
            raise
        return reply

    def _settled(self, request: Asked) -> _Settled:
        asked = question(request)
        snapshot = self._catalogue.snapshot()
        served = tuple(snapshot.in_force(id_, asked.rules_as_of) for id_ in asked.rulesets)
        as_of = request.as_of
        rules_as_of = as_of if asked.rules_as_of is asked.as_of else date_message(asked.rules_as_of)
        loaded = tuple(one.loaded for one in served)
        return _Settled(asked, served, loaded, snapshot.library, as_of, rules_as_of)

    def _decide(self, settled: _Settled, case: Case, reply: RepeatedCompositeFieldContainer[DecisionMessage]) -> None:
        """Decides `case` into `reply`."""
        asked, served = settled.question, settled.served
        facts = facts_of(case, self._most_levels)
        calendars = calendars_of(case, settled.library, settled.loaded)
        try:
            decisions = decide_together(
                [one.engine for one in settled.loaded],
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
        case_id = case.case_id
        for one, decision in zip(served, decisions, strict=True):
            one.writer.write(reply.add(), decision, case_id, settled.as_of, settled.rules_as_of)
            one.counts[decision.outcome].inc()

    def _check_nesting(self, facts: str | Mapping[str, Any]) -> None:
        """Looks whether facts that were refused are nested too deeply, and if so says that."""
        if isinstance(facts, str):
            check_nesting(facts, self._most_levels)
