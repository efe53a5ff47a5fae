"""A backup is whole or is not there; it is restored as it was, or not at all."""

from __future__ import annotations

import errno
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from server.backups import BackupError, archive, check_backup, make_backup, making, postgresql, restore_backup
from server.backups.manifest import Manifest
from server.store import Database
from server.store.roster_tables import roster_segments
from server.store.tables import decisions
from tests.server.backups.filled import add_segment, another, fill


@pytest.fixture
def backup(url: str, tmp_path: Path) -> Path:
    """A backup of twenty decisions and two segments."""
    fill(url)
    rosters = tmp_path / "rosters"
    for number in range(2):
        add_segment(url, rosters, number, bytes([number]) * 5_000)
    with Database(url) as database:
        return make_backup(database, rosters, tmp_path / "one.backup").file


def restored(backup: Path, url: str, rosters: Path | None) -> Manifest:
    with Database(url) as database:
        return restore_backup(backup, database, rosters)


def ids_in(url: str) -> list[str]:
    with Database(url) as database, database.reading() as connection:
        return [str(id_) for id_ in connection.execute(select(decisions.c.id).order_by(decisions.c.id)).scalars()]


def refused(work: Callable[[], Any]) -> str:
    with pytest.raises(BackupError) as caught:
        work()
    return f"{caught.value.message} {caught.value.remedy}"


def test_what_was_backed_up_is_restored(url: str, backup: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []
    fresh, rosters = another(url, request, tmp_path), tmp_path / "again" / "rosters"
    manifest = restored(backup, fresh, rosters)
    assert manifest == check_backup(backup)
    assert (manifest.counts["decisions"], manifest.decisions, len(manifest.files)) == (20, 20, 3)
    assert ids_in(fresh) == ids_in(url)
    for segment in (tmp_path / "rosters").rglob("*.parquet"):
        same = rosters / segment.relative_to(tmp_path / "rosters")
        assert same.read_bytes() == segment.read_bytes()
        assert (stat.S_IMODE(same.stat().st_mode), stat.S_IMODE(same.parent.stat().st_mode)) == (0o600, 0o700)
    if fresh.startswith("sqlite"):
        assert stat.S_IMODE((tmp_path / "restored.db").stat().st_mode) == 0o600
    assert "is not empty" in (said := refused(lambda: restored(backup, fresh, rosters))) or "exists" in said


def test_segments_that_are_there_already_stay(
    url: str, backup: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    rosters = tmp_path / "rosters"
    before = {path: path.stat().st_mtime_ns for path in rosters.rglob("*.parquet")}
    restored(backup, another(url, request, tmp_path), rosters)
    assert {path: path.stat().st_mtime_ns for path in rosters.rglob("*.parquet")} == before
    next(iter(before)).write_bytes(b"another")
    fresh = another(url, request, tmp_path / "more")
    (tmp_path / "more").mkdir()
    assert "another file" in refused(lambda: restored(backup, fresh, rosters))
    assert "where they are to be" in refused(lambda: restored(backup, fresh, None))
    assert not (tmp_path / "more" / "restored.db").exists()


def test_nothing_is_overwritten(url: str, backup: Path, tmp_path: Path) -> None:
    def again(**more: Any) -> Any:
        with Database(url) as database:
            return make_backup(database, tmp_path / "rosters", backup, **more)

    before = backup.read_bytes()
    assert "--force" in refused(again)
    assert backup.read_bytes() == before
    assert again(force=True).file == backup
    with Database(url) as database:
        nowhere = tmp_path / "no" / "one.backup"
        assert "no folder" in refused(lambda: make_backup(database, None, nowhere))


def test_a_full_disk_leaves_the_old_backup(
    url: str, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backup.read_bytes()
    plain = archive._Hashed.write

    def fail(self: Any, data: Any) -> int:
        if len(bytes(data)) > 500:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return plain(self, data)

    monkeypatch.setattr(archive._Hashed, "write", fail)
    with Database(url) as database:
        said = refused(lambda: make_backup(database, tmp_path / "rosters", backup, force=True))
    assert "is full" in said
    assert backup.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []


def test_too_little_room_is_told_before(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not url.startswith("sqlite"):
        return
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("server.backups.making.shutil.disk_usage", lambda _: usage)
    with Database(url) as database:
        assert "too little room" in refused(lambda: make_backup(database, None, tmp_path / "x.backup"))


def test_a_backup_that_was_cut_off(url: str, backup: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    fresh = another(url, request, tmp_path)
    whole = backup.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        backup.write_bytes(whole[:size])
        refused(lambda: check_backup(backup))
        refused(lambda: restored(backup, fresh, tmp_path / "again"))
    assert not (tmp_path / "restored.db").exists()
    assert not (tmp_path / "again").exists()


def test_a_backup_with_a_byte_changed(backup: Path) -> None:
    whole = backup.read_bytes()
    with zipfile.ZipFile(backup) as opened:
        places = [info.header_offset + 150 for info in opened.infolist()]
        places += [info.header_offset + info.compress_size // 2 for info in opened.infolist()]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 0x40
        backup.write_bytes(changed)
        refused(lambda: check_backup(backup))


def rewritten(backup: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> None:
    """The backup as somebody leaves it who can write ZIP archives."""
    with zipfile.ZipFile(backup) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(manifest, files)
    with zipfile.ZipFile(backup, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
        made.writestr("manifest.json", json.dumps(manifest))


def test_a_backup_that_was_tampered_with(
    url: str, backup: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    whole, fresh = backup.read_bytes(), another(url, request, tmp_path)

    def add_a_file(_manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files["more"] = b""

    def change_a_segment(_manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files[next(name for name in files if name.startswith("rosters/"))] = b"x" * 5_000

    def lead_elsewhere(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        name = manifest["files"][1]["name"]
        manifest["files"][1]["name"] = "rosters/../../away"
        files["rosters/../../away"] = files.pop(name)

    def lead_to_the_root(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        name = manifest["files"][1]["name"]
        manifest["files"][1]["name"] = f"rosters/{tmp_path}/away"
        files[f"rosters/{tmp_path}/away"] = files.pop(name)

    def count_others(manifest: dict[str, Any], _files: dict[str, bytes]) -> None:
        manifest["counts"]["decisions"] += 1

    def be_of_a_newer_release(manifest: dict[str, Any], _files: dict[str, bytes]) -> None:
        manifest["format"] = 99

    def be_of_a_newer_schema(manifest: dict[str, Any], _files: dict[str, bytes]) -> None:
        manifest["schema_revision"] = "9999"

    def be_of_another_kind(manifest: dict[str, Any], _files: dict[str, bytes]) -> None:
        manifest["kind"] = "postgresql" if manifest["kind"] == "sqlite" else "sqlite"

    for change in (
        *(add_a_file, change_a_segment, lead_elsewhere, lead_to_the_root, be_of_a_newer_release, be_of_a_newer_schema),
        *(be_of_another_kind, count_others),
    ):
        backup.write_bytes(whole)
        rewritten(backup, change)
        refused(lambda: restored(backup, fresh, tmp_path / "again"))
    assert not (tmp_path.parent / "away").exists()
    assert not (tmp_path / "away").exists()
    assert not (tmp_path / "restored.db").exists()
    wrong = "0" * 64
    assert "SHA-256" in refused(lambda: check_backup(backup, sha256=wrong))


def test_what_is_no_backup(tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("x", "x")
    assert "no backup of Rollbook" in refused(lambda: check_backup(other))


def test_a_segment_that_is_lost_is_told(url: str, tmp_path: Path) -> None:
    fill(url)
    rosters = tmp_path / "rosters"
    segment = add_segment(url, rosters, 0, b"what was recorded")
    with Database(url) as database:
        assert "nothing says where" in refused(lambda: make_backup(database, None, tmp_path / "x.backup"))
        segment.write_bytes(b"something else")
        assert "is not what was recorded" in refused(lambda: make_backup(database, rosters, tmp_path / "x.backup"))
        segment.unlink()
        assert "is missing" in refused(lambda: make_backup(database, rosters, tmp_path / "x.backup"))
    assert not (tmp_path / "x.backup").exists()


def test_what_is_deleted_meanwhile_is_left_out(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As retention does it: the row, then the file."""
    rosters = tmp_path / "rosters"
    segment = add_segment(url, rosters, 0, b"what was recorded")
    plain = making._segments
    tries = []

    def delete_first(*arguments: Any) -> None:
        tries.append(1)
        if segment.exists():
            with Database(url) as other, other.writing() as connection:
                connection.execute(delete(roster_segments))
            segment.unlink()
        plain(*arguments)

    monkeypatch.setattr(making, "_segments", delete_first)
    with Database(url) as database:
        made = make_backup(database, rosters, tmp_path / "x.backup")
    assert (len(tries), len(made.manifest.files)) == (2, 1)


def test_a_database_that_is_damaged_is_not_backed_up(url: str, tmp_path: Path) -> None:
    if not url.startswith("sqlite"):
        return
    fill(url, 300)
    file = tmp_path / "rollbook.db"
    with file.open("r+b") as opened:
        opened.seek(4096 * 20)
        opened.write(b"\xff" * 4096 * 4)
    with Database(url) as database:
        refused(lambda: make_backup(database, None, tmp_path / "x.backup"))
    assert not (tmp_path / "x.backup").exists()


def test_what_is_left_of_a_database_that_is_in_use(url: str, backup: Path, tmp_path: Path) -> None:
    if not url.startswith("sqlite"):
        return
    (tmp_path / "restored.db-wal").touch()
    said = refused(lambda: restored(backup, f"sqlite:///{tmp_path}/restored.db", tmp_path / "again"))
    assert "may still have it open" in said
    assert "no folder" in refused(lambda: restored(backup, f"sqlite:///{tmp_path}/no/x.db", tmp_path / "again"))


def test_a_database_that_is_not_rollbooks(empty_url: str, tmp_path: Path) -> None:
    with Database(empty_url, create=True) as database:
        refused(lambda: make_backup(database, None, tmp_path / "x.backup"))


def test_the_programs_of_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(version: int) -> None:
        folder = tmp_path / "lib" / str(version) / "bin"
        folder.mkdir(parents=True)
        (folder / "pg_dump").write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.4 (Debian)'\n")
        (folder / "pg_dump").chmod(0o755)

    monkeypatch.setattr(postgresql, "_DEBIAN", tmp_path / "lib")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "neither on the path" in refused(lambda: postgresql.program("pg_dump", 15))
    for version in (14, 16, 17):
        made(version)
    assert postgresql.program("pg_dump", 15).parts[-3] == "16"
    assert postgresql.program("pg_dump", 16).parts[-3] == "16"
    assert postgresql.program("pg_dump", 14, at_least=17).parts[-3] == "17"
    assert "must be 18 or newer" in refused(lambda: postgresql.program("pg_dump", 18))


def test_a_program_of_postgresql_that_fails(backup: Path, url: str, tmp_path: Path) -> None:
    if url.startswith("sqlite"):
        return
    with Database(url) as database:
        dump = Path("/bin/false")
        said = refused(lambda: postgresql.dump(database, dump, "x", lambda _: None))
    assert "did not say why" in said
