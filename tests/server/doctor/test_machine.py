"""The machine, the ports, the rulesets, the folders."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from server.doctor import State, examine
from server.doctor.folders import roster_folder, spill_folder
from server.doctor.machine import clock, cores, memory, open_files, release, time_zones
from server.doctor.ports import ports
from server.doctor.rulesets import rulesets
from server.store import Database
from tests.server.doctor.found import settings, states, the
from tests.server.doctor.test_certificates import made
from tests.server.running import MARKS, Folder, Running
from tests.server.store.publishing import publish


def test_this_machine() -> None:
    for look in (release, time_zones):
        assert set(states(look()).values()) == {State.OK}
    assert State.WRONG not in states(clock()).values()


def test_cores() -> None:
    assert states([the(cores(settings()), State.OK)])
    assert "`pin_core`" in the(cores(settings(pin_core=4096)), State.WRONG).found


def test_memory() -> None:
    assert states([the(memory(settings(roster_memory="512 MiB")), State.OK)])
    assert "the settings allow" in the(memory(settings(roster_memory="900000GB")), State.WARNING).found


def test_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    few = settings(max_concurrent_calls=1000)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    assert "`ulimit -n 1512`" in the(open_files(few), State.WARNING).remedy
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 1024))
    assert "LimitNOFILE" in the(open_files(few), State.WARNING).remedy
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert states([the(open_files(few), State.OK)])


def test_ports_that_are_free() -> None:
    assert set(states(ports(settings(port=0, metrics_port=0))).values()) == {State.OK}
    assert set(states(ports(settings(port=0, metrics=False))).values()) == {State.OK}
    elsewhere = settings(address="203.0.113.1", port=0, metrics=False)
    assert "no address of this machine" in the(ports(elsewhere), State.WRONG).found
    nowhere = settings(address="no.such.host.invalid", port=0, metrics=False)
    assert "no address of this machine" in the(ports(nowhere), State.WRONG).found


def test_ports_with_a_server(run: Callable[..., Running]) -> None:
    server = run(metrics=True, metrics_port=0).server
    there = settings(port=server.port, metrics_port=server.metrics_port)
    found = list(ports(there))
    assert set(states(found).values()) == {State.OK}
    assert all("a Rollbook server" in finding.found for finding in found)


def test_ports_with_a_server_that_has_a_certificate(run: Callable[..., Running], tmp_path: Path) -> None:
    certificate, key = made(tmp_path, "localhost")
    port = run(tls_certificate=certificate, tls_key=key).server.port
    there = {"port": port, "metrics": False, "tls_key": key}
    assert "this certificate answers" in next(ports(settings(**there, tls_certificate=certificate))).found
    other, _ = made(tmp_path, "other.example")
    assert "another certificate" in the(ports(settings(**there, tls_certificate=other)), State.WARNING).found


def test_ports_with_something_else() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        calls = the(ports(settings(port=port, metrics=False)), State.WRONG)
        assert "no Rollbook server" in calls.found
        assert "no metrics" in the(ports(settings(port=0, metrics_port=port)), State.WRONG).found


def test_rulesets(folder: Folder) -> None:
    one = settings(rulesets=folder.path)
    assert "1 of" in the(rulesets(one), State.OK).found
    folder.write("demo/broken", MARKS.replace("demo/marks", "demo/broken").replace("minimum_days\n", "minimum_dayz\n"))
    broken = the(rulesets(one), State.WRONG)
    assert (broken.subject, broken.found.startswith("line ")) == ("ruleset demo/broken", True)
    none = settings(rulesets=folder.path / "demo")
    assert "there are none" in the(rulesets(none), State.WRONG).found
    nowhere = settings(rulesets=folder.path / "no")
    assert "no folder" in the(rulesets(nowhere), State.WRONG).found


def test_a_calendar_that_is_broken(folder: Folder) -> None:
    (folder.path / "calendars").mkdir()
    (folder.path / "calendars" / "oak.yaml").write_text("calendar: [", encoding="utf-8")
    assert the(rulesets(settings(rulesets=folder.path)), State.WRONG).subject == "calendar oak"


def test_rulesets_of_the_database(url: str) -> None:
    of_database = settings(rulesets_source="database", database_url=url)
    assert "none is in force" in the(rulesets(of_database), State.WARNING).found
    with Database(url) as database:
        publish(
            database, "ruleset", "demo/marks", MARKS.replace("minimum_days\n", "minimum_dayz\n"), last=date(2020, 1, 1)
        )
        publish(database, "ruleset", "demo/marks", MARKS)
    assert "1 of 2 published versions, in force today," in the(rulesets(of_database), State.OK).found


def test_the_folder_of_recorded_rosters(url: str, tmp_path: Path) -> None:
    usual = settings(database_url=url)
    if url.startswith("sqlite"):
        assert "makes it" in the(roster_folder(usual), State.OK).found
    else:
        assert "NOT_SERVED" in the(roster_folder(usual), State.WARNING).found
    folder = tmp_path / "rosters"
    there = settings(database_url=url, roster_log_folder=folder)
    assert "no folder" in the(roster_folder(there), State.WRONG).found
    folder.mkdir(mode=0o755)
    assert "chmod 700" in the(roster_folder(there), State.WRONG).remedy
    assert list(roster_folder(settings())) == []


def test_the_spill_folder(tmp_path: Path) -> None:
    assert states([the(spill_folder(settings()), State.OK)])
    folder = tmp_path / "spill"
    there = settings(roster_spill_folder=folder)
    assert "no folder" in the(spill_folder(there), State.WRONG).found
    folder.mkdir(mode=0o700)
    assert states([the(spill_folder(there), State.OK)])
    (folder / "rollbook-roster-left").mkdir()
    assert "remove them" in the(spill_folder(there), State.WARNING).remedy


def test_everything(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "rollbook.toml"
    config.write_text(f'rulesets = "{folder.path}"\nport = 0\nmetrics_port = 0\n', encoding="utf-8")
    for name in [name for name in os.environ if name.startswith("ROLLBOOK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROLLBOOK_PROT", "1")
    monkeypatch.setenv("ROLLBOOK_CONFIG", str(config))
    found = list(examine(None))
    assert "ROLLBOOK_PROT" in the((one for one in found if one.subject == "configuration"), State.WARNING).found
    assert State.WRONG not in states(found).values()
    config.write_text("prot = 7420\n", encoding="utf-8")
    assert "prot" in the(examine(config), State.WRONG).found


def test_a_password_in_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "rollbook.toml"
    config.write_text('database_url = "postgresql://me:Quillfeather@nowhere.invalid/x"\n', encoding="utf-8")
    config.chmod(0o644)
    found = [one for one in examine(config) if one.subject == "configuration"]
    assert [one.state for one in found] == [State.OK, State.WARNING, State.WARNING]
    assert not any("Quillfeather" in one.found for one in found)


def test_one_look_that_fails_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("Quillfeather")

    monkeypatch.setattr("server.doctor.machine.shutil.which", lambda _: fail())
    found = list(examine(tmp_path / "none.toml"))
    assert [one.found for one in found if one.subject == "clock"] == ["it cannot be looked at: RuntimeError"]
