"""kill -9 of a server under load: every decision that a client received is in the log, exactly once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import pytest

import rollbook
from server.metrics import Metrics
from server.store import Database, DecisionLog, Filter
from tests.server.running import Folder

PROJECT = Path(__file__).parents[2]
IN_FLIGHT = 16
KILLS = int(os.environ.get("ROLLBOOK_TEST_KILLS", "3"))
"""As often is the server killed; more often in `make soak`."""

ANSWERS = 200
"""Decisions that are received before each kill, at least."""

FACTS = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": False}}
OPTIONS = rollbook.Options(channels=4, timeout=60.0)


@contextmanager
def serving(folder: Folder, url: str, port: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`rollbook serve` as a process, ready."""
    port_file = folder.path.parent / "port"
    port_file.unlink(missing_ok=True)
    options = ("--metrics-port=0", f"--port={port}", f"--port-file={port_file}", f"--rulesets={folder.path}")
    environment = {
        **os.environ,
        "ROLLBOOK_DATABASE_URL": url,
        "ROLLBOOK_PIN_CORE": "off",
        "ROLLBOOK_WATCH": "false",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "clients.cli", "serve", *options],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(b"Rollbook serves")
            yield process, int(port_file.read_text(encoding="utf-8"))
        finally:
            process.kill()


@pytest.mark.parametrize("kills", [KILLS])
def test_what_was_answered_is_in_the_log_once(folder: Folder, url: str, kills: int) -> None:
    received: list[rollbook.Decision] = []
    answered: SimpleQueue[None] = SimpleQueue()
    stop = Event()
    client: rollbook.Client | None = None
    asking: list[Future[None]] = []
    port = 0

    def ask(client: rollbook.Client) -> Callable[[int], None]:
        def asking(number: int) -> None:
            while not stop.is_set():
                case = rollbook.Case(FACTS, subject=f"s-{number}")
                try:
                    decided = client.decide("demo/marks", case, as_of=date(2018, 9, 14), mode=rollbook.Mode.RECORD)
                except rollbook.UnavailableError:
                    continue  # its retries were over before the next server was there
                received.append(decided)
                answered.put(None)

        return asking

    with ThreadPoolExecutor(IN_FLIGHT) as threads:
        try:
            for _ in range(kills):
                with serving(folder, url, port) as (process, port):
                    if client is None:
                        client = rollbook.Client(f"127.0.0.1:{port}", options=OPTIONS)
                        asking = [threads.submit(ask(client), number) for number in range(IN_FLIGHT)]
                    for _ in range(ANSWERS):
                        answered.get(timeout=60)
                    process.kill()
            with serving(folder, url, port):
                stop.set()
                for one in asking:
                    one.result(timeout=60)
        finally:
            stop.set()
            if client is not None:
                client.close()
    log = DecisionLog(Database(url), Metrics(), seconds=10)
    logged = {}
    after = ""
    while found := log.page(("default",), Filter(), 500, after):
        after = found[-1].id
        logged.update({one.id: one for one in found})
    log.close()
    ids = [decision.decision_id for decision in received]
    assert len(set(ids)) == len(ids) >= ANSWERS * kills
    assert set(ids) <= logged.keys(), "nothing is answered that is not in the log"
    requests = [one.request_id for one in logged.values()]
    assert len(set(requests)) == len(requests), "no question is in the log twice"
