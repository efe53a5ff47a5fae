"""One server process for the attacks of a file: what one attack leaves behind meets the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.attacks.attacked import Attacked, database_in
from tests.server.attacks.documents import PATTERNS
from tests.server.running import MARKS, Folder

__all__ = ["attacked"]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A server with `demo/marks`, `demo/patterns` and a decision log in SQLite."""
    place = tmp_path_factory.mktemp("attacked")
    folder = Folder(place / "rulesets")
    folder.write("demo/marks", MARKS)
    folder.write("demo/patterns", PATTERNS)
    with Attacked(folder.path, database_url=database_in(place)) as attacked:
        yield attacked
