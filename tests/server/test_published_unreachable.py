"""A database of published versions that goes away: the server goes on with what it has, and says so once."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.catalogues import database as catalogues
from server.logs import configure_logs
from server.store import Database
from server.store.schema import migrate
from tests.server.published import FEW, Publisher, marks
from tests.server.running import refused, wait_until
from tests.server.store.postgres import Cluster


@pytest.fixture
def own() -> Iterator[Cluster]:
    """A PostgreSQL server that may be stopped."""
    with Cluster() as cluster:
        yield cluster


def test_the_server_goes_on_while_the_database_is_away(
    own: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogues, "POLL_SECONDS", 0.1)
    lines = io.StringIO()
    url = own.new_database()
    with Database(url) as database:
        migrate(database)
    with Publisher(url, tmp_path / "nowhere") as publisher:
        publisher.ruleset(marks(15))
        server = publisher.serve()
        configure_logs("json", "info", lines)
        own.stop()
        wait_until(lambda: "published_versions_unreachable" in lines.getvalue())
        assert server.decide(FEW).outcome == "withhold"
        late = publisher.serve()
        assert refused(lambda: late.decide(FEW)).reason == "NOT_READY"
        assert not late.serving()
        own.start()
        wait_until(late.serving)
        assert late.decide(FEW).outcome == "withhold"
        publisher.reconnect()
        publisher.ruleset(marks(2))
        assert [one.decide(FEW).outcome for one in (server, late)] == ["assign", "assign"]
    events = [json.loads(line)["event"] for line in lines.getvalue().splitlines()]
    assert events.count("published_versions_unreachable") == 2  # of each server one
    assert events.count("published_versions_reachable") == 2
