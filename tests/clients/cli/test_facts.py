"""Facts from files, and the template of such a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clients.cli.facts import read_facts
from tests.clients.cli.conftest import Golden, Rollbook

LOANS = "oak/library-loans"


def write(path: Path, facts: object) -> str:
    path.write_text(json.dumps(facts), encoding="utf-8")
    return str(path)


def test_the_template_of_a_ruleset(rollbook: Rollbook, golden: Golden) -> None:
    golden("template-library-loans.json", rollbook("show", LOANS, "--template").stdout)


def test_a_template_in_which_nothing_is_filled_in_says_nothing(rollbook: Rollbook, tmp_path: Path) -> None:
    template = json.loads(rollbook("show", LOANS, "--template").stdout)
    given = read_facts(write(tmp_path / "case.json", template))
    assert (given.facts, given.places_left) == ({}, 6)


def test_what_is_filled_in_is_kept_and_the_rest_left_out(tmp_path: Path) -> None:
    facts = {
        "student": {"grade_level": "3", "card_until": "<a date>"},
        "fees": {"owed": "<a number>"},
        "loans": [{"title": "Frogs", "due_on": "<a date>"}, {"title": "<text>", "due_on": "<a date>"}],
        "notes": [],
        "none": None,
    }
    given = read_facts(write(tmp_path / "case.json", facts))
    assert given.facts == {
        "student": {"grade_level": "3"},
        "loans": [{"title": "Frogs"}],
        "notes": [],
        "none": None,
    }
    assert given.places_left == 5


def test_a_template_partly_filled_in_decides_and_says_what_was_left_out(rollbook: Rollbook) -> None:
    template = json.loads(rollbook("show", LOANS, "--template").stdout)
    template["student"]["grade_level"] = "3"
    result = rollbook("decide", LOANS, "--facts", "-", "--as-of", "2019-10-01", stdin=json.dumps(template))
    assert result.exit_code == 0
    assert result.stderr == "5 places of the template are not filled in; these facts count as left out.\n"
    assert "indeterminate" in result.stdout


def test_facts_without_places_are_sent_as_they_are_written(tmp_path: Path) -> None:
    text = '{"fees": {"owed": 5.10}}'
    (tmp_path / "case.json").write_text(text, encoding="utf-8")
    assert read_facts(str(tmp_path / "case.json")).facts == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"student": {\n  "grade_level": 3 4}}', "standard input:2:20: this is no JSON: Expecting ',' delimiter."),
        ("[1]", "standard input holds no JSON object."),
        ("", "standard input:1:1: this is no JSON: Expecting value."),
    ],
)
def test_what_is_no_json_object_is_refused_with_its_place(rollbook: Rollbook, text: str, told: str) -> None:
    result = rollbook("decide", LOANS, "--facts", "-", "--as-of", "2019-10-01", stdin=text)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == f"rollbook: {told}"
