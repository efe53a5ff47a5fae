"""Databases with something in them, and empty ones to restore to."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import insert

from server.metrics import Metrics
from server.store import Database, DecisionLog
from server.store.roster_tables import roster_segments
from tests.server.store.entries import RULESET, entry, row
from tests.server.store.postgres import Cluster

__all__ = ["add_segment", "another", "fill"]


def fill(url: str, count: int = 20) -> list[str]:
    """Records so many decisions, and gives their ids."""
    rows = [row(subject=f"s-{number}") for number in range(count)]
    log = DecisionLog(Database(url), Metrics(), seconds=10)
    log.record(entry(*rows, request_id="r-1", documents=(RULESET,)))
    log.close()
    return [one.id for one in rows]


def another(url: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty database of the same kind."""
    if url.startswith("sqlite"):
        return f"sqlite:///{folder}/restored.db"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.new_database()


def add_segment(url: str, rosters: Path, number: int, content: bytes) -> Path:
    """A segment as a recorded roster leaves it: a file, and a row that names it."""
    run = "01a20a20-a395-7e1c-b8d8-0fcd00570a05"
    file = f"{run}/{number}.parquet"
    (rosters / run).mkdir(parents=True, exist_ok=True)
    (rosters / file).write_bytes(content)
    said = {"run": run, "sequence": number, "file": file, "sha256": hashlib.sha256(content).hexdigest()}
    said |= {"input_sha256": "0" * 64, "cases": 1, "rejected": 0, "written_at": 0}
    with Database(url) as database, database.writing() as connection:
        connection.execute(insert(roster_segments).values(said))
    return rosters / file
