"""Databases that a server can use and databases that it cannot."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import update

from server.doctor import State
from server.doctor.databases import database
from server.doctor.folders import is_remote, sized
from server.ids import first_id_at
from server.metrics import Metrics
from server.store import Database, DecisionLog
from server.store.tables import schema_state
from tests.server.doctor.found import settings, states, the
from tests.server.store.entries import entry, row


def test_a_database_that_is_good(url: str) -> None:
    found = states(database(settings(database_url=url)))
    wrong = {subject: state for subject, state in found.items() if state is not State.OK}
    assert wrong == ({} if url.startswith("sqlite") else {"PostgreSQL": State.WRONG}), "the tests' own does not flush"
    assert {"database", "writing to the database"} <= set(found)


def test_none(tmp_path: Path) -> None:
    assert "NOT_SERVED" in the(database(settings()), State.WARNING).found
    nowhere = settings(database_url=f"sqlite:///{tmp_path}/rollbook.db")
    assert "`rollbook migrate`" in the(database(nowhere), State.WRONG).found
    unknown = the(database(settings(database_url="mysql://someone:Quillfeather@host/x")), State.WRONG)
    assert "Quillfeather" not in unknown.found
    unreachable = settings(database_url=f"postgresql://postgres@/none?host={tmp_path}")
    assert "cannot be reached" in the(database(unreachable), State.WRONG).found


def test_an_empty_one_and_one_of_another_release(empty_url: str, url: str) -> None:
    with Database(url) as other, other.writing() as connection:
        connection.execute(update(schema_state).values(revision="0001"))
    assert "`rollbook migrate`" in the(database(settings(database_url=url)), State.WRONG).found


def test_who_may_read_the_file(tmp_path: Path, url: str) -> None:
    if not url.startswith("sqlite"):
        return
    file = tmp_path / "rollbook.db"
    for mode, state in ((0o640, State.WARNING), (0o644, State.WRONG)):
        file.chmod(mode)
        assert "chmod 600" in the(database(settings(database_url=url)), state).remedy
    file.chmod(0o600)
    tmp_path.chmod(0o777)
    assert "replace files" in the(database(settings(database_url=url)), State.WARNING).found
    if not os.geteuid():
        tmp_path.chmod(0o700)
        os.chown(file, 4711, -1)
        assert "belongs to user 4711" in the(database(settings(database_url=url)), State.WARNING).found


def test_a_full_disk(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not url.startswith("sqlite"):
        return
    for free, state in ((1 << 20, State.WRONG), (1 << 30, State.WARNING)):
        monkeypatch.setattr(
            "server.doctor.folders.shutil.disk_usage", lambda _, free=free: type("U", (), {"free": free})
        )
        assert states(database(settings(database_url=url)))["disk of the database"] is state


def test_a_file_system_of_another_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not url.startswith("sqlite"):
        return
    monkeypatch.setattr("server.doctor.sqlite.file_system", lambda _: "nfs4")
    assert "nfs4" in the(database(settings(database_url=url)), State.WRONG).found
    assert not is_remote("ext4")


def test_a_clock_that_went_back(url: str) -> None:
    log = DecisionLog(Database(url), Metrics(), seconds=10)
    log.record(entry(row(id=f"{first_id_at(time.time_ns() // 1_000_000 + 3_600_000)[:-1]}1")))
    log.close()
    assert states(database(settings(database_url=url)))["newest decision"] is State.WARNING


def test_a_clock_of_the_database_that_is_wrong(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if url.startswith("sqlite"):
        return
    now = time.time()
    for late, state in ((10, State.WARNING), (100, State.WRONG)):
        monkeypatch.setattr("server.doctor.postgresql.time.time", lambda late=late: now + late)
        assert states(database(settings(database_url=url)))["clock of PostgreSQL"] is state


def test_a_database_that_may_only_be_read(url: str) -> None:
    if url.startswith("sqlite"):
        return
    read_only = f"{url}&options=-c%20default_transaction_read_only%3Don"
    assert states(database(settings(database_url=read_only)))["writing to the database"] is State.WRONG


def test_sizes() -> None:
    assert [sized(512), sized(1536), sized(3 << 30), sized(5 << 40)] == ["512 bytes", "1.5 KiB", "3.0 GiB", "5.0 TiB"]
