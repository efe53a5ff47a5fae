"""`rollbook check`: what is wrong with rulesets, for people, editors and programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.clients.cli.conftest import RULESETS, Golden, Rollbook

LOANS = (RULESETS / "oak" / "library-loans" / "ruleset.yaml").read_text(encoding="utf-8")


def write_ruleset(folder: Path, ruleset: str, scenarios: str = "") -> Path:
    place = folder / "oak" / "library-loans"
    place.mkdir(parents=True)
    (place / "ruleset.yaml").write_text(ruleset, encoding="utf-8")
    if scenarios:
        (place / "scenarios.yaml").write_text(scenarios, encoding="utf-8")
    return place


def test_rulesets_without_errors(rollbook: Rollbook) -> None:
    result = rollbook("check", "rulesets")
    assert (result.exit_code, result.stdout) == (0, "2 rulesets checked: 0 errors, 0 warnings.\n")


@pytest.mark.parametrize("form", ["text", "lines", "json", "sarif", "github"])
def test_what_is_wrong_in_every_form(rollbook: Rollbook, golden: Golden, form: str) -> None:
    result = rollbook("check", "broken", "--format", form)
    assert result.exit_code == 1
    golden(f"check-broken.{form}.txt", result.stdout)


def test_sarif_of_rulesets_without_errors_has_no_results(rollbook: Rollbook) -> None:
    sarif = json.loads(rollbook("check", "rulesets", "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    assert sarif["runs"][0]["results"] == []


def test_a_warning_does_not_fail_unless_strict(rollbook: Rollbook, tmp_path: Path) -> None:
    unused = LOANS.replace("parameters:", 'parameters:\n  unused: {cites: "3", means: Nothing, from: {2019-08-01: 1}}')
    place = str(write_ruleset(tmp_path, unused))
    result = rollbook("check", place, "--format", "lines")
    assert result.exit_code == 0
    assert ": warning: " in result.stdout
    assert rollbook("check", place, "--strict").exit_code == 1


def test_scenarios_are_checked_with_their_ruleset(rollbook: Rollbook, tmp_path: Path) -> None:
    wrong = 'ruleset: oak/library-loans\nscenarios:\n  one: {as_of: 2019-10-01, cites: "1", expect: {outcome: lent}}\n'
    place = write_ruleset(tmp_path, LOANS, wrong)
    for path in (place, place / "ruleset.yaml", place / "scenarios.yaml"):
        result = rollbook("check", str(path), "--format", "lines")
        assert result.exit_code == 1
        assert result.stdout.startswith(f"{place / 'scenarios.yaml'}:3:")
        assert "`lend`" in result.stdout


def test_a_name_that_differs_from_the_folders_is_told(rollbook: Rollbook, tmp_path: Path) -> None:
    place = write_ruleset(tmp_path, LOANS.replace("ruleset: oak/library-loans", "ruleset: oak/loans"))
    result = rollbook("check", str(place), "--format", "lines")
    assert result.exit_code == 0
    assert result.stdout == (
        f"{place / 'ruleset.yaml'}:1:1: warning: The ruleset calls itself oak/loans, but its folders say "
        "oak/library-loans; a server would refuse it. Rename the one or the others. [name-differs]\n"
    )


def test_a_file_that_is_no_text(rollbook: Rollbook, tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_bytes(b"\xff\xfe\x00")
    result = rollbook("check", str(tmp_path))
    assert result.exit_code == 1
    assert "not UTF-8" in result.stdout
    assert "1 ruleset checked: 1 error, 0 warnings." in result.stdout


@pytest.mark.parametrize(
    ("path", "told"), [("nowhere", "there is no nowhere."), ("golden", "there is no ruleset.yaml")]
)
def test_a_path_without_rulesets(rollbook: Rollbook, path: str, told: str) -> None:
    result = rollbook("check", path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"rollbook: {told}")


def test_a_yaml_that_ends_too_early_is_told_with_its_place(rollbook: Rollbook, tmp_path: Path) -> None:
    place = write_ruleset(tmp_path, "ruleset: oak/library-loans\nfacts: {student: {\n")
    result = rollbook("check", str(place), "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"][0]["line"] >= 2


def test_what_no_query_can_say_is_a_note_and_fails_nothing(rollbook: Rollbook, tmp_path: Path) -> None:
    place = write_ruleset(tmp_path, LOANS.replace("when: talk.held", "when: talk.held and sqrt(fees.owed) >= 0"))
    result = rollbook("check", str(place), "--strict")
    assert result.exit_code == 0
    assert ": note: No query can say the function `sqrt`: " in result.stdout
    assert "1 ruleset checked: 0 errors, 0 warnings, 1 note." in result.stdout
    (problem,) = json.loads(rollbook("check", str(place), "--format", "json").stdout)["problems"]
    assert (problem["severity"], problem["code"], problem["line"]) == ("note", "case-by-case", 60)
    assert rollbook("check", str(place), "--format", "github").stdout.startswith("::notice ")
    sarif = json.loads(rollbook("check", str(place), "--format", "sarif").stdout)
    assert [one["level"] for one in sarif["runs"][0]["results"]] == ["note"]
