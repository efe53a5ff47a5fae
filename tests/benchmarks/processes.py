"""The servers that are asked: real processes, started for the run and stopped after it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final
from urllib.request import urlopen

import grpc
import psutil
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client.parser import text_string_to_metric_families

from server.store import Database
from server.store.schema import migrate

__all__ = ["THREADS", "Asked", "echo_server", "rollbook_server"]

THREADS: Final = 64
"""Threads of either server: the default of ours."""

_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A server that is asked.

    Attributes:
        target: where it listens, `127.0.0.1:PORT`.
        process: what it runs in.
        metrics_port: where its metrics are, or None for the echo server.
    """

    target: str
    process: psutil.Process
    metrics_port: int | None = None

    def processor_seconds(self) -> float:
        """What it has used so far, in user and system mode."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def decided(self) -> float | None:
        """Decisions that it has made, or None where it does not count."""
        if self.metrics_port is None:
            return None
        with urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=10) as page:
            families = text_string_to_metric_families(page.read().decode("utf-8"))
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == "rollbook_decisions_total"
        )


@contextmanager
def rollbook_server(rulesets: Path, core: int, folder: Path, database_url: str = "") -> Iterator[Asked]:
    """`rollbook serve` as it is in production: metrics on, pinned; its log lines go to a file in `folder`.

    With `database_url` it has a decision log, in a database that is prepared here.
    """
    folder.mkdir(exist_ok=True)
    port_file, metrics_port = folder / "rollbook-port", _free_port()
    options = ("--port=0", f"--metrics-port={metrics_port}", f"--port-file={port_file}", f"--rulesets={rulesets}")
    settings = {"ROLLBOOK_PIN_CORE": str(core), "ROLLBOOK_THREADS": str(THREADS), "ROLLBOOK_LOG_FORMAT": "json"}
    if database_url:
        with Database(database_url, create=True) as database:
            migrate(database)
        settings["ROLLBOOK_DATABASE_URL"] = database_url
    with _running(("clients.cli", "serve", *options), folder / "rollbook-log", settings) as process:
        port = _wait_for(port_file, process)
        _wait_until_ready(f"127.0.0.1:{port}")
        yield Asked(f"127.0.0.1:{port}", psutil.Process(process.pid), metrics_port)


@contextmanager
def echo_server(reply: bytes, core: int, folder: Path) -> Iterator[Asked]:
    """The echo server that answers with `reply`, a message as bytes."""
    port_file, reply_file = folder / "echo-port", folder / "reply"
    reply_file.write_bytes(reply)
    arguments = (str(port_file), str(reply_file), str(THREADS), str(core))
    with _running(("tests.benchmarks.echo_server", *arguments), folder / "echo-log", {}) as process:
        port = _wait_for(port_file, process)
        yield Asked(f"127.0.0.1:{port}", psutil.Process(process.pid))


@contextmanager
def _running(module: Sequence[str], log: Path, settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROLLBOOK_")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *module], stdout=out, stderr=out, env=kept | settings, stdin=subprocess.DEVNULL
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port_file: Path, process: subprocess.Popen[bytes]) -> int:
    until = monotonic() + _SECONDS
    while monotonic() < until:
        if process.poll() is not None:
            break
        if port_file.exists() and (text := port_file.read_text(encoding="utf-8").strip()):
            return int(text)
        sleep(0.05)
    message = f"the server does not start: {process.args!r}"
    raise RuntimeError(message)


def _wait_until_ready(target: str) -> None:
    """Waits until the rulesets are read, as a load balancer would."""
    request = health_pb2.HealthCheckRequest(service="rollbook.v1.DecisionService")
    until = monotonic() + _SECONDS
    with grpc.insecure_channel(target) as channel:
        ask: Any = health_pb2_grpc.HealthStub(channel)  # its methods are not in its type stubs
        while ask.Check(request, wait_for_ready=True).status != health_pb2.HealthCheckResponse.SERVING:
            if monotonic() > until:
                message = "the server does not get ready"
                raise RuntimeError(message)
            sleep(0.05)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
