"""What decides the rosters of these tests, once for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clients.rosters.local import LocalDecider
from tests.clients.rosters.loans import deciding


@pytest.fixture(scope="session")
def decider() -> Iterator[LocalDecider]:
    with deciding() as found:
        yield found
