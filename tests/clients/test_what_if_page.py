"""The page about what a change would do shows what the command prints, about the cases that the benchmarks make."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clients.cli.main import app
from tests.benchmarks.cases import make_cases

PROJECT = Path(__file__).parents[2]
ID = "lausd/grade-marking"


def test_the_page_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    page = (PROJECT / "docs" / "what-if.md").read_text(encoding="utf-8")
    shutil.copytree(PROJECT / "rulesets" / ID, tmp_path / ID)
    edited = tmp_path / ID / "ruleset.yaml"
    (line,) = re.findall(r"^```yaml\n(.*)\n```$", page, re.MULTILINE)
    text = edited.read_text(encoding="utf-8")
    assert line in text
    edited.write_text(text.replace(line, line.replace("2018-08-03: 15", "2018-08-03: 20")), encoding="utf-8")
    cases = tmp_path / "marks.jsonl"
    with cases.open("w", encoding="utf-8") as file:
        for row, case in enumerate(make_cases(2_500)):
            file.write(json.dumps({"student_id": f"S-{row:04}", **case.facts}) + "\n")
    arguments = [ID, str(tmp_path), str(cases), "--as-of", "2025-03-01", "--id", "student_id", "--examples", "1"]
    result = CliRunner().invoke(app, ["compare", *arguments], prog_name="rollbook")
    assert result.exit_code == 0
    shown = re.search(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert shown is not None
    assert shown[1] in result.stdout
    numbers = re.search(
        r"^assign +(\S+) \((\S+) %\) +(\S+) \(\S+ %\) +(\S+) \(\S+ %\) +(\S+)$", result.stdout, re.MULTILINE
    )
    assert numbers is not None
    withheld, share, left, stay, all_ = numbers.groups()
    prose = " ".join(page.split())
    assert (
        f"of {all_} marks that are assigned today, {stay} still would be, {withheld} would be withheld, and {left}"
        in prose
    )
    assert f'"{share} % of row"' in prose
