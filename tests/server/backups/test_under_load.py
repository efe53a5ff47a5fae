"""A backup that is made while callers are answered has what was answered before, and can be replayed."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from types import TracebackType
from typing import Self

import pytest

import rollbook
from tests.server.backups.filled import another
from tests.server.running import Folder, Running

PROJECT = Path(__file__).parents[3]
CALLERS = 4
AS_OF = date(2018, 9, 14)


class Load:
    """Callers that have decisions recorded without a pause; `answered` are the ids that they got."""

    def __init__(self, target: str) -> None:
        self.answered: list[str] = []
        self._told: SimpleQueue[None] = SimpleQueue()
        self._over = Event()
        self._client = rollbook.Client(target, options=rollbook.Options(timeout=60.0))
        self._threads = ThreadPoolExecutor(CALLERS)
        self._asking: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._asking = [self._threads.submit(self._ask, number) for number in range(CALLERS)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        for one in self._asking:
            one.result(timeout=60)
        self._threads.shutdown()
        self._client.close()

    def wait(self, count: int) -> None:
        """Waits for so many answers more."""
        for _ in range(count):
            self._told.get(timeout=60)

    def _ask(self, number: int) -> None:
        days = number
        while not self._over.is_set():
            days = (days + CALLERS) % 40
            facts = {"enrollment": {"instructional_days": days}, "student": {"foster_youth": days % 3 == 0}}
            case = rollbook.Case(facts, subject=f"s-{days}")
            decided = self._client.decide("demo/marks", case, as_of=AS_OF, mode=rollbook.Mode.RECORD)
            self.answered.append(decided.decision_id)
            self._told.put(None)


def command(*arguments: str) -> str:
    """What `rollbook …` says, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROLLBOOK_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-m", "clients.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_backup_under_load(folder: Folder, url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file = tmp_path / "one.backup"
    with Running(folder.path, database_url=url) as running, Load(running.target) as load:
        load.wait(300)
        before = list(load.answered)
        command("backup", "--database", url, "--out", str(file))
        load.wait(1)  # it goes on meanwhile
        after = len(load.answered)
    assert after > len(before)
    fresh = another(url, request, tmp_path)
    command("restore", str(file), "--database", fresh)
    options = rollbook.Options(timeout=60.0)
    with Running(folder.path, database_url=fresh) as again, rollbook.Client(again.target, options=options) as client:
        stored = {logged.decision.decision_id for logged in client.list_decisions(page_size=500)}
        assert set(before) <= stored
        replays = [client.replay_decision(id_) for id_ in before[:100]]
    assert [replay.differences for replay in replays if not replay.same] == []
    assert len(replays) == 100
