"""A server told to stop, in a process of its own: not ready, what is in flight is finished, exit code 0."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from rollbook.v1 import decision_service_pb2_grpc
from tests.server.running import Folder, request

FACTS = {"enrollment": {"instructional_days": 20}}

# Every decision says on standard output that it has begun, and waits for a line on standard input; the server says when
# it takes no more calls.
PROGRAM = """
import sys
import grpc
from server import decisions
from server.config import load_settings
from server.serving import serve

decide = decisions.decide_together

def waiting(*args, **kwargs):
    print("deciding", flush=True)
    sys.stdin.readline()
    return decide(*args, **kwargs)

decisions.decide_together = waiting
make = grpc.server

def telling(*args, **kwargs):
    made = make(*args, **kwargs)
    stop = made.stop

    def stopping(grace):
        stopped = stop(grace)
        print("draining", flush=True)
        return stopped

    made.stop = stopping
    return made

grpc.server = telling
settings = load_settings(rulesets=sys.argv[1], port=0, metrics_port=0, port_file=sys.argv[2], log_format="json")
sys.exit(serve(settings, lambda server: print("ready", flush=True)))
"""


class Child:
    """The server and a connection to it."""

    def __init__(self, process: subprocess.Popen[str], port_file: Path) -> None:
        self.process = process
        self.port_file = port_file
        self.says("ready")
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port_file.read_text().strip()}")
        self.decisions: Any = decision_service_pb2_grpc.DecisionServiceStub(self.channel)
        self.health: Any = health_pb2_grpc.HealthStub(self.channel)

    def says(self, line: str) -> None:
        """Reads one line of its output."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == line

    def let_go(self) -> None:
        """Lets one decision go on."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()


@contextmanager
def started(folder: Folder, tmp_path: Path) -> Iterator[Child]:
    port_file = tmp_path / "port"
    command = [sys.executable, "-c", PROGRAM, str(folder.path), str(port_file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            child = Child(process, port_file)
            yield child
            child.channel.close()
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_flight_is_finished(folder: Folder, tmp_path: Path, number: signal.Signals) -> None:
    with started(folder, tmp_path) as child:
        watcher = child.health.Watch(health_pb2.HealthCheckRequest(service="rollbook.v1.DecisionService"))
        assert next(watcher).status == health_pb2.HealthCheckResponse.SERVING
        call = child.decisions.Decide.future(request(FACTS), timeout=60)
        child.says("deciding")
        child.process.send_signal(number)
        assert next(watcher).status == health_pb2.HealthCheckResponse.NOT_SERVING
        child.let_go()
        assert call.result().decisions[0].outcome == "assign"
        with pytest.raises(grpc.RpcError):
            next(watcher)  # ended with the server, not by a timeout
        assert child.process.wait(30) == 0
        assert not child.port_file.exists()
        assert child.process.stderr is not None
        log = child.process.stderr.read()
        assert f'"signal": "{number.name}"' in log
        assert '"event": "stopped"' in log


def test_new_calls_are_refused_while_it_drains(folder: Folder, tmp_path: Path) -> None:
    with started(folder, tmp_path) as child:
        watcher = child.health.Watch(health_pb2.HealthCheckRequest(service="rollbook.v1.DecisionService"))
        next(watcher)
        call = child.decisions.Decide.future(request(FACTS), timeout=60)
        child.says("deciding")
        child.process.send_signal(signal.SIGTERM)
        assert next(watcher).status == health_pb2.HealthCheckResponse.NOT_SERVING
        child.says("draining")
        with grpc.insecure_channel(f"127.0.0.1:{child.port_file.read_text().strip()}") as channel:
            other: Any = decision_service_pb2_grpc.DecisionServiceStub(channel)
            with pytest.raises(grpc.RpcError) as caught:
                other.Decide(request(FACTS), timeout=20)
        refused = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}  # gRPC's own; our SDK retries both
        assert caught.value.code() in refused
        child.let_go()
        assert call.result().decisions[0].outcome == "assign"
        assert child.process.wait(30) == 0
