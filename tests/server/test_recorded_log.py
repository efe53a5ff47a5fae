"""The decision logs of earlier releases: migrated, and every decision in them made again without difference."""

from __future__ import annotations

import lzma
import sqlite3
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from rollbook.v1 import decision_log_service_pb2 as pb
from rollbook.v1.decision_log_pb2 import LoggedDecision
from server.store import Database
from server.store.schema import migrate
from tests.server.recorded.write import ANSWERS, FOLDER
from tests.server.running import Running

LOGS = sorted(FOLDER.glob("log-*.sql.xz"))
RULESETS = FOLDER.parents[2] / "rulesets"


@pytest.fixture(params=LOGS, ids=lambda path: path.name)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    """A server on what was logged then, with the rules of today."""
    file = tmp_path / "rollbook.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(lzma.decompress(request.param.read_bytes()).decode())
    with Database(f"sqlite:///{file}") as database:
        migrate(database)
    rosters = request.param.with_name(request.param.name.replace(".sql.", ".rosters.tar."))
    with tarfile.open(rosters) as archive:
        archive.extractall(file.with_name(file.name + ".rosters"), filter="data")
    with Running(RULESETS, database_url=f"sqlite:///{file}") as running:
        yield running


def test_there_is_a_log_to_repeat() -> None:
    assert LOGS


@pytest.mark.timeout(900)  # a ruleset that has changed since is made ready in a child process for each decision
def test_every_decision_comes_out_as_it_was(server: Running) -> None:
    asked = pb.ExportDecisionsRequest()
    logged = [one for part in server.log.ExportDecisions(asked, timeout=60) for one in part.decisions]

    def differences(one: LoggedDecision) -> str:
        request = pb.ReplayDecisionRequest(decision_id=one.decision.decision_id)
        replayed = server.log.ReplayDecision(request, timeout=300)
        return "" if replayed.same else f"{one.decision.versions.rulesets[0].ruleset}: {replayed.differences}"

    with ThreadPoolExecutor(2) as pool:
        found = [difference for difference in pool.map(differences, logged) if difference]
    assert found == []
    assert len({one.decision.versions.rulesets[0].ruleset for one in logged}) >= 27
    assert len(logged) >= 5 * 27


def test_every_decision_of_a_roster_is_read_as_it_was(server: Running, tmp_path: Path) -> None:
    before = pb.ExportDecisionsResponse.FromString((tmp_path / "rollbook.db.rosters" / ANSWERS).read_bytes())
    parts = server.log.ExportDecisions(pb.ExportDecisionsRequest(), timeout=60)
    now = [one for part in parts for one in part.decisions if one.roster_run]
    assert now == list(before.decisions)
    assert len(now) >= 50
    assert len({one.roster_run for one in now}) == 3
