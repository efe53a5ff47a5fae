"""Servers that ask who calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.store import Database
from server.store.schema import migrate
from tests.server.running import MARKS, Folder, Running


@pytest.fixture
def callers_url(tmp_path: Path) -> str:
    """The URL of a new SQLite database."""
    url = f"sqlite:///{tmp_path}/callers.db"
    with Database(url, create=True) as database:
        migrate(database)
    return url


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of rulesets of two districts."""
    folder = Folder(tmp_path / "rulesets")
    folder.write("demo/marks", MARKS)
    folder.write("oak/marks", MARKS.replace("demo/marks", "oak/marks"))
    return folder


@pytest.fixture
def asking(run: Callable[..., Running], callers_url: str) -> Callable[..., Running]:
    """Starts a server that asks who calls, with settings of one's own."""

    def start(**settings: Any) -> Running:
        usual = {"identity": "required", "database_url": callers_url, "identity_cache_seconds": 0}
        return run(**usual | settings)

    return start


@pytest.fixture
def server(asking: Callable[..., Running]) -> Running:
    """One that verifies at every call."""
    return asking()
