"""Workers that crash under load: callers do not notice, and what they received is in the log, exactly once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

import rollbook
from server.metrics import Metrics
from server.store import Database, DecisionLog, Filter, Scope
from server.store.entries import LoggedRow, Placed
from tests.server.supervisor.load import Load
from tests.server.supervisor.running import Supervised

KILLS = int(os.environ.get("ROLLBOOK_TEST_KILLS", "20"))
"""How often a worker is killed; say more for a longer test."""

ANSWERS = 100
"""Decisions that are received before each kill, at least."""


@pytest.mark.timeout(1200)  # each worker that is killed has to start again
def test_crashes_in_native_code(supervise: Callable[..., Supervised], url: str) -> None:
    supervised = supervise(database_url=url)
    with Load(supervised.target, rollbook.Mode.RECORD) as load:
        for number in range(KILLS):
            load.wait(ANSWERS)
            supervised.workers()[number % 2].send_signal(signal.SIGKILL if number % 4 < 2 else signal.SIGSEGV)
            with load.resting():
                supervised.wait_for("worker_ready", 2 + number + 1)
    assert not load.errors
    assert len(supervised.events("worker_ended")) == KILLS
    ids = [decision.decision_id for decision in load.received]
    assert len(set(ids)) == len(ids) >= KILLS * ANSWERS
    logged = {one.id: one.request_id for one in _logged(url)}
    assert set(ids) <= logged.keys(), "nothing is answered that is not in the log"
    assert len(set(logged.values())) == len(logged), "no question is in the log twice"


def _logged(url: str) -> list[LoggedRow | Placed]:
    log = DecisionLog(Database(url), Metrics(), seconds=10)
    found: list[LoggedRow | Placed] = []
    after = ""
    while page := log.page(Scope(("default",)), Filter(), 500, after):
        after = page[-1].id
        found += [one for one in page if isinstance(one, LoggedRow)]
    log.close()
    return found
