"""The servers that are asked: real processes, started for the run and stopped after it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep, time_ns
from typing import Final
from urllib.request import urlopen

import psutil
from prometheus_client.parser import text_string_to_metric_families

from server.identity.api_tokens import new_token
from server.identity.grants import grants_of
from server.store import Database
from server.store.identities import Administrator
from server.store.schema import migrate

__all__ = ["THREADS", "Asked", "echo_server", "rollbook_server"]

THREADS: Final = 64
"""Threads of either server: the default of ours."""

_SECONDS: Final = 60
_DAY_MILLISECONDS: Final = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A server that is asked.

    Attributes:
        target: where it listens, `127.0.0.1:PORT`.
        processes: what it runs in.
        metrics_port: where its metrics are, or None for the echo server.
        token: what it asks for, or empty where it asks nobody who they are.
    """

    target: str
    processes: tuple[psutil.Process, ...]
    metrics_port: int | None = None
    token: str = ""

    def processor_seconds(self) -> float:
        """What it has used so far, in user and system mode."""
        times = [process.cpu_times() for process in self.processes]
        return float(sum(time.user + time.system for time in times))

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
def rollbook_server(
    rulesets: Path, cores: Sequence[int], folder: Path, database_url: str = "", *, asks_who: bool = False
) -> Iterator[Asked]:
    """`rollbook serve` as it is in production: a worker on each of `cores`, metrics on; it logs to a file in `folder`.

    With `database_url` it has a decision log, in a database that is prepared here; with `asks_who` it asks for a token,
    which stands there.
    """
    folder.mkdir(exist_ok=True)
    token = ""
    port_file, metrics_port = folder / "rollbook-port", _free_port()
    options = ("--port=0", f"--metrics-port={metrics_port}", f"--port-file={port_file}", f"--rulesets={rulesets}")
    settings = {"ROLLBOOK_THREADS": str(THREADS), "ROLLBOOK_LOG_FORMAT": "json", "ROLLBOOK_WORKERS": str(len(cores))}
    if len(cores) == 1:
        settings["ROLLBOOK_PIN_CORE"] = str(cores[0])
    if database_url:
        with Database(database_url, create=True) as database:
            migrate(database)
            token = _add_token(database) if asks_who else ""
        settings["ROLLBOOK_DATABASE_URL"] = database_url
        settings["ROLLBOOK_IDENTITY"] = "required" if asks_who else "none"
    with _running(("clients.cli", "serve", *options), folder / "rollbook-log", settings) as process:
        port = _wait_for(port_file, process)
        supervisor = psutil.Process(process.pid)
        yield Asked(f"127.0.0.1:{port}", (supervisor, *supervisor.children()), metrics_port, token)


def _add_token(database: Database) -> str:
    """Adds a caller, and gives its token."""
    token = new_token()
    changing = Administrator(database, "bench")
    changing.add_caller("bench", ("default",), grants_of(["decide:*/*"]))
    changing.add_token(token.id, token.secret_sha256, "bench", time_ns() // 1_000_000 + _DAY_MILLISECONDS)
    return token.text


@contextmanager
def echo_server(reply: bytes, cores: Sequence[int], folder: Path) -> Iterator[Asked]:
    """The echo server that answers with `reply`, a message as bytes; a process on each of `cores`, on one port."""
    folder.mkdir(exist_ok=True)
    reply_file = folder / "reply"
    reply_file.write_bytes(reply)
    port, processes = 0, []
    with ExitStack() as stack:
        for core in cores:
            port_file = folder / f"echo-port-{core}"
            arguments = (str(port_file), str(reply_file), str(THREADS), str(core), str(port))
            command = ("tests.benchmarks.echo_server", *arguments)
            process = stack.enter_context(_running(command, folder / f"echo-log-{core}", {}))
            port = _wait_for(port_file, process)
            processes.append(psutil.Process(process.pid))
        yield Asked(f"127.0.0.1:{port}", tuple(processes))


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


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
