"""How calls come in: limits, overload, deadlines, clients that go away, idle streams."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from engine.cases import decide_together
from rollbook.v1 import decision_service_pb2_grpc
from rollbook.v1.decision_service_pb2 import DecideBatchRequest
from server import decisions as decisions_module
from server.calls import Call
from server.config import SettingsError
from tests.server.running import FACTS, Folder, Running, error_of, refused, request, wait_until


class Gate:
    """Makes every decision wait at a gate."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrived = threading.Semaphore(0)
        self.decided = 0
        self._open = threading.Event()
        decide = decide_together

        def waiting(*args: Any, **kwargs: Any) -> Any:
            self.arrived.release()
            assert self._open.wait(60)
            self.decided += 1
            return decide(*args, **kwargs)

        monkeypatch.setattr(decisions_module, "decide_together", waiting)

    def wait_for(self, count: int) -> None:
        """Waits until `count` more decisions stand at the gate."""
        for _ in range(count):
            assert self.arrived.acquire(timeout=30)

    def open(self) -> None:
        """Lets all through, now and later."""
        self._open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(monkeypatch)
    yield gate
    gate.open()


def test_one_call_too_many_is_refused_at_once_while_health_answers(run: Callable[..., Running], gate: Gate) -> None:
    server = run(threads=64, max_concurrent_calls=66)
    waiting = [server.decisions.Decide.future(request(FACTS), timeout=60) for _ in range(66)]
    gate.wait_for(64)  # two more wait for a thread
    wait_until(lambda: server.server._deciding.held == 66)
    error = refused(lambda: server.decisions.Decide(request(FACTS), timeout=20))
    assert (error.code, error.reason, error.retry) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", 1.0)
    assert server.serving()
    gate.open()
    assert {call.result().decisions[0].outcome for call in waiting} == {"assign"}
    assert server.decide(FACTS).outcome == "assign"


def test_idle_streams_never_block_a_decision(server: Running) -> None:
    watchers = [server.health.Watch(health_pb2.HealthCheckRequest()) for _ in range(100)]
    reflecting: Any = reflection_pb2_grpc.ServerReflectionStub(server.channel)
    ended = threading.Event()

    def ask_and_idle() -> Iterator[reflection_pb2.ServerReflectionRequest]:
        yield reflection_pb2.ServerReflectionRequest(list_services="")
        ended.wait(60)

    reflections = [reflecting.ServerReflectionInfo(ask_and_idle()) for _ in range(20)]
    for watcher in watchers:
        assert next(watcher).status == health_pb2.HealthCheckResponse.SERVING
    for stream in reflections:
        names = {service.name for service in next(stream).list_services_response.service}
        assert "rollbook.v1.DecisionService" in names
    assert server.server._streams.held == 120
    assert server.decide(FACTS).outcome == "assign"
    ended.set()
    for stream in (*watchers, *reflections):
        stream.cancel()


def test_a_stream_too_many_is_refused(run: Callable[..., Running]) -> None:
    server = run(stream_threads=2)
    watchers = [server.health.Watch(health_pb2.HealthCheckRequest()) for _ in range(2)]
    for watcher in watchers:
        next(watcher)
    error = refused(lambda: next(server.health.Watch(health_pb2.HealthCheckRequest())))
    assert (error.reason, error.retry) == ("OVERLOADED", 1.0)
    assert server.serving()
    for watcher in watchers:
        watcher.cancel()


def test_watching_what_is_not_there(server: Running) -> None:
    watchers = [server.health.Watch(health_pb2.HealthCheckRequest(service=f"none-{number}")) for number in range(5)]
    for watcher in watchers:
        assert next(watcher).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
        watcher.cancel()
    remembered: Any = vars(server.server._health._servicer)["_send_response_callbacks"]
    assert len(remembered) == 1, "strangers cannot fill the memory"
    with pytest.raises(grpc.RpcError, match="NOT_FOUND"):
        server.serving("none")


def batch(count: int) -> DecideBatchRequest:
    asked: DecideBatchRequest = request(kind=DecideBatchRequest)
    for number in range(count):
        asked.cases.add(case_id=str(number), facts_json='{"enrollment": {"instructional_days": 20}}')
    return asked


@pytest.mark.parametrize("how", ["cancels", "disconnects"])
def test_work_stops_when_the_client_goes_away(
    server: Running, gate: Gate, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Call] = []
    wanted = Call.still_wanted

    def still_wanted(call: Call) -> None:
        calls.append(call)
        wanted(call)

    monkeypatch.setattr(Call, "still_wanted", still_wanted)
    channel = server.new_channel()
    stub: Any = decision_service_pb2_grpc.DecisionServiceStub(channel)
    call = stub.DecideBatch.future(batch(50), timeout=60)
    gate.wait_for(1)
    if how == "cancels":
        call.cancel()
    channel.close()
    wait_until(lambda: not calls[0].context.is_active())
    gate.open()
    wait_until(lambda: server.server._deciding.held == 0)
    assert gate.decided == 1
    assert server.decide(FACTS).outcome == "assign"


def test_work_stops_when_the_deadline_passes(server: Running, gate: Gate) -> None:
    call = server.decisions.DecideBatch.future(batch(50), timeout=0.3)
    gate.wait_for(1)
    assert error_of(call.exception()).code == grpc.StatusCode.DEADLINE_EXCEEDED
    gate.open()
    wait_until(lambda: server.server._deciding.held == 0)
    assert gate.decided == 1


def test_a_second_server_on_the_port_does_not_start(server: Running, folder: Folder) -> None:
    second = Running(folder.path, port=server.server.port)
    with pytest.raises(SettingsError, match="another server"):
        second.server.start()
    second.server.catalogue.stop()
    assert server.decide(FACTS).outcome == "assign"


def test_a_folder_that_is_not_there(folder: Folder) -> None:
    missing = Running(folder.path / "none")
    with pytest.raises(SettingsError, match="does not exist"):
        missing.server.start()
    missing.server.catalogue.stop()
