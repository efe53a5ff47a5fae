"""`rollbook explain`: why, and why not."""

from __future__ import annotations

import json

import pytest

from tests.clients.cli.conftest import Golden, Rollbook

LATE = ["explain", "oak/library-loans", "--facts", "facts/late-book.json", "--as-of", "2019-10-01"]
UNKNOWN = ["explain", "oak/library-loans", "--facts", "facts/no-loans-known.json", "--as-of", "2021-10-01"]
ENDED = ["explain", "oak/library-loans", "--facts", "facts/card-ended.json", "--as-of", "2019-10-01"]


@pytest.mark.parametrize(("name", "arguments"), [("late-book", LATE), ("no-loans-known", UNKNOWN), ("ended", ENDED)])
def test_an_explanation_for_people(rollbook: Rollbook, golden: Golden, name: str, arguments: list[str]) -> None:
    result = rollbook(*arguments)
    assert result.exit_code == 0
    golden(f"explain-{name}.txt", result.stdout)


def test_a_server_explains_the_same(rollbook: Rollbook, server: str) -> None:
    assert rollbook(*LATE).stdout == rollbook(*LATE, "--server", server).stdout


def test_one_rule_alone(rollbook: Rollbook) -> None:
    explanation = json.loads(rollbook(*LATE, "--rule", "fees", "-o", "json").stdout)["explanations"][0]
    assert [(rule["rule"], rule["status"]) for rule in explanation["rules"]] == [("fees", "not-true")]


def test_a_rule_that_there_is_not(rollbook: Rollbook) -> None:
    result = rollbook(*LATE, "--rule", "fee")
    assert result.exit_code == 1
    assert result.stderr == "rollbook: the ruleset has no rule fee.\nDid you mean fees?\n"
