"""Every reason of the error model that a server can give today, provoked: code, details, and whether to try again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from rollbook.v1 import decision_pb2
from rollbook.v1.decision_service_pb2 import DecideRequest
from server import decisions as decisions_module
from server.errors import CODES
from server.serving import Server
from tests.server.running import MARKS, NAME, Error, Folder, Running, error_of, request

FACTS = {"enrollment": {"instructional_days": 20}}
BROKEN = MARKS.replace("demo/marks", "demo/broken").replace("when: student.foster_youth", "when: student.")
STRICT = f"""{MARKS.replace("demo/marks", "demo/strict")}
expects:
  - that: enrollment.instructional_days <= 200
    otherwise: "{{enrollment.instructional_days}} are too many."
"""
SLOW = MARKS.replace("demo/marks", "demo/slow").replace(
    "when: student.foster_youth", "when: some a in notices satisfies some b in notices satisfies a.area < b.area"
)
FACTS_SLOW = {"notices": [{"area": "a"}] * 2000}

ELSEWHERE = {
    "OVERLOADED": "test_calls.py",
    "NOT_READY": "below, by a server that is starting",
    "DEADLINE_EXCEEDED": "test_calls.py",
    "UNKNOWN_VERSION": "test_rulesets.py",
    "LOG_UNAVAILABLE": "test_log_faults.py",
    "REQUEST_ID_REUSED": "test_recording.py",
    "UNKNOWN_DECISION": "test_decision_log.py",
    "FORBIDDEN": "versions/test_service.py",
    "WRONG_STATE": "versions/test_service.py",
    "NOT_PUBLISHABLE": "versions/test_publishing.py",
}
NOT_YET = {
    "UNAUTHENTICATED": "there are no identities",
    "UNKNOWN_RUN": "rosters are not recorded",
}

PROVOKED: dict[str, tuple[Any, list[str], dict[str, str]]] = {
    "REQUEST_INVALID": (request(FACTS, as_of=None), ["as_of"], {}),
    "FACT_INVALID": (request({"mark": {"score": "A"}}), ["facts.mark.score"], {}),
    "FACTS_INCONSISTENT": (
        request({"enrollment": {"instructional_days": 201}}, rulesets=("rulesets/demo/strict",)),
        ["facts"],
        {},
    ),
    "TOO_LARGE": (
        request(FACTS, rulesets=tuple(f"rulesets/demo/r-{number}" for number in range(21))),
        ["rulesets"],
        {"limit": "rulesets", "allowed": "20", "given": "21"},
    ),
    "UNKNOWN_RULESET": (request(FACTS, rulesets=("rulesets/demo/none",)), [], {"ruleset": "rulesets/demo/none"}),
    "UNKNOWN_CALENDAR": (request(FACTS, of_case_calendar="calendars/westlake"), ["case.calendar"], {}),
    "NOT_IN_FORCE": (request(FACTS, as_of=(2018, 8, 2)), [], {"ruleset": NAME, "date": "2018-08-02"}),
    "RULESET_INVALID": (request(FACTS, rulesets=("rulesets/demo/broken",)), [], {"ruleset": "rulesets/demo/broken"}),
    "LIMIT_EXCEEDED": (request(FACTS_SLOW, rulesets=("rulesets/demo/slow",)), [], {"limit": "steps"}),
    "NOT_SERVED": (request(FACTS, mode=decision_pb2.MODE_RECORD), ["mode"], {"feature": "mode-record"}),
}


@pytest.fixture
def everything(folder: Folder, run: Callable[..., Running]) -> Running:
    folder.write("demo/broken", BROKEN)
    folder.write("demo/strict", STRICT)
    folder.write("demo/slow", SLOW)
    return run(max_steps=10_000)


def refused(server: Running, asked: DecideRequest) -> Error:
    with pytest.raises(grpc.RpcError) as caught:
        server.decisions.Decide(asked, timeout=20)
    return error_of(caught.value)


def test_every_reason_is_provoked_or_cannot_occur_yet() -> None:
    assert set(CODES) == {*PROVOKED, *ELSEWHERE, *NOT_YET, "INTERNAL"}


@pytest.mark.parametrize("reason", PROVOKED)
def test_a_reason(everything: Running, reason: str) -> None:
    asked, fields, metadata = PROVOKED[reason]
    error = refused(everything, asked)
    assert error.code is not None
    assert (error.reason, error.code.value[0]) == (reason, CODES[reason])
    assert error.info.domain == "rollbook"
    assert (error.fields, dict(error.info.metadata), error.retry) == (fields, metadata, None)
    assert everything.decide(FACTS).outcome == "assign", "the server goes on serving"


@pytest.mark.parametrize(
    ("more", "feature", "field"),
    [
        ({"mode": decision_pb2.MODE_RECORD}, "mode-record", "mode"),
        ({"rulesets": (f"{NAME}/versions/{'0' * 64}",)}, "pinned-version", "rulesets[0]"),
    ],
)
def test_what_is_not_served_yet_is_not_ignored(server: Running, more: dict[str, Any], feature: str, field: str) -> None:
    error = refused(server, request(FACTS, **more))
    assert (error.code, error.reason) == (grpc.StatusCode.UNIMPLEMENTED, "NOT_SERVED")
    assert (dict(error.info.metadata), error.fields) == ({"feature": feature}, [field])


def test_contradicting_facts_are_told_without_their_values(everything: Running) -> None:
    error = refused(everything, PROVOKED["FACTS_INCONSISTENT"][0])
    assert "{enrollment" not in str(error.status)
    assert "enrollment.instructional_days are too many." in error.bad_request.field_violations[0].description
    assert "201" not in str(error.status)


def test_a_fault_of_ours(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions_module, "decide_together", lambda *_, **__: int("no number"))
    error = refused(server, request(FACTS))
    assert (error.code, error.reason, error.retry) == (grpc.StatusCode.INTERNAL, "INTERNAL", None)
    assert len(error.info.metadata["incident"]) == 32


def test_a_server_that_is_starting(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    listening, go_on = threading.Event(), threading.Event()
    read = Server.read_rulesets

    def slowly(server: Server) -> None:
        listening.set()
        assert go_on.wait(30)
        read(server)

    monkeypatch.setattr(Server, "read_rulesets", slowly)
    running = Running(folder.path)
    starting = threading.Thread(target=running.__enter__)
    starting.start()
    assert listening.wait(30)
    running.connect()
    assert running.serving("")
    assert not running.serving()
    error = refused(running, request(FACTS))
    assert (error.code, error.reason, error.retry) == (grpc.StatusCode.UNAVAILABLE, "NOT_READY", 1.0)
    go_on.set()
    starting.join()
    assert running.serving()
    assert running.decide(FACTS).outcome == "assign"
    running.__exit__(None, None, None)
