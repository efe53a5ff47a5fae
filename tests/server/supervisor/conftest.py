"""Supervisors on loopback, ended with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.server.running import Folder
from tests.server.supervisor.running import Supervised


@pytest.fixture
def supervise(folder: Folder) -> Iterator[Callable[..., Supervised]]:
    """Starts a supervisor on `folder`, with settings of one's own, and waits until it is ready."""
    with ExitStack() as running:

        def start(workers: int = 2, **settings: Any) -> Supervised:
            return running.enter_context(Supervised(folder, workers, **settings))

        yield start


@pytest.fixture
def supervised(supervise: Callable[..., Supervised]) -> Supervised:
    """Two workers and their supervisor."""
    return supervise()
