"""A disk that gets full under load and has room again: nothing is answered that was not logged, and the log goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import rollbook
from server.store import Database
from server.store.schema import migrate
from tests.server.faults.comparing import TIMES, asked_again, compare
from tests.server.faults.disks import Disk, FileLimit, small_disk
from tests.server.processes import serving
from tests.server.running import Folder, wait_until
from tests.server.supervisor.load import IN_FLIGHT, Load

ANSWERS = 40
"""Decisions between two times at which the disk is full; the disk has room for those of the whole test."""


@pytest.fixture(params=["mounted", "limited"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A disk of each kind; where nobody may mount one, twice the second."""
    place = tmp_path / "database"
    place.mkdir()
    with Database(f"sqlite:///{place}/rollbook.db", create=True) as database:
        migrate(database)
    if request.param == "limited":
        yield FileLimit(place / "rollbook.db")
    else:
        with small_disk(place / "rollbook.db") as disk:
            yield disk


def refused(load: Load) -> None:
    """Waits until every caller has been refused."""
    before = load.errors.total()
    wait_until(lambda: load.errors.total() > before + 2 * IN_FLIGHT)


def test_a_full_disk(
    folder: Folder, disk: Disk, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("table", f"the disk is {disk.name}")
    with serving(folder.path, within=disk.within, database_url=disk.url, log_seconds=2) as (process, port):
        server = psutil.Process(process.pid)
        with Load(f"127.0.0.1:{port}", rollbook.Mode.RECORD, attempts=1) as load:
            for _ in range(TIMES):
                load.wait(ANSWERS)
                disk.fill(server)
                refused(load)
                disk.empty(server)
            load.wait(ANSWERS)
        assert process.poll() is None
        assert all("LOG_UNAVAILABLE" in error for error in load.errors), load.errors
        rows = compare(load.received, disk.take(tmp_path / "copy"), answers=ANSWERS * TIMES)
        asked_again(f"127.0.0.1:{port}", load.received, rows)


def test_a_server_that_is_killed_and_starts_on_a_full_disk(folder: Folder, disk: Disk, tmp_path: Path) -> None:
    options: dict[str, Any] = {"within": disk.within, "database_url": disk.url, "log_seconds": 2}
    with (
        serving(folder.path, **options) as (process, port),
        Load(f"127.0.0.1:{port}", rollbook.Mode.RECORD, attempts=1) as before,
    ):
        before.wait(ANSWERS)
        disk.fill(psutil.Process(process.pid))
        refused(before)
        process.kill()
    with serving(folder.path, **options) as (process, port):
        server = psutil.Process(process.pid)
        if disk.of_process:
            disk.fill(server)
        with Load(f"127.0.0.1:{port}", rollbook.Mode.RECORD, attempts=1) as load:
            refused(load)
            disk.empty(server)
            load.wait(ANSWERS)
        assert all("LOG_UNAVAILABLE" in error for error in load.errors), load.errors
        compare(before.received + load.received, disk.take(tmp_path / "copy"), answers=2 * ANSWERS)
