"""`rollbook doctor`: what is well, what is not, and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.store import Database
from server.store.schema import migrate
from tests.clients.cli.conftest import RULESETS, Rollbook


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a server that could start."""
    url = f"sqlite:///{tmp_path}/rollbook.db"
    with Database(url, create=True) as database:
        migrate(database)
    file = tmp_path / "rollbook.toml"
    text = f'rulesets = "{RULESETS}"\ndatabase_url = "{url}"\nport = 0\nmetrics_port = 0\n'
    file.write_text(text, encoding="utf-8")
    return file


def test_what_is_well(rollbook: Rollbook, config: Path) -> None:
    done = rollbook("doctor", "--config", str(config))
    assert (done.exit_code, " 0 wrong." in done.stdout) == (0, True), done.stdout
    for said in (
        "ok        release: rollbook ",
        f"database: sqlite:///{config.parent}/rollbook.db, schema ",
        "port of calls",
    ):
        assert said in done.stdout


def test_what_is_wrong_is_said_with_what_to_do(rollbook: Rollbook, config: Path) -> None:
    (config.parent / "rollbook.db").chmod(0o644)
    done = rollbook("doctor", "--config", str(config))
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("wrong     file of the database: "))
    assert lines[at + 1].strip().startswith("`chmod 600")
    assert ", 1 wrong." in lines[-1]


def test_programs_read_json(rollbook: Rollbook, config: Path) -> None:
    (config.parent / "rollbook.db").chmod(0o640)
    done = rollbook("doctor", "--config", str(config), "--json")
    findings = json.loads(done.stdout)["findings"]
    assert [sorted(finding) for finding in findings] == [["found", "remedy", "state", "subject"]] * len(findings)
    assert {finding["state"] for finding in findings} == {"ok", "warning"}
    assert done.exit_code == 0
    assert rollbook("doctor", "--config", str(config), "--json", "--strict").exit_code == 1


def test_a_configuration_that_cannot_be_read(rollbook: Rollbook, tmp_path: Path) -> None:
    done = rollbook("doctor", "--config", str(tmp_path / "none.toml"))
    assert (done.exit_code, "wrong     configuration: " in done.stdout) == (1, True)
