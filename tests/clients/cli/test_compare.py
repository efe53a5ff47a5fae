"""`rollbook compare`: what a change of rules would do, as policy staff read it and as programs do."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.clients.cli.comparing import edited_copy
from tests.clients.cli.conftest import RULESETS, Golden, Rollbook

ID = "oak/library-loans"
CASES = ("cases/loans.csv", "--as-of", "2019-10-01", "--id", "student_id")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return edited_copy(tmp_path / "edited")


def test_a_page_for_people(rollbook: Rollbook, golden: Golden, copy: Path) -> None:
    result = rollbook("compare", ID, str(copy), *CASES)
    assert result.exit_code == 3, "rows that neither version accepts are told by the exit code"
    golden("compare-loans.txt", result.stdout)


def test_the_same_for_programs(rollbook: Rollbook, golden: Golden, copy: Path) -> None:
    result = rollbook("compare", ID, str(copy), *CASES, "--examples", "1", "--output", "json")
    golden("compare-loans.json", result.stdout)
    told = json.loads(result.stdout)["comparison"]
    assert sum(cell["cases"] for cell in told["matrix"]) == told["cases"] == 9


@pytest.mark.parametrize("given", ["file", "folder", "tree"])
def test_an_edited_copy_is_named_by_its_file_its_folder_or_its_tree(rollbook: Rollbook, copy: Path, given: str) -> None:
    path = {"file": copy, "folder": copy.parent, "tree": copy.parents[2]}[given]
    result = rollbook("compare", ID, str(path), *CASES)
    assert "2 of 9 cases" not in result.stdout
    assert "3 of 9 cases" in result.stdout
    back = rollbook("compare", str(path), ID, *CASES)
    assert "Only the version before asks for: student.sibling" in back.stdout


def test_two_trees_do_not_say_which_ruleset(rollbook: Rollbook, copy: Path) -> None:
    result = rollbook("compare", str(copy.parents[2]), str(copy.parents[2]), *CASES)
    assert result.exit_code == 1
    assert "there is no ruleset at" in result.stderr


def test_a_version_against_itself_changes_nothing(rollbook: Rollbook) -> None:
    result = rollbook("compare", ID, ID, "cases/loans-old.jsonl", "--as-of", "2019-10-01")
    assert result.exit_code == 0
    assert "0 of 2 cases (0 %) get another outcome" in result.stdout
    assert "Decided just as before: 2 cases." in result.stdout


def test_other_parameters_of_one_version(rollbook: Rollbook) -> None:
    """`most_fees` is 7.5 from 2021-08-01 on."""
    given = ("cases/loans-old.jsonl", "--as-of", "2019-10-01", "--after-rules-as-of", "2021-08-01")
    result = rollbook("compare", ID, ID, *given)
    assert "refuse → lend: 1 case" in result.stdout


def test_a_copy_builds_on_what_stands_beside_the_version_in_force(rollbook: Rollbook, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(RULESETS / "oak" / "field-trips", tree / "oak" / "field-trips")
    path = tree / "oak" / "field-trips" / "ruleset.yaml"
    text = path.read_text(encoding="utf-8")
    rule = "  signed:\n    cites: A\n    given: [oak/library-loans#big-reader]\n"
    path.write_text(text.replace("  signed:\n    cites: A\n", rule), encoding="utf-8")
    result = rollbook("compare", "oak/field-trips", str(tree), "cases/loans-old.jsonl", "--as-of", "2019-10-01")
    assert "there is no such ruleset in the same folder" not in result.stderr


def test_pictures(rollbook: Rollbook, copy: Path, tmp_path: Path) -> None:
    for name in ("change.html", "change.png"):
        result = rollbook("compare", ID, str(copy), *CASES, "--picture", str(tmp_path / name))
        assert f"The picture is {tmp_path / name}." in result.stderr
    page = (tmp_path / "change.html").read_text(encoding="utf-8")
    HTMLParser().feed(page)
    assert "3 of 9 cases (33.3 %) get another outcome" in page
    assert "A-1" not in page
    assert "Toads" not in page
    assert "http" not in page
    assert (tmp_path / "change.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_is_refused_before_the_work(
    rollbook: Rollbook, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = rollbook("compare", ID, str(copy), *CASES, "--picture", "change.gif")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Name it .png or .html." in result.stderr
    result = rollbook("compare", ID, str(copy), *CASES, "--picture", str(tmp_path / "none" / "change.png"))
    assert "there is no folder" in result.stderr
    monkeypatch.setattr("clients.pictures.files.find_spec", lambda name: None)
    result = rollbook("compare", ID, str(copy), *CASES, "--picture", str(tmp_path / "change.png"))
    assert "Install rollbook[pictures]" in result.stderr


def test_what_is_wrong_is_said(rollbook: Rollbook, copy: Path, tmp_path: Path) -> None:
    assert "UNKNOWN_RULESET" in rollbook("compare", "oak/library-lones", str(copy), *CASES).stderr
    copy.write_text(copy.read_text(encoding="utf-8").replace("fees.owed > most_fees", "fees.owde > most_fees"), "utf-8")
    broken = rollbook("compare", ID, str(copy), *CASES)
    assert broken.exit_code == 1
    assert f"{copy}:" in broken.stderr
    roster = tmp_path / "typo.csv"
    roster.write_text("student.grade_levle\n3\n", encoding="utf-8")
    typo = rollbook("compare", ID, ID, str(roster), "--as-of", "2019-10-01")
    assert typo.exit_code == 1
    assert "Did you mean `grade_level`?" in " ".join(typo.stderr.split())


def test_a_version_that_is_not_in_force_is_compared_and_said(rollbook: Rollbook) -> None:
    result = rollbook("compare", ID, ID, "cases/loans-old.jsonl", "--as-of", "2019-06-01")
    assert result.exit_code == 0
    assert "is not in force on 2019-06-01" in result.stderr
