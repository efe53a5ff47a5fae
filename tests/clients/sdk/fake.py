"""A server of the contract on loopback that answers what a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import error_details_pb2, status_pb2

from rollbook.v1 import (
    decision_pb2,
    decision_service_pb2,
    explanation_pb2,
    problem_pb2,
    ruleset_pb2,
    ruleset_service_pb2,
)
from rollbook.v1.decision_service_pb2_grpc import DecisionServiceServicer, add_DecisionServiceServicer_to_server
from rollbook.v1.ruleset_service_pb2_grpc import RulesetServiceServicer, add_RulesetServiceServicer_to_server

Trouble = Callable[[grpc.ServicerContext], None]
"""What befalls a call before it is answered; nothing, unless it ends the call."""


def error_status(
    code: grpc.StatusCode,
    reason: str,
    message: str = "refused",
    violations: dict[str, str] | None = None,
    retry_seconds: int | None = None,
    metadata: dict[str, str] | None = None,
) -> status_pb2.Status:
    """A status as the contract has it."""
    details = [error_details_pb2.ErrorInfo(reason=reason, domain="rollbook", metadata=metadata or {})]
    status = status_pb2.Status(code=code.value[0], message=message)
    everything: list[Any] = list(details)
    if violations:
        request = error_details_pb2.BadRequest()
        for path, expected in violations.items():
            request.field_violations.add(field=path, description=expected)
        everything.append(request)
    if retry_seconds is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.seconds = retry_seconds
        everything.append(retry)
    for detail in everything:
        packed = AnyMessage()
        packed.Pack(detail)
        status.details.append(packed)
    return status


def refusing(status: status_pb2.Status) -> Trouble:
    """Ends a call with the status and its details."""

    def refuse(context: grpc.ServicerContext) -> NoReturn:
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        code = next(code for code in grpc.StatusCode if code.value[0] == status.code)
        context.abort(code, status.message)

    return refuse


def ending(code: grpc.StatusCode) -> Trouble:
    """Ends a call with a bare code, as the transport does."""

    def end(context: grpc.ServicerContext) -> NoReturn:
        context.abort(code, "gone")

    return end


def hanging(context: grpc.ServicerContext) -> None:
    """Answers nothing until the caller has gone."""
    gone = threading.Event()
    if context.add_callback(gone.set):
        gone.wait()


@dataclass
class FakeServer(DecisionServiceServicer, RulesetServiceServicer):
    """Keeps the requests it gets; `troubles` befall the calls in order, one each; after them calls are answered."""

    decision: decision_pb2.Decision
    troubles: list[Trouble] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)
    traceparents: list[Any] = field(default_factory=list)
    address: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def meet(self, request: Any, context: grpc.ServicerContext) -> None:
        with self._lock:
            self.requests.append(request)
            self.peers.append(context.peer())
            self.traceparents.append(dict(context.invocation_metadata()).get("traceparent"))
            trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            trouble(context)

    def Decide(
        self, request: decision_service_pb2.DecideRequest, context: grpc.ServicerContext
    ) -> decision_service_pb2.DecideResponse:
        self.meet(request, context)
        return decision_service_pb2.DecideResponse(decisions=[self._decision(name) for name in request.rulesets])

    def DecideBatch(
        self, request: decision_service_pb2.DecideBatchRequest, context: grpc.ServicerContext
    ) -> decision_service_pb2.DecideBatchResponse:
        self.meet(request, context)
        reply = decision_service_pb2.DecideBatchResponse()
        for case in request.cases:
            if case.facts_json == "{}":
                status = error_status(grpc.StatusCode.INVALID_ARGUMENT, "FACT_INVALID", violations={"facts": "facts"})
                reply.results.add(error=status)
            else:
                decisions = [self._decision(name) for name in request.rulesets]
                reply.results.add(decisions=decision_service_pb2.CaseDecisions(decisions=decisions))
        return reply

    def Explain(
        self, request: decision_service_pb2.ExplainRequest, context: grpc.ServicerContext
    ) -> decision_service_pb2.ExplainResponse:
        self.meet(request, context)
        rule = explanation_pb2.RuleExplanation(
            rule="too-few-days", status=explanation_pb2.RULE_STATUS_EXCEPTION_NOT_NEEDED, text="No rule to except."
        )
        inner = explanation_pb2.Part(text="days", state=explanation_pb2.PART_STATE_KNOWN, value="14")
        rule.premise.text = "days < 15"
        rule.premise.parts.append(inner)
        return decision_service_pb2.ExplainResponse(
            explanations=[
                explanation_pb2.Explanation(decision=self._decision(name), rules=[rule]) for name in request.rulesets
            ]
        )

    def ListRulesets(
        self, request: ruleset_service_pb2.ListRulesetsRequest, context: grpc.ServicerContext
    ) -> ruleset_service_pb2.ListRulesetsResponse:
        self.meet(request, context)
        names = [f"rulesets/lausd/r{number}" for number in range(5)]
        start = int(request.page_token or 0)
        end = start + request.page_size
        return ruleset_service_pb2.ListRulesetsResponse(
            rulesets=[ruleset_pb2.Ruleset(name=name) for name in names[start:end]],
            next_page_token=str(end) if end < len(names) else "",
        )

    def GetRuleset(
        self, request: ruleset_service_pb2.GetRulesetRequest, context: grpc.ServicerContext
    ) -> ruleset_pb2.Ruleset:
        self.meet(request, context)
        ruleset = ruleset_pb2.Ruleset(name=request.name, facts_schema='{"type":"object"}')
        ruleset.parameters.add(name="minimum_days").values.add(value_json="15")
        return ruleset

    def ValidateRuleset(
        self, request: ruleset_service_pb2.ValidateRulesetRequest, context: grpc.ServicerContext
    ) -> ruleset_service_pb2.ValidateRulesetResponse:
        self.meet(request, context)
        reply = ruleset_service_pb2.ValidateRulesetResponse(valid=False)
        reply.problems.add(severity=problem_pb2.SEVERITY_ERROR, line=3, column=7, code="unknown-name")
        return reply

    def RunScenarios(
        self, request: ruleset_service_pb2.RunScenariosRequest, context: grpc.ServicerContext
    ) -> ruleset_service_pb2.RunScenariosResponse:
        self.meet(request, context)
        reply = ruleset_service_pb2.RunScenariosResponse(passed=True)
        reply.coverage.add(rule="too-few-days", held_count=2, not_held_count=3)
        return reply

    def _decision(self, name: str) -> decision_pb2.Decision:
        decision = decision_pb2.Decision()
        decision.CopyFrom(self.decision)
        decision.ruleset = name
        return decision


@contextmanager
def serving(fake: FakeServer, port: int = 0) -> Iterator[int]:
    """Serves `fake` on loopback, on a free port unless one is given, and yields the port."""
    server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.max_receive_message_length", -1)])
    add_DecisionServiceServicer_to_server(fake, server)
    add_RulesetServiceServicer_to_server(fake, server)
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    fake.address = f"127.0.0.1:{bound}"
    try:
        yield bound
    finally:
        server.stop(None).wait()
