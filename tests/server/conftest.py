"""Servers on loopback, with rulesets of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.server.databases import cluster, empty_url, log, url
from tests.server.running import MARKS, Folder, Running

__all__ = ["cluster", "empty_url", "folder", "log", "logs_as_before", "run", "server", "url"]


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Puts the log configuration back that a test changes."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of rulesets with `demo/marks` in it."""
    folder = Folder(tmp_path / "rulesets")
    folder.write("demo/marks", MARKS)
    return folder


@pytest.fixture
def run(folder: Folder) -> Iterator[Callable[..., Running]]:
    """Starts a server on `folder`, with settings of one's own; it is stopped when the test ends."""
    with ExitStack() as running:

        def start(**settings: Any) -> Running:
            return running.enter_context(Running(folder.path, **settings))

        yield start


@pytest.fixture
def server(run: Callable[..., Running]) -> Running:
    """A server on `folder`."""
    return run()
