"""Log lines of a call name the trace that its caller sends."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import decisions
from server.logs import configure_logs
from server.tracing import trace_id
from tests.server.running import Running, refused, request

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ([TRACEPARENT], TRACE),
        ([f"cc-{TRACE}-b7ad6b7169203331-01-what-the-future-adds"], TRACE),
        ([f"cc-{TRACE}-b7ad6b7169203331-01.what"], ""),
        ([f"{TRACEPARENT}-more"], ""),
        ([f"ff-{TRACE}-b7ad6b7169203331-01"], ""),
        ([TRACEPARENT.upper()], ""),
        ([f"00-{'0' * 32}-b7ad6b7169203331-01"], ""),
        ([f"00-{TRACE}-{'0' * 16}-01"], ""),
        ([f"{TRACEPARENT}\n"], ""),
        ([TRACEPARENT, TRACEPARENT], ""),
        ([b"\0"], ""),
        ([], ""),
    ],
)
def test_only_what_the_standard_has_is_a_trace(sent: list[str | bytes], found: str) -> None:
    assert trace_id([("user-agent", "x"), *(("traceparent", value) for value in sent)]) == found


@given(st.text())
def test_whatever_is_sent_a_trace_is_32_digits_or_none(sent: str) -> None:
    assert len(trace_id([("traceparent", sent)])) in (0, 32)


def test_lines_of_the_call_name_it_and_others_do_not(run: Callable[..., Running]) -> None:
    lines = io.StringIO()
    configure_logs("json", "info", lines)
    server = run()
    lines.truncate(0)
    lines.seek(0)
    unknown = request({}, rulesets=("no/one",))
    for sent in ((("traceparent", TRACEPARENT),), (("traceparent", "forged"),), ()):
        refused(partial(server.decisions.Decide, unknown, metadata=sent))
    found = [json.loads(line).get("trace_id") for line in lines.getvalue().splitlines()]
    assert found == [TRACE, None, None]


def test_a_fault_names_it(run: Callable[..., Running], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(decisions, "decide_together", broken)
    server = run()
    lines = io.StringIO()
    configure_logs("json", "info", lines)
    error = refused(lambda: server.decisions.Decide(request({}), metadata=(("traceparent", TRACEPARENT),)))
    assert error.code is grpc.StatusCode.INTERNAL
    assert json.loads(lines.getvalue())["trace_id"] == TRACE
