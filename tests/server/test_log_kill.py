"""kill -9 under load, of the server and of its database: what a client received is in the log, exactly once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from types import TracebackType
from typing import Self

import rollbook
from server.metrics import Metrics
from server.store import Database, DecisionLog, Filter, Scope
from server.store.schema import migrate
from tests.server.running import Folder
from tests.server.store.postgres import Cluster

PROJECT = Path(__file__).parents[2]
IN_FLIGHT = 16
KILLS = int(os.environ.get("ROLLBOOK_TEST_KILLS", "3"))
"""How often each is killed; say more for a longer test."""

ANSWERS = 200
"""Decisions that are received before each kill, at least."""

FACTS = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": False}}
OPTIONS = rollbook.Options(channels=4, timeout=60.0)


class Load:
    """Callers that ask without a pause; `received` is what they were answered."""

    def __init__(self, port: int) -> None:
        self.received: list[rollbook.Decision] = []
        self._answered: SimpleQueue[None] = SimpleQueue()
        self._over = Event()
        self._client = rollbook.Client(f"127.0.0.1:{port}", options=OPTIONS)
        self._threads = ThreadPoolExecutor(IN_FLIGHT)
        self._asking: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._asking = [self._threads.submit(self._ask, number) for number in range(IN_FLIGHT)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()
        self._client.close()

    def end(self) -> None:
        """Waits for the answers that are still to come."""
        self._over.set()
        for one in self._asking:
            one.result(timeout=60)
        self._threads.shutdown()

    def wait(self) -> None:
        """Waits until there are so many answers more."""
        for _ in range(ANSWERS):
            self._answered.get(timeout=60)

    def _ask(self, number: int) -> None:
        case = rollbook.Case(FACTS, subject=f"s-{number}")
        while not self._over.is_set():
            try:
                decided = self._client.decide("demo/marks", case, as_of=date(2018, 9, 14), mode=rollbook.Mode.RECORD)
            except rollbook.UnavailableError:
                continue  # it was tried as often as may be, and the next server is not there yet
            self.received.append(decided)
            self._answered.put(None)


@contextmanager
def serving(folder: Folder, url: str, port: int = 0) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`rollbook serve` as a process, ready."""
    port_file = folder.path.parent / "port"
    port_file.unlink(missing_ok=True)
    options = ("--metrics-port=0", f"--port={port}", f"--port-file={port_file}", f"--rulesets={folder.path}")
    settings = {"ROLLBOOK_DATABASE_URL": url, "ROLLBOOK_PIN_CORE": "off", "ROLLBOOK_WATCH": "false"}
    with subprocess.Popen(
        [sys.executable, "-m", "clients.cli", "serve", *options],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **settings, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(b"Rollbook serves")
            yield process, int(port_file.read_text(encoding="utf-8"))
        finally:
            process.kill()


def check(received: list[rollbook.Decision], url: str) -> None:
    """Compares what was received with what is in the log."""
    log = DecisionLog(Database(url), Metrics(), seconds=10)
    logged = {}
    after = ""
    while found := log.page(Scope(("default",)), Filter(), 500, after):
        after = found[-1].id
        logged.update({one.id: one for one in found})
    log.close()
    ids = [decision.decision_id for decision in received]
    assert len(set(ids)) == len(ids) >= ANSWERS * KILLS
    assert set(ids) <= logged.keys(), "nothing is answered that is not in the log"
    requests = [one.request_id for one in logged.values()]
    assert len(set(requests)) == len(requests), "no question is in the log twice"


def test_a_server_that_is_killed(folder: Folder, url: str) -> None:
    with ExitStack() as stack:
        process, port = stack.enter_context(serving(folder, url))
        load = stack.enter_context(Load(port))
        for _ in range(KILLS):
            load.wait()
            process.kill()
            process.wait(20)
            process, _ = stack.enter_context(serving(folder, url, port))
        load.end()
    check(load.received, url)


def test_a_database_server_that_is_killed(folder: Folder, cluster: Cluster) -> None:
    url = cluster.new_database()
    with Database(url) as database:
        migrate(database)
    with serving(folder, url) as (_, port), Load(port) as load:
        for _ in range(KILLS):
            load.wait()
            cluster.kill()
            cluster.start()
        load.wait()
    check(load.received, url)
