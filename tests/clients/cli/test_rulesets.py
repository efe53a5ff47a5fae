"""`rollbook rulesets` and `rollbook show`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.clients.cli.conftest import HERE, Golden, Rollbook


def without_versions(text: str) -> str:
    return re.sub(r"\b([0-9a-f]{64}|[0-9a-f]{12})\b", "…", text)


def test_the_list_for_people(rollbook: Rollbook, golden: Golden) -> None:
    result = rollbook("rulesets")
    assert result.exit_code == 0
    golden("rulesets.txt", without_versions(result.stdout))


def test_the_list_tells_of_a_broken_ruleset(rollbook: Rollbook) -> None:
    result = rollbook("rulesets", "--rulesets", str(HERE / "broken"))
    assert result.exit_code == 0
    assert "4 errors; `rollbook check` tells which" in " ".join(result.stdout.split())


def test_an_empty_folder_has_no_rulesets(rollbook: Rollbook, tmp_path: Path) -> None:
    assert rollbook("rulesets", "--rulesets", str(tmp_path)).stdout == "There are no rulesets.\n"


def test_a_server_lists_and_shows_the_same(rollbook: Rollbook, server: str) -> None:
    for command in (["rulesets"], ["rulesets", "-o", "json"], ["show", "oak/library-loans"]):
        assert rollbook(*command).stdout == rollbook(*command, "--server", server).stdout


def test_one_ruleset_for_people(rollbook: Rollbook, golden: Golden) -> None:
    result = rollbook("show", "oak/library-loans")
    assert result.exit_code == 0
    golden("show-library-loans.txt", without_versions(result.stdout))


def test_one_ruleset_for_programs_has_the_schema_of_its_facts(rollbook: Rollbook) -> None:
    ruleset = json.loads(rollbook("show", "oak/library-loans", "-o", "json").stdout)
    assert ruleset["facts_schema"]["properties"]["fees"]["properties"]["owed"]
    assert [parameter["values"] for parameter in ruleset["parameters"]] == [
        [{"from": "2019-08-01", "value": 5}, {"from": "2021-08-01", "value": 7.5}]
    ]


def test_a_ruleset_that_is_no_longer_in_force_is_shown_for_a_day_on_which_it_was(rollbook: Rollbook) -> None:
    assert rollbook("show", "oak/field-trips").exit_code == 1
    result = rollbook("show", "oak/field-trips", "--rules-as-of", "2022-07-31")
    assert result.exit_code == 0
    assert "from 2019-08-01 through 2022-07-31" in result.stdout
