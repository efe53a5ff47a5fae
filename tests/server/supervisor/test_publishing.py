"""Workers decide by what is published in their database, each of them, also one that replaces another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import rollbook
from server.store import Database
from tests.server.published import FEW, ID, marks
from tests.server.running import wait_until
from tests.server.store.publishing import publish
from tests.server.supervisor.running import Supervised


def outcomes(target: str, connections: int = 12) -> set[str]:
    """What is decided on as many connections; which worker takes one is the kernel's choice."""
    found = set()
    for _ in range(connections):
        with rollbook.Client(target) as client:
            decided = client.decide(ID, FEW, as_of=date(2018, 9, 14), mode=rollbook.Mode.RECORD)
            found.add(decided.outcome)
    return found


def test_a_publish_reaches_every_worker(supervise: Callable[..., Supervised], url: str, tmp_path: Path) -> None:
    with Database(url) as database:
        publish(database, "ruleset", ID, marks(15))
        nowhere = str(tmp_path / "nowhere")
        supervised = supervise(rulesets=nowhere, rulesets_source="database", database_url=url)
        assert outcomes(supervised.target) == {"withhold"}
        publish(database, "ruleset", ID, marks(2))
        wait_until(lambda: outcomes(supervised.target) == {"assign"})
        supervised.workers()[0].kill()
        supervised.wait_for("worker_ready", 3)
        assert outcomes(supervised.target) == {"assign"}
