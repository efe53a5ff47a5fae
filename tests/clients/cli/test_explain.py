"""`rollbook explain`: why, and why not."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest

from tests.clients.cli.conftest import RULESETS, Golden, Rollbook

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


SLIP = """\
ruleset: oak/fee-slip
title: Fee slips
facts:
  student:
    card_until: {type: date, none: the card never ends}
  fees:
    owed: {type: decimal, places: 2, at_least: 0}
outcomes: [send, nothing]
default: {outcome: nothing, because: Nothing is owed.}
rules:
  slip: {given: ["oak/library-loans#fees"], outcome: send, because: Fees are owed.}
"""


def test_a_rule_of_another_ruleset(rollbook: Rollbook, tmp_path: Path) -> None:
    folder = copytree(RULESETS, tmp_path / "rulesets")
    (folder / "oak" / "fee-slip").mkdir()
    (folder / "oak" / "fee-slip" / "ruleset.yaml").write_text(SLIP, encoding="utf-8")
    facts = tmp_path / "facts.json"
    facts.write_text('{"student": {"card_until": null}, "fees": {"owed": 6}}', encoding="utf-8")
    asked = ["explain", "oak/fee-slip", "--rulesets", str(folder), "--facts", str(facts), "--as-of", "2019-10-01"]
    told = " ".join(rollbook(*asked).stdout.split())
    assert told.endswith(
        "+ slip: send It holds. oak/library-loans#fees (Oak Library Handbook: 3) holds. Its premise is true: "
        "fees.owed > most_fees (fees.owed: 6, most_fees: 5). Fees are owed."
    )
    rule = json.loads(rollbook(*asked, "-o", "json").stdout)["explanations"][0]["rules"][0]
    assert rule["given"] == [{"ruleset": "rulesets/oak/library-loans", "rule": "fees", "status": "holds"}]
    assert rule["premise"] is None
