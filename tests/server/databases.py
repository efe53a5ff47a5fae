"""Databases of both kinds, each new and empty: what a store promises is tested on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.metrics import Metrics
from server.store import Database, DecisionLog
from server.store.schema import migrate
from tests.server.store.postgres import Cluster

__all__ = ["cluster", "empty_url", "log", "url"]

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, which all tests of a process share."""
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rollbook.db"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.new_database()


@pytest.fixture
def url(empty_url: str) -> str:
    """The URL of a database that has been migrated."""
    with Database(empty_url, create=True) as database:
        migrate(database)
    return empty_url


@pytest.fixture
def log(url: str) -> Iterator[DecisionLog]:
    """The log of a new database."""
    log = DecisionLog(Database(url), Metrics(), seconds=10)
    yield log
    log.close()
