"""`rollbook migrate`: a database is prepared, and a server serves with it."""

from __future__ import annotations

from pathlib import Path

from tests.clients.cli.conftest import Rollbook


def test_a_new_file_is_prepared_once(rollbook: Rollbook, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rollbook.db"
    first = rollbook("migrate", "--database", url)
    assert (first.exit_code, first.stdout) == (0, f"{url} is prepared: schema 0002.\n")
    again = rollbook("migrate", "--database", url)
    assert (again.exit_code, again.stdout) == (0, f"{url} is up to date: schema 0002.\n")


def test_the_configuration_names_the_database(rollbook: Rollbook, tmp_path: Path) -> None:
    config = tmp_path / "rollbook.toml"
    config.write_text(f'database_url = "sqlite:///{tmp_path}/rollbook.db"\n', encoding="utf-8")
    assert rollbook("migrate", "--config", str(config)).exit_code == 0
    assert (tmp_path / "rollbook.db").exists()


def test_what_is_wrong_is_said(rollbook: Rollbook, tmp_path: Path) -> None:
    none = rollbook("migrate")
    assert (none.exit_code, "database_url" in none.stderr) == (1, True)
    other = rollbook("migrate", "--database", "mysql://someone:Quillfeather@host/x")
    assert (other.exit_code, "sqlite:////" in other.stderr) == (1, True)
    assert "Quillfeather" not in other.stderr
    nowhere = rollbook("migrate", "--database", f"sqlite:///{tmp_path}/none/rollbook.db")
    assert (nowhere.exit_code, "rollbook: " in nowhere.stderr) == (1, True)


def test_a_server_does_not_start_without_it(rollbook: Rollbook, tmp_path: Path) -> None:
    config = tmp_path / "rollbook.toml"
    config.write_text(f'database_url = "sqlite:///{tmp_path}/none.db"\nport = 0\n', encoding="utf-8")
    refused = rollbook("serve", "--config", str(config), "--metrics-port=0")
    assert (refused.exit_code, "`rollbook migrate`" in refused.stderr) == (1, True)
