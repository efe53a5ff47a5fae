"""`rollbook decide`: in this process and by a server, for people and for programs."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from tests.clients.cli.conftest import Golden, Rollbook

LOANS = "oak/library-loans"
CASES = [
    ("late-book", [LOANS, "--facts", "facts/late-book.json", "--as-of", "2019-10-01"]),
    ("no-loans-known", [LOANS, "--facts", "facts/no-loans-known.json", "--as-of", "2021-10-01"]),
    ("card-ended", [LOANS, "--facts", "facts/card-ended.json", "--as-of", "2019-10-01"]),
    ("two-rulesets", [LOANS, "oak/field-trips", "--facts", "facts/no-loans-known.json", "--as-of", "2021-10-01"]),
    (
        "rules-of-another-day",
        [LOANS, "--facts", "facts/no-loans-known.json", "--as-of", "2021-10-01", "--rules-as-of", "2020-10-01"],
    ),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_a_decision_for_people(rollbook: Rollbook, golden: Golden, name: str, arguments: list[str]) -> None:
    result = rollbook("decide", *arguments)
    assert result.exit_code == 0
    assert result.stderr == ""
    golden(f"decide-{name}.txt", result.stdout)


def without_ids(text: str) -> str:
    return re.sub(r'"decision_id": "[0-9a-f-]{36}"', '"decision_id": "…"', text)


@pytest.mark.parametrize(("name", "arguments"), CASES)
@pytest.mark.parametrize("output", ["text", "json"])
def test_a_server_says_the_same_as_this_process(
    rollbook: Rollbook, server: str, name: str, arguments: list[str], output: str
) -> None:
    here = rollbook("decide", *arguments, "--output", output)
    there = rollbook("decide", *arguments, "--output", output, "--server", server)
    assert (here.exit_code, there.exit_code) == (0, 0)
    assert without_ids(here.stdout) == without_ids(there.stdout)


def test_json_has_all_that_the_contract_says(rollbook: Rollbook, golden: Golden) -> None:
    result = rollbook("decide", *CASES[0][1], "--output", "json")
    version = re.compile(r'"version": "[0-9a-f]{64}"')
    golden("decide-late-book.json", version.sub('"version": "…"', without_ids(result.stdout)))


def test_decimals_in_json_keep_their_digits(rollbook: Rollbook) -> None:
    facts = '{"student": {"grade_level": "3", "card_until": null}, "fees": {"owed": 5.10}, "loans": []}'
    result = rollbook("decide", LOANS, "--facts", "-", "--as-of", "2019-10-01", "-o", "json", stdin=facts)
    (decision,) = json.loads(result.stdout, parse_float=Decimal)["decisions"]
    assert decision["results"]["fees_left"] == Decimal("0.10")


def test_absent_is_none_is_said_to_the_engine(rollbook: Rollbook) -> None:
    arguments = ["decide", LOANS, "--facts", "-", "--as-of", "2019-10-01", "-o", "json"]
    facts = '{"student": {"grade_level": "3"}, "fees": {"owed": 0}, "loans": []}'
    unknown = json.loads(rollbook(*arguments, stdin=facts).stdout)["decisions"][0]
    none = json.loads(rollbook(*arguments, "--absent-is-none", stdin=facts).stdout)["decisions"][0]
    assert (unknown["state"], unknown["candidates"]) == ("indeterminate", ["ask-librarian", "lend"])
    assert (none["state"], none["outcome"], none["absent_is_none"]) == ("determined", "lend", True)


def test_rulesets_are_found_in_a_folder_above(rollbook: Rollbook, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["decide", LOANS, "--facts", "-", "--as-of", "2019-10-01"]
    here = rollbook(*arguments, stdin="{}")
    monkeypatch.chdir("golden")
    assert rollbook(*arguments, stdin="{}").stdout == here.stdout


def test_a_resource_name_serves_as_well_as_an_id(rollbook: Rollbook) -> None:
    arguments = ["--facts", "facts/late-book.json", "--as-of", "2019-10-01"]
    assert rollbook("decide", f"rulesets/{LOANS}", *arguments).stdout == rollbook("decide", LOANS, *arguments).stdout
