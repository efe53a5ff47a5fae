"""`make demo` shows what it says, and notices when something is off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from clients.demo import __main__ as demo

PROJECT = Path(__file__).resolve().parents[2]


def test_the_demo_decides_every_case_and_stops_its_server() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clients.demo"], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    for outcome in ("assign", "withhold", "teacher-discretion", "indeterminate", "refused"):
        assert f" {outcome} " in done.stdout
    assert "low_score and not(notified)  true" in done.stdout
    assert done.stdout.endswith("The server has stopped.\n")


def test_every_case_of_the_folder_is_shown() -> None:
    assert {path.stem for path in demo.CASES.iterdir()} == set(demo.EXPECTED)


def test_a_case_that_comes_out_otherwise_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(PROJECT)
    monkeypatch.setitem(demo.EXPECTED, "a-3-in-math", "withhold")
    assert demo.main() == 1
    assert "a-3-in-math should come out as withhold, not assign." in capsys.readouterr().out


def test_a_server_that_does_not_start_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "rulesets").mkdir()
    monkeypatch.chdir(tmp_path)
    assert demo.main() == 1
    assert "UNKNOWN_RULESET" in capsys.readouterr().err
