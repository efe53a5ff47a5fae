"""A server within the test's own process, and what its tests ask it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
import pytest
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from google.type.date_pb2 import Date
from grpc_health.v1 import health_pb2, health_pb2_grpc

from rollbook.v1 import decision_log_service_pb2_grpc, decision_pb2, decision_service_pb2_grpc, ruleset_service_pb2_grpc
from rollbook.v1.decision_service_pb2 import DecideRequest, ExplainRequest
from server.config import Settings
from server.serving import Server

__all__ = ["FACTS", "MARKS", "NAME", "Error", "Folder", "Running", "error_of", "refused", "request", "wait_until"]

NAME = "rulesets/demo/marks"
FACTS = {"enrollment": {"instructional_days": 20}}
"""Facts for which the ruleset below answers `assign`."""

MARKS = """
ruleset: demo/marks
title: Marks
question: May this mark go on the report?
authority: {document: Handbook, issued: 2018-08-03, sections: {I.F: {pages: 3}, IX: {pages: 13-14}}}
effective: {from: 2018-08-03}
time_zone: America/Los_Angeles
case: [student, marking area]
facts:
  enrollment:
    instructional_days: {type: integer, at_least: 0, means: How many days was the student enrolled?}
  student:
    foster_youth: {type: boolean}
  mark:
    score: {type: string, one_of: ["1", "2", "3"]}
    share: {type: decimal, places: 2}
  notices:
    list_of:
      area: {type: string}
      sent_on: {type: event}
parameters:
  minimum_days: {cites: I.F, means: Days needed, from: {2018-08-03: 15}}
results:
  comment_code: {type: string, one_of: [AG-14]}
actions:
  send-notice: {by: school, to: parent, force: must, text: Send the notice}
outcomes: [withhold, discretion, assign]
default: {outcome: assign, because: Nothing stands against it.}
rules:
  too-few-days:
    cites: I.F
    when: enrollment.instructional_days < minimum_days
    outcome: withhold
    results: {comment_code: '"AG-14"'}
    because: Enrolled {enrollment.instructional_days} days; {minimum_days} are needed.
    obliges: [{action: send-notice, due: as_of}]
  foster:
    cites: I.F, IX.C
    exception_to: [too-few-days]
    when: student.foster_youth
    outcome: discretion
    because: A student in foster care may be marked with fewer days.
"""
"""A small ruleset with everything in it that replies have."""


class Folder:
    """A folder of rulesets that a test writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def write(self, id_: str, text: str, scenarios: str = "") -> Path:
        """Writes a ruleset as a whole, as editors do."""
        place = self.path / id_
        place.mkdir(parents=True, exist_ok=True)
        if scenarios:
            (place / "scenarios.yaml").write_text(scenarios, encoding="utf-8")
        part = place / "ruleset.yaml.part"
        part.write_text(text, encoding="utf-8")
        return part.replace(place / "ruleset.yaml")


class Running:
    """A running server and stubs to call it by."""

    def __init__(self, rulesets: Path, **settings: Any) -> None:
        usual: dict[str, Any] = {"port": 0, "metrics": False, "watch": False, "pin_core": "off"}
        self.server = Server(Settings(rulesets=rulesets, **usual | settings))
        self._stopped = False

    def __enter__(self) -> Self:
        self.server.start()
        self.connect()
        return self

    def connect(self) -> None:
        """Makes the stubs; once the server listens."""
        self.channel = self.new_channel()
        self.decisions = decision_service_pb2_grpc.DecisionServiceStub(self.channel)
        self.log = decision_log_service_pb2_grpc.DecisionLogServiceStub(self.channel)
        self.rulesets = ruleset_service_pb2_grpc.RulesetServiceStub(self.channel)
        self.health: Any = health_pb2_grpc.HealthStub(self.channel)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        self.channel.close()

    @property
    def target(self) -> str:
        """Where the server listens."""
        return f"127.0.0.1:{self.server.port}"

    def new_channel(self) -> grpc.Channel:
        """A connection of its own."""
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_send_message_length", -1)]
        return grpc.insecure_channel(self.target, options=options)

    def send(self, method: str, raw: bytes) -> bytes:
        """Sends bytes that may be no message."""
        call: Any = self.channel.unary_unary(method, lambda sent: sent, lambda received: received)
        return bytes(call(raw, timeout=20))

    def stop(self) -> None:
        """Stops the server, once."""
        if not self._stopped:
            self._stopped = True
            self.server.stop()

    def decide(self, facts: Mapping[str, Any] | str | None = None, **more: Any) -> decision_pb2.Decision:
        """The one decision about a case."""
        reply = self.decisions.Decide(request(facts, **more), timeout=20)
        assert len(reply.decisions) == 1
        return reply.decisions[0]

    def serving(self, service: str = "rollbook.v1.DecisionService") -> bool:
        """What the health of a service says."""
        reply = self.health.Check(health_pb2.HealthCheckRequest(service=service), timeout=20)
        return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)


def request(
    facts: Mapping[str, Any] | str | None = None,
    *,
    rulesets: tuple[str, ...] = (NAME,),
    as_of: tuple[int, int, int] | None = (2018, 9, 14),
    kind: Any = DecideRequest,
    **more: Any,
) -> Any:
    """A request to decide a case, MODE_TRY; `more` are further fields of the request, or of the case (`case_…`)."""
    asked = kind(rulesets=rulesets)
    if kind is not ExplainRequest:
        asked.mode = decision_pb2.MODE_TRY
    if as_of is not None:
        asked.as_of.CopyFrom(Date(year=as_of[0], month=as_of[1], day=as_of[2]))
    if facts is not None and hasattr(asked, "case"):
        asked.case.facts_json = facts if isinstance(facts, str) else json.dumps(facts)
    for name, value in more.items():
        target, field = (asked.case, name.removeprefix("of_case_")) if name.startswith("of_case_") else (asked, name)
        if isinstance(value, Message):
            getattr(target, field).CopyFrom(value)
        else:
            setattr(target, field, value)
    return asked


class Error:
    """An error as a client sees it; `code` is None for that of a case of a batch."""

    def __init__(self, code: grpc.StatusCode | None, status: Status | None) -> None:
        self.code = code
        self.status = status
        self.info = ErrorInfo()
        self.bad_request = BadRequest()
        self.retry: float | None = None
        for detail in status.details if status is not None else ():
            retry = RetryInfo()
            if detail.Unpack(retry):
                self.retry = retry.retry_delay.ToTimedelta().total_seconds()
            _ = detail.Unpack(self.info) or detail.Unpack(self.bad_request)

    @property
    def reason(self) -> str:
        """Its reason; empty where it comes from the transport."""
        return self.info.reason

    @property
    def fields(self) -> list[str]:
        """The paths of what is wrong in the request."""
        return [violation.field for violation in self.bad_request.field_violations]


def error_of(call: Any) -> Error:
    """What a failed call, or the exception that it raised, says."""
    trailing = dict(call.trailing_metadata() or ())
    raw = trailing.get("grpc-status-details-bin")
    return Error(call.code(), None if raw is None else Status.FromString(raw))


def refused(call: Callable[[], Any]) -> Error:
    """What a call that must fail is answered."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return error_of(caught.value)


def wait_until(true: Callable[[], bool]) -> None:
    """Waits for something that comes about in another thread."""
    for _ in range(3000):
        if true():
            return
        threading.Event().wait(0.01)
    pytest.fail("waited in vain")
