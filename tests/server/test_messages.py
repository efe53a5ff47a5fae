"""What a call brings: one message, in time, of a size, that can be read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from time import monotonic
from types import SimpleNamespace
from typing import Any

import grpc
import pytest

from rollbook.v1.decision_service_pb2 import DecideRequest, DecideResponse
from server import message_first
from server.calls import Calls, Method
from server.metrics import Metrics
from server.pools import Pool
from server.waiting import Waiting
from tests.server.running import FACTS, Running, error_of, refused, request, wait_until


class LateContext:
    """The context of a call whose deadline passed while it waited for a thread."""

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return ()

    def __init__(self) -> None:
        self.cancelled = False
        self.ended: tuple[grpc.StatusCode, str] | None = None

    def time_remaining(self) -> float:
        return 0.0

    def cancel(self) -> None:
        self.cancelled = True

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.metadata = metadata

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        self.ended = code, details
        raise RuntimeError


def test_a_call_that_comes_too_late_is_not_decided() -> None:
    calls = Calls(Metrics(), Waiting(1, 1), 1000)
    pool = Pool("late", 1, 1)
    decided: list[DecideRequest] = []

    def decide(asked: DecideRequest, _call: Any) -> DecideResponse:
        decided.append(asked)
        return DecideResponse()

    calls.add(Method("rollbook.v1.DecisionService", "Decide", DecideRequest, decide, pool))
    details: Any = SimpleNamespace(method="/rollbook.v1.DecisionService/Decide", invocation_metadata=())
    handler = calls.service(details)
    assert handler is not None
    assert handler.stream_unary is not None
    context: Any = LateContext()
    with pytest.raises(RuntimeError):
        handler.stream_unary(iter([DecideRequest().SerializeToString()]), context)
    assert context.ended[0] == grpc.StatusCode.DEADLINE_EXCEEDED
    assert decided == []


def test_the_installed_grpc_is_as_expected() -> None:
    assert message_first.SUPPORTED, "calls take a thread before their message has come; see server/message_first.py"


@pytest.mark.parametrize("supported", [True, False])
def test_callers_that_never_send_their_message_do_not_keep_others_out(
    run: Callable[..., Running], monkeypatch: pytest.MonkeyPatch, supported: bool
) -> None:
    monkeypatch.setattr(message_first, "SUPPORTED", supported)
    server = run(threads=64, max_concurrent_calls=64)
    over = threading.Event()

    def nothing() -> Iterator[bytes]:
        over.wait(60)
        yield from ()

    open_call: Any = server.channel.stream_unary("/rollbook.v1.DecisionService/Decide", bytes, bytes)
    silent = [open_call.future(nothing(), timeout=60) for _ in range(64)]
    wait_until(lambda: any(call.done() for call in silent))  # 32 waiting at once are waited for no longer
    wait_until(lambda: not server.server._deciding.full)
    assert server.decide(FACTS).outcome == "assign"
    assert {error_of(call).code for call in silent if call.done()} == {grpc.StatusCode.CANCELLED}
    over.set()


def test_a_caller_that_is_slow_is_waited_for_a_while() -> None:
    waiting = Waiting(most_seconds=10, many=3)
    slow: Any = LateContext()
    waiting.begin(slow)
    waiting.cut_off(monotonic() + 9)
    assert not slow.cancelled
    waiting.cut_off(monotonic() + 11)
    assert slow.cancelled
    waiting.end(slow)
    others: list[Any] = [LateContext() for _ in range(3)]
    for other in others:
        waiting.begin(other)
    waiting.cut_off(monotonic() + 1)
    assert all(other.cancelled for other in others), "many that wait at once are waited for less"


@pytest.mark.parametrize("supported", [True, False])
@pytest.mark.parametrize("messages", [[], [b"", b""]])
def test_a_call_has_one_message(
    run: Callable[..., Running], monkeypatch: pytest.MonkeyPatch, messages: list[bytes], supported: bool
) -> None:
    monkeypatch.setattr(message_first, "SUPPORTED", supported)
    server = run()
    send: Any = server.channel.stream_unary("/rollbook.v1.DecisionService/Decide", bytes, bytes)
    assert refused(lambda: send(iter(messages), timeout=20)).reason == "REQUEST_INVALID"


def test_an_oversized_message(run: Callable[..., Running]) -> None:
    server = run(max_message_bytes=10_000, roster_max_message_bytes=10_000)
    somewhat = refused(lambda: server.decisions.Decide(request('"' + "x" * 12_000 + '"'), timeout=20))
    assert (somewhat.code, somewhat.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "TOO_LARGE")
    assert dict(somewhat.info.metadata)["allowed"] == "10000"
    far = refused(lambda: server.decisions.Decide(request('"' + "x" * 1_000_000 + '"'), timeout=20))
    assert (far.code, far.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "")
    assert server.decide(FACTS).outcome == "assign"


@pytest.mark.parametrize("raw", [b"\xff\xff\xff", b"\x0a\x05ab", b"\x0a\x02\xff\xfe"])
def test_bytes_that_are_no_message(server: Running, raw: bytes) -> None:
    error = refused(lambda: server.send("/rollbook.v1.DecisionService/Decide", raw))
    assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID")
    assert server.decide(FACTS).outcome == "assign"


def test_an_unknown_method(server: Running) -> None:
    assert refused(lambda: server.send("/rollbook.v1.DecisionService/Guess", b"")).code == grpc.StatusCode.UNIMPLEMENTED
