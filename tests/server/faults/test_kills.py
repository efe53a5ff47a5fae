"""kill -9 under load, of the server and of its database: what a client received is in the log, exactly once.

Workers are killed in tests/server/supervisor/test_kills.py.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest

import rollbook
from server.store import Database
from server.store.schema import migrate
from tests.server.faults.comparing import ANSWERS, TIMES, asked_again, compare
from tests.server.processes import serving
from tests.server.running import Folder
from tests.server.store.postgres import Cluster
from tests.server.supervisor.load import Load


def killing_servers(folder: Folder, url: str, times: int) -> None:
    with ExitStack() as stack:
        process, port = stack.enter_context(serving(folder.path, database_url=url))
        target = f"127.0.0.1:{port}"
        load = stack.enter_context(Load(target, rollbook.Mode.RECORD))
        for _ in range(times):
            load.wait(ANSWERS)
            process.kill()
            process.wait(20)
            with load.resting():
                process, _ = stack.enter_context(serving(folder.path, port, database_url=url))
        load.end()
        rows = compare(load.received, url, answers=ANSWERS * times)
        asked_again(target, load.received, rows)
        assert len(compare(load.received, url, answers=ANSWERS * times)) == len(rows)


def killing_databases(folder: Folder, cluster: Cluster, times: int) -> None:
    url = cluster.new_database()
    with Database(url) as database:
        migrate(database)
    with (
        serving(folder.path, database_url=url) as (_, port),
        Load(f"127.0.0.1:{port}", rollbook.Mode.RECORD) as load,
    ):
        for _ in range(times):
            load.wait(ANSWERS)
            cluster.kill()
            with load.resting():
                cluster.start()
        load.wait(ANSWERS)
        load.end()
        rows = compare(load.received, url, answers=ANSWERS * times)
        asked_again(f"127.0.0.1:{port}", load.received, rows)


def test_a_server_that_is_killed(folder: Folder, url: str) -> None:
    killing_servers(folder, url, TIMES)


def test_a_database_server_that_is_killed(folder: Folder, cluster: Cluster) -> None:
    killing_databases(folder, cluster, TIMES)


@pytest.mark.soak
def test_a_server_that_is_killed_for_long(folder: Folder, url: str) -> None:
    killing_servers(folder, url, 20 * TIMES)


@pytest.mark.soak
def test_a_database_server_that_is_killed_for_long(folder: Folder, cluster: Cluster) -> None:
    killing_databases(folder, cluster, 20 * TIMES)
