"""`rollbook test`: scenarios, decided by the reference and by the case engine, and what they cover."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.clients.cli.conftest import RULESETS, Golden, Rollbook


def copied(tmp_path: Path, old: str = "", new: str = "") -> Path:
    """The library's ruleset in a folder of its own, its scenarios with `new` for `old`."""
    place = tmp_path / "library-loans"
    shutil.copytree(RULESETS / "oak" / "library-loans", place)
    scenarios = place / "scenarios.yaml"
    text = scenarios.read_text(encoding="utf-8")
    assert old in text
    scenarios.write_text(text.replace(old, new), encoding="utf-8")
    return place


def test_scenarios_that_pass_and_what_they_cover(rollbook: Rollbook, golden: Golden) -> None:
    result = rollbook("test", "rulesets/oak/library-loans")
    assert result.exit_code == 0
    golden("test-library-loans.txt", result.stdout)


def test_a_scenario_that_fails(rollbook: Rollbook, golden: Golden, tmp_path: Path) -> None:
    place = copied(
        tmp_path, "expect: {outcome: refuse, holds: [late-book]", "expect: {outcome: lend, holds: [late-book]"
    )
    result = rollbook("test", str(place))
    assert result.exit_code == 1
    golden("test-failing.txt", result.stdout.replace(str(place), "library-loans"))


def test_reports_for_programs(rollbook: Rollbook) -> None:
    result = rollbook("test", "rulesets/oak/library-loans", "-o", "json")
    (trial,) = json.loads(result.stdout)["trials"]
    assert trial["ruleset"] == "rulesets/oak/library-loans/ruleset.yaml"
    assert trial["report"]["passed"] is True
    assert {rule["rule"] for rule in trial["report"]["coverage"]} >= {"late-book", "fees"}


def test_a_ruleset_without_scenarios_passes_unless_strict(rollbook: Rollbook) -> None:
    result = rollbook("test", "rulesets/oak/field-trips")
    assert result.exit_code == 0
    assert "There are no scenarios" in result.stdout
    assert rollbook("test", "rulesets/oak/field-trips", "--strict").exit_code == 1


def test_a_ruleset_with_errors_cannot_be_run(rollbook: Rollbook) -> None:
    result = rollbook("test", "broken")
    assert result.exit_code == 1
    assert "broken/oak/bus-passes/ruleset.yaml:18:11: error: `student` has no `mile`." in result.stdout
    assert "0 scenarios: 0 passed, 0 failed. 1 ruleset could not be run." in result.stdout


def test_a_file_that_cannot_be_read_fails_alone(rollbook: Rollbook, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "ruleset.yaml").write_bytes(b"\xff")
    result = rollbook("test", str(tmp_path / "bad"), "rulesets/oak/library-loans")
    assert result.exit_code == 1
    assert "The file is not UTF-8 text." in " ".join(result.stdout.split())
    assert "7 passed, 0 failed. 1 ruleset could not be run." in result.stdout
