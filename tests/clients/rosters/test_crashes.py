"""A job that is killed at any moment, and resumed, ends with exactly one decision for each case."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.clients.rosters.loans import csv_text

PROJECT = Path(__file__).parents[3]


def test_killed_at_every_touch_of_the_disk(tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    lines = csv_text(25).splitlines(keepends=True)
    cases.write_text("".join([*lines[:5], "S-bad,9,,true,0,[],false\n", *lines[5:], "S-short\n"]), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-m", "tests.clients.rosters.crashing", str(cases), str(tmp_path / "out" / "out.csv")],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) > 30
