"""How a stream runs: overload, flow control, clients that go away, children that die, a server that stops."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from server.rosters import workers as workers_module
from tests.server.rosters.asking import Stream, arrow, decide, header, many, refused, stub
from tests.server.running import FACTS, Folder, Running, error_of, wait_until
from tests.server.test_stopping import started

# The child as it is, but deciding a batch may take for ever, crash, or meet a fault.
CHILD = """
import os, signal, sys
from server.rosters import worker
from server.rosters.deciding import Deciding

decide = Deciding.answer

def answer(self, raw):
    {body}
    return decide(self, raw)

Deciding.answer = answer
sys.exit(worker.main(sys.argv[1:]))
"""
FOR_EVER = "signal.pause()"


@pytest.fixture
def doing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has child processes do something else first."""

    def do(body: str) -> None:
        script = tmp_path / "child.py"
        script.write_text(CHILD.format(body=body), encoding="utf-8")
        monkeypatch.setattr(workers_module, "COMMAND", (sys.executable, "-I", "-B", str(script)))

    return do


@pytest.fixture
def children() -> Callable[[], list[psutil.Process]]:
    """The child processes of a server within this process that are there now."""
    before = set(psutil.Process().children())

    def new() -> list[psutil.Process]:
        return [child for child in psutil.Process().children() if child not in before]

    return new


def sample(server: Running, name: str, **labels: str) -> float:
    return server.server.metrics.registry.get_sample_value(name, labels) or 0.0


def held(server: Running) -> int:
    return server.server._running.held


def test_one_roster_too_many_is_refused_at_once(run: Callable[..., Running]) -> None:
    server = run(rosters=1)
    stream = Stream(server.channel, header())
    stream.next()
    answers, error = refused(server, header())
    assert (error.code, error.reason, error.retry) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", 1.0)
    assert answers == []
    assert sample(server, "rollbook_rosters") == 1
    assert server.decide(FACTS).outcome == "assign"
    stream.end()
    assert stream.next().HasField("ended")
    wait_until(lambda: not held(server))
    assert decide(server, header(), arrow())


def test_a_child_process_is_used_again(run: Callable[..., Running], children: Callable[[], list[object]]) -> None:
    server = run()
    decide(server, header(), arrow())
    (first,) = children()
    decide(server, header(), arrow())
    assert children() == [first]
    server.stop()
    assert children() == []


def test_a_child_process_without_work_ends(
    run: Callable[..., Running], children: Callable[[], list[psutil.Process]]
) -> None:
    server = run(roster_idle_seconds=0.2)
    decide(server, header(), arrow())
    wait_until(lambda: all(child.status() == psutil.STATUS_ZOMBIE for child in children()))
    assert decide(server, header(), arrow())[-1].HasField("ended"), "another one is started"


def test_decide_answers_while_a_roster_is_decided(run: Callable[..., Running], doing: Callable[[str], None]) -> None:
    doing(FOR_EVER)
    server = run()
    stream = Stream(server.channel, header(), arrow())
    stream.next()
    for _ in range(20):
        assert server.decide(FACTS).outcome == "assign"
    stream.call.cancel()


@pytest.mark.parametrize("how", ["cancels", "disconnects"])
def test_a_client_that_goes_away_ends_the_work(
    run: Callable[..., Running],
    doing: Callable[[str], None],
    children: Callable[[], list[psutil.Process]],
    how: str,
) -> None:
    doing(FOR_EVER)
    server = run()
    channel = server.new_channel()
    stream = Stream(channel, header(), arrow(0), arrow(1))
    stream.next()
    assert len(children()) == 1
    if how == "cancels":
        stream.call.cancel()
    channel.close()
    wait_until(lambda: not children() and not held(server))
    wait_until(lambda: sample(server, "rollbook_roster_runs_total", method="DecideRoster", result="CLIENT_GONE") == 1)


def test_a_deadline_ends_the_work(
    run: Callable[..., Running], doing: Callable[[str], None], children: Callable[[], list[psutil.Process]]
) -> None:
    doing(FOR_EVER)
    server = run()
    with pytest.raises(grpc.RpcError) as caught:
        list(stub(server).DecideRoster(iter([header(), arrow()]), timeout=3))
    assert error_of(caught.value).code == grpc.StatusCode.DEADLINE_EXCEEDED
    wait_until(lambda: not children() and not held(server))


def test_at_most_two_batches_are_read_while_none_is_answered(
    run: Callable[..., Running], doing: Callable[[str], None]
) -> None:
    doing(FOR_EVER)
    server = run()
    stream = Stream(server.channel, header())
    stream.next()
    for message in many(400_000, range(24)):  # of 3 MB each, so that they do not fit in what the transport buffers
        stream.send(message)
    (exchange,) = server.server._rosters._exchanges
    wait_until(lambda: exchange._open == 2)
    threading.Event().wait(0.5)
    assert exchange._open == 2
    assert stream.count_taken < 20, "the client is held back; how much is buffered varies"
    stream.call.cancel()


def test_a_client_that_does_not_read_is_held_back(run: Callable[..., Running]) -> None:
    server = run()
    stream = Stream(server.channel, header())
    stream.next()
    for message in many(10_000, range(20)):
        stream.send(message)
    (exchange,) = server.server._rosters._exchanges
    wait_until(lambda: exchange._open == 2)
    answered = -1.0
    while (now := sample(server, "rollbook_roster_cases_total", method="DecideRoster", result="decided")) != answered:
        answered = now
        threading.Event().wait(1)
    assert answered < 10 * 10_000, "answers that nobody takes are not made"
    assert exchange._open <= 2
    stream.end()
    assert [answer.batch.sequence for answer in stream.rest()[:-1]] == list(range(20))


def test_a_client_that_neither_sends_nor_takes_is_cut_off(run: Callable[..., Running]) -> None:
    server = run(roster_idle_seconds=0.5)
    stream = Stream(server.channel, header(), arrow())
    assert [stream.next().WhichOneof("message") for _ in range(2)] == ["started", "batch"]
    with pytest.raises(grpc.RpcError) as caught:
        stream.next()
    assert error_of(caught.value).code == grpc.StatusCode.CANCELLED
    wait_until(lambda: not held(server))


def test_a_client_without_a_header_is_cut_off(run: Callable[..., Running]) -> None:
    server = run(message_seconds=0.3)
    with pytest.raises(grpc.RpcError) as caught:
        Stream(server.channel).next()
    assert error_of(caught.value).code == grpc.StatusCode.CANCELLED
    wait_until(lambda: not held(server))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise KeyError('Quillfeather')", "INTERNAL"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "INTERNAL"),
        ("os._exit(3)", "INTERNAL"),
        ("raise MemoryError", "LIMIT_EXCEEDED"),
        ("import duckdb; raise duckdb.OutOfMemoryException('x')", "LIMIT_EXCEEDED"),
    ],
)
def test_a_child_that_fails_ends_its_own_roster_only(
    run: Callable[..., Running],
    doing: Callable[[str], None],
    children: Callable[[], list[psutil.Process]],
    body: str,
    reason: str,
) -> None:
    doing(body)
    server = run()
    other = Stream(server.channel, header())
    other.next()
    answers, error = refused(server, header(), arrow(), arrow(1))
    assert error.reason == reason
    assert "Quillfeather" not in str(error.status)
    assert [answer.WhichOneof("message") for answer in answers] == ["started"]
    assert sample(server, "rollbook_roster_runs_total", method="DecideRoster", result=reason) == 1
    wait_until(lambda: len(children()) == 1)
    other.end()
    assert other.next().HasField("ended")


def test_a_server_that_stops_finishes_what_was_read(run: Callable[..., Running]) -> None:
    server = run()
    idle = Stream(server.channel, header(), arrow(0))
    assert [idle.next().WhichOneof("message") for _ in range(2)] == ["started", "batch"]
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    with pytest.raises(grpc.RpcError) as caught:
        idle.next()
    error = error_of(caught.value)
    assert (error.code, error.reason, error.retry) == (grpc.StatusCode.UNAVAILABLE, "NOT_READY", 1.0)
    stopping.join(30)
    assert not stopping.is_alive()


def test_children_end_with_a_server_that_is_killed(tmp_path: Path, folder: Folder) -> None:
    """Nobody is left who could keep its port, or a folder."""
    with started(folder, tmp_path) as server:
        stream = Stream(server.channel, header(), arrow())
        stream.next()
        (child,) = psutil.Process(server.process.pid).children()
        assert "server.rosters.worker" in child.cmdline()
        server.process.kill()
        psutil.wait_procs([child], timeout=30)
        assert not child.is_running()


def test_what_does_not_fit_in_memory_goes_to_a_folder_that_is_removed(
    run: Callable[..., Running], tmp_path: Path
) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    server = run(roster_spill_folder=spill)
    decide(server, header(), arrow())
    (own,) = spill.iterdir()
    assert own.name.startswith("rollbook-roster-")
    assert own.stat().st_mode & 0o077 == 0, "facts may stand there"
    server.stop()
    assert list(spill.iterdir()) == []


def test_metrics_count_cases_and_decisions(run: Callable[..., Running]) -> None:
    server = run()
    decide(server, header(), arrow())
    assert sample(server, "rollbook_decisions_total", ruleset="demo/marks", outcome="withhold") == 1
    assert sample(server, "rollbook_decisions_total", ruleset="demo/marks", outcome="indeterminate") == 1
    assert sample(server, "rollbook_roster_cases_total", method="DecideRoster", result="decided") == 3
    assert sample(server, "rollbook_roster_runs_total", method="DecideRoster", result="finished") == 1


def test_health_and_reflection_know_the_service(run: Callable[..., Running]) -> None:
    server = run()
    assert server.serving("rollbook.v1.RosterService")
    asked = reflection_pb2.ServerReflectionRequest(file_containing_symbol="rollbook.v1.RosterService")
    reflecting: Any = reflection_pb2_grpc.ServerReflectionStub(server.channel)
    (reply,) = reflecting.ServerReflectionInfo(iter([asked]), timeout=20)
    assert reply.file_descriptor_response.file_descriptor_proto
