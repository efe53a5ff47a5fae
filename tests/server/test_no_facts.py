"""What a caller sends about a student stands in the reply and nowhere else: no log line, metric, or error has it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import grpc
import pytest

from rollbook.v1.decision_service_pb2 import DecideBatchRequest, ExplainRequest
from server import decisions as decisions_module
from server.logs import configure_logs
from tests.server.running import Running, error_of, request

SECRET = "Quillfeather"
ABOUT: dict[str, Any] = {
    "of_case_case_id": f"case-{SECRET}",
    "of_case_subject": f"subject-{SECRET}",
    "of_case_school": f"at-{SECRET}",
}

GOOD = {"enrollment": {"instructional_days": 3}, "notices": [{"area": SECRET}]}
BAD: list[Any] = [
    {"mark": {"score": SECRET}},
    {"mark": {"share": SECRET}},
    {"enrollment": {"instructional_days": SECRET}},
    {"notices": [{"sent_on": SECRET}]},
    {"notices": SECRET},
    f'{{"mark": {{"score": "{SECRET}" {SECRET}}}}}',
    f'"{SECRET}"',
    f"{SECRET}",
    {"student": {SECRET: True}},
]


@pytest.fixture
def lines() -> io.StringIO:
    lines = io.StringIO()
    configure_logs("json", "debug", lines)
    logging.getLogger("watchfiles").setLevel("WARNING")
    return lines


@pytest.fixture
def observed(run: Callable[..., Running]) -> Running:
    return run(metrics=True, metrics_port=0)


def page(server: Running) -> str:
    with urlopen(f"http://127.0.0.1:{server.server.metrics_port}/metrics", timeout=20) as reply:
        return str(reply.read().decode())


def test_a_call_that_succeeds_leaves_no_line(lines: io.StringIO, observed: Running) -> None:
    before = lines.getvalue()
    observed.decide(GOOD, **ABOUT)
    observed.decisions.Explain(request(GOOD, kind=ExplainRequest, **ABOUT), timeout=20)
    assert lines.getvalue() == before
    assert SECRET not in page(observed)


@pytest.mark.parametrize("facts", BAD)
def test_a_call_that_is_refused(lines: io.StringIO, observed: Running, facts: Any) -> None:
    batch = request(kind=DecideBatchRequest)
    batch.cases.add(facts_json=facts if isinstance(facts, str) else json.dumps(facts), case_id=SECRET)
    for call, asked in (
        (observed.decisions.Decide, request(facts, request_id="question-7", **ABOUT)),
        (observed.decisions.Explain, request(facts, kind=ExplainRequest, **ABOUT)),
    ):
        with pytest.raises(grpc.RpcError) as caught:
            call(asked, timeout=20)
        error = error_of(caught.value)
        assert error.reason == "FACT_INVALID"
        # A name that nobody declares is what is wrong, so the error must say it; no value ever stands there.
        assert SECRET not in str(error.status).replace(f"facts.student.{SECRET}", "")
    observed.decisions.DecideBatch(batch, timeout=20)
    assert "question-7" in lines.getvalue()
    assert "FACT_INVALID" in page(observed)
    assert SECRET not in lines.getvalue() + page(observed)


@pytest.mark.parametrize(
    "asked",
    [
        request(GOOD, rulesets=(f"rulesets/{SECRET.lower()}/x",), **ABOUT),
        request(GOOD, rulesets=(SECRET,), **ABOUT),
        request(GOOD, request_id=f"{SECRET} {SECRET}", **ABOUT),
        request(GOOD, **{**ABOUT, "of_case_subject": SECRET * 100}),
        request(GOOD, of_case_calendar=f"calendars/{SECRET}"),
    ],
)
def test_a_request_that_is_wrong(lines: io.StringIO, observed: Running, asked: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        observed.decisions.Decide(asked, timeout=20)
    assert SECRET not in str(error_of(caught.value).status)
    assert SECRET.lower() not in (lines.getvalue() + page(observed)).lower()


def test_a_fault_of_ours(lines: io.StringIO, observed: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_engines: Any, facts: str, **_: Any) -> None:
        try:
            dict[str, Any]()[facts]
        except KeyError as error:
            raise ValueError(f"cannot decide {facts}") from error

    monkeypatch.setattr(decisions_module, "decide_together", fails)
    with pytest.raises(grpc.RpcError) as caught:
        observed.decide(GOOD, request_id="question-8", **ABOUT)
    error = error_of(caught.value)
    assert (error.code, error.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert error.info.metadata["incident"] in lines.getvalue()
    assert "question-8" in lines.getvalue()
    assert "test_no_facts.py" in lines.getvalue(), "the places that the exception passed"
    assert SECRET not in lines.getvalue() + page(observed) + str(error.status)
    monkeypatch.undo()
    assert observed.decide(GOOD).state
