"""A decision log that fails: nothing is answered that was not logged, and it recovers by itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from sqlalchemy import event

from rollbook.v1 import decision_pb2 as pb
from server.logs import configure_logs
from server.metrics import Metrics
from server.store import Database, DecisionLog, Filter, Scope
from server.store.schema import migrate
from tests.server.running import Error, Folder, Running, error_of
from tests.server.store.postgres import Cluster

SECRET = "Quillfeather"
FACTS = {"enrollment": {"instructional_days": 3}, "notices": [{"area": SECRET}]}


@pytest.fixture
def lines() -> io.StringIO:
    lines = io.StringIO()
    configure_logs("json", "debug", lines)
    return lines


def record(server: Running, **more: Any) -> pb.Decision:
    return server.decide(FACTS, mode=pb.MODE_RECORD, of_case_subject=SECRET, **more)


def unavailable(call: Callable[[], Any]) -> Error:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    error = error_of(caught.value)
    assert (error.code, error.reason, error.retry) == (grpc.StatusCode.UNAVAILABLE, "LOG_UNAVAILABLE", 1.0)
    assert SECRET not in str(error.status)
    return error


def ids_in(url: str) -> list[str]:
    log = DecisionLog(Database(url), Metrics(), seconds=5)
    found = sorted(row.id for row in log.page(Scope(("default",)), Filter(), 1000))
    log.close()
    return found


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/rollbook.db"
    with Database(url, create=True) as database:
        migrate(database)
    return url


@pytest.fixture
def server(folder: Folder, sqlite: str) -> Iterator[Running]:
    with Running(folder.path, database_url=sqlite) as running:
        yield running


def test_a_full_disk(server: Running, sqlite: str, lines: io.StringIO) -> None:
    kept = [record(server, request_id="r-1").decision_id]
    log = server.server._log
    assert log is not None
    (pages,) = log._writer._connection.execute("PRAGMA page_count").fetchone()
    full = True

    def limit(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 1 if full else 1_000_000}")

    event.listen(log._database.engine, "checkout", limit)
    log._writer.disconnect()
    for number in range(100):
        try:
            kept.append(record(server, request_id=f"r-{number + 2}").decision_id)
        except grpc.RpcError:
            break
    unavailable(lambda: record(server, request_id="r-full"))
    assert server.decide(FACTS).mode == pb.MODE_TRY, "what is tried needs no log"
    assert ids_in(sqlite) == sorted(kept)
    assert '"log_unavailable"' in lines.getvalue()
    assert "SQLITE_FULL" in lines.getvalue()
    full = False
    kept.append(record(server, request_id="r-full").decision_id)
    assert ids_in(sqlite) == sorted(kept)
    assert lines.getvalue().count('"log_unavailable"') == 1, "once, not at every call"
    assert SECRET not in lines.getvalue()


def test_a_file_that_goes_away_and_comes_back(server: Running, sqlite: str, tmp_path: Path) -> None:
    kept = record(server).decision_id
    aside = tmp_path / "aside"
    aside.mkdir()
    files = list(tmp_path.glob("rollbook.db*"))
    for file in files:
        file.rename(aside / file.name)
    unavailable(lambda: record(server))
    for file in files:
        (aside / file.name).rename(file)
    again = record(server).decision_id
    assert ids_in(sqlite) == sorted([kept, again])


def test_postgresql_that_is_killed(folder: Folder, cluster: Cluster, lines: io.StringIO) -> None:
    url = cluster.new_database()
    with Database(url) as database:
        migrate(database)
    with Running(folder.path, database_url=url, log_seconds=2) as server:
        kept = [record(server, request_id="r-1").decision_id]
        cluster.kill()
        unavailable(lambda: record(server, request_id="r-2"))
        assert server.decide(FACTS).mode == pb.MODE_TRY
        with Running(folder.path, database_url=url) as another:
            assert another.decide(FACTS).mode == pb.MODE_TRY, "a server starts without its database"
            unavailable(lambda: record(another, request_id="r-2"))
            cluster.start()
            kept += [record(one, request_id="r-2").decision_id for one in (server, another)]
    assert ids_in(url) == sorted(set(kept))
    assert kept[1] == kept[2]
    assert SECRET not in lines.getvalue()
