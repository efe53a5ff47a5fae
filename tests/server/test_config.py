"""Settings come from code, environment and file, in this order; what is wrong with them is said by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import Settings, SettingsError, load_settings, unknown_variables
from server.config_page import PAGE, page

PROJECT = Path(__file__).parents[2]


def toml(folder: Path, text: str) -> Path:
    file = folder / "rollbook.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_said_in_code_wins_over_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = toml(tmp_path, "port = 1001\nthreads = 65\nmax_nesting = 7\n")
    monkeypatch.setenv("ROLLBOOK_PORT", "1002")
    monkeypatch.setenv("ROLLBOOK_THREADS", "66")
    settings = load_settings(file, port=1003, address=None)
    assert (settings.port, settings.threads, settings.max_nesting) == (1003, 66, 7)
    assert settings.address == "127.0.0.1", "what is not said has its default"


def test_the_file_may_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_CONFIG", str(toml(tmp_path, "max_nesting = 9\n")))
    assert load_settings().max_nesting == 9


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("prot = 1", "prot"),
        ("threads = 10", "threads"),
        ("max_concurrent_calls = 64\nthreads = 65", "max_concurrent_calls"),
        ("pin_core = -1", "pin_core"),
        ('pin_core = "first"', "pin_core"),
        ("port = 70000", "port"),
        ("port =", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(SettingsError, match=wrong):
        load_settings(toml(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        load_settings(tmp_path / "none.toml")


def test_misspelt_variables_are_found() -> None:
    assert unknown_variables(["ROLLBOOK_POTR", "ROLLBOOK_PORT", "ROLLBOOK_CONFIG", "PATH"]) == ("ROLLBOOK_POTR",)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_page_is_current() -> None:
    assert (PROJECT / PAGE).read_text(encoding="utf-8") == page(), "run `python -m server.config_page`"
