"""`rollbook backup` and `rollbook restore`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.store import Database
from server.store.schema import migrate
from tests.clients.cli.conftest import Rollbook
from tests.server.backups.filled import fill


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/rollbook.db"
    with Database(url, create=True) as database:
        migrate(database)
    fill(url, 3)
    return url


def test_a_backup_is_made_checked_and_restored(rollbook: Rollbook, url: str, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    made = rollbook("backup", "--database", url, "--out", str(file))
    assert (made.exit_code, made.stderr) == (0, "")
    assert made.stdout.startswith(f"{file}: 3 decisions, ")
    sha256 = made.stdout.split()[-1]
    checked = rollbook("restore", str(file), "--check", "--sha256", sha256)
    assert (checked.exit_code, "  3 decisions, 0 decisions of recorded rosters\n" in checked.stdout) == (0, True)
    done = rollbook("restore", str(file), "--database", f"sqlite:///{tmp_path}/two.db", "--sha256", sha256)
    assert (done.exit_code, "`rollbook" in done.stdout, "rollbook doctor" in done.stdout) == (0, False, True)
    again = rollbook("restore", str(file), "--database", f"sqlite:///{tmp_path}/two.db")
    assert (again.exit_code, "Stop every server" in again.stderr) == (1, True)
    assert rollbook("log", "retention", "list", "--database", f"sqlite:///{tmp_path}/two.db").exit_code == 0


def test_a_folder_keeps_the_newest(rollbook: Rollbook, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("01", "02", "03"):
        (folder / f"rollbook-202001{day}T000000Z.backup").touch()
    (folder / "rollbook-notes.txt").touch()
    made = rollbook("backup", "--database", url, "--out", str(folder), "--keep", "2", "--json")
    assert made.exit_code == 0
    said = json.loads(made.stdout)
    assert (said["counts"]["decisions"], said["segments"]) == (3, 0)
    assert sorted(path.name for path in folder.iterdir()) == [
        "rollbook-20200103T000000Z.backup",
        Path(said["file"]).name,
        "rollbook-notes.txt",
    ]


def test_what_is_refused(rollbook: Rollbook, url: str, tmp_path: Path) -> None:
    assert rollbook("backup", "--out", str(tmp_path / "x")).exit_code == 1
    assert rollbook("backup", "--database", url, "--out", str(tmp_path / "x"), "--keep", "2").exit_code == 2
    here = tmp_path / "rollbook.db"
    exists = rollbook("backup", "--database", url, "--out", str(here))
    assert (exists.exit_code, "--force" in exists.stderr) == (1, True)
    none = rollbook("restore", str(here), "--check")
    assert (none.exit_code, "is no backup" in none.stderr) == (1, True)
    missing = rollbook("restore", str(tmp_path / "none"), "--database", f"sqlite:///{tmp_path}/two.db")
    assert (missing.exit_code, "none: " in missing.stderr) == (1, True)
    assert rollbook("backup", "--database", "sqlite:////none/none.db", "--out", str(tmp_path / "x")).exit_code == 1
