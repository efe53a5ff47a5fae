"""The version of a ruleset: what it says counts, how it is laid out does not."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rulesets.canonical import canonical, version
from engine.rulesets.documents import Ruleset
from engine.rulesets.findings import Findings
from engine.rulesets.loading import load_ruleset
from engine.rulesets.structure import fit
from engine.rulesets.yaml_source import read_yaml

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).parent / "golden" / "grade-marking.version"

TEXT = """\
ruleset: test/one
title: A ruleset for a test
effective: {from: 2018-08-03}
outcomes: [deny, allow]
default: {outcome: allow, because: Nothing stands against it.}
facts:
  mark:
    score: {type: integer, at_least: 0.50}
    area: {type: string, one_of: [ela, math], means: Which area?}
parameters:
  least: {cites: "I.F, II", from: {2018-08-03: 15, 2019-08-03: 1.50}}
values:
  low: mark.score < least
tables:
  scale:
    hit: unique
    inputs: {area: mark.area}
    outputs: {name: string}
    rows: |
      area | name
      ela  | "a  b"
      math | c
rules:
  one: {cites: I.F, when: 'low and scale.name = "a  b"', outcome: deny, because: "Only {mark.score}."}
  two: {cites: I.F, when: not(low), outcome: allow}
"""


ROWS = '      area | name\n      ela  | "a  b"\n      math | c'
TWO = "  two: {cites: I.F, when: not(low), outcome: allow}"


def document(text: str) -> Ruleset:
    findings = Findings("f.yaml")
    source = read_yaml(text, "f.yaml", findings)
    assert source is not None, findings.all()
    fitted = fit(source, Ruleset, findings, placeholders={"ruleset": "a/b"})
    assert fitted is not None, findings.all()
    assert not findings.has_errors, findings.all()
    return fitted.document


def hash_of(text: str) -> str:
    return version(document(text))


def swap(one: str, other: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert one in text
        return text.replace(one, other)

    return change


@pytest.mark.parametrize(
    "change",
    [
        swap("facts:\n", "# a comment\nfacts:   # another\n"),
        swap("title: A ruleset for a test", 'title: "A  ruleset\n  for a test"'),
        swap("  low: mark.score < least", "  low: >-\n    mark.score\n      < least"),
        swap("  low: mark.score < least", "  low: {is: mark.score  < /* why */ least}"),
        swap(TWO, "  two:\n    cites: I.F\n    when: |\n      not(low) // not low\n    outcome: allow"),
        swap("      area | name", "      | area | name |\n      |------|------|"),
        swap('      ela  | "a  b"', '      ela | "a  b"'),
        swap(ROWS, '      name | area\n      "a  b" | ela\n      c | math'),
        swap("{area: mark.area}", "{'area': \"mark.area\"}"),
        swap("I.F, II", "I.F; II"),
        swap("{type: integer, at_least: 0.50}", "{at_least: 0.5, type: integer}"),
        swap("2019-08-03: 1.50", "2019-08-03: 1.5"),
        swap("{2018-08-03: 15, 2019-08-03: 1.50}", "{2019-08-03: 1.50, 2018-08-03: 15.0}"),
        swap("cites: I.F, when", "given: [], cites: I.F, exception_to: [], when"),
        swap("hit: unique", "hit: 'unique'"),
    ],
)
def test_how_it_is_laid_out_does_not_count(change: Callable[[str], str]) -> None:
    text = change(TEXT)
    assert text != TEXT
    assert hash_of(text) == hash_of(TEXT)


@pytest.mark.parametrize(
    "change",
    [
        swap("title: A ruleset", "title: The ruleset"),
        swap("[deny, allow]", "[allow, deny]"),
        swap("[ela, math]", "[math, ela]"),
        swap('"a  b"\'', '"a b"\''),
        swap('| "a  b"', '| "a b"'),
        swap("low: mark.score < least", "low: mark.score <= least"),
        swap("2018-08-03: 15", "2018-08-03: 16"),
        swap("2018-08-03: 15", '2018-08-03: "15"'),
        swap("2018-08-03: 15", "2018-08-04: 15"),
        swap("Only {mark.score}.", "Only {mark.score}!"),
        swap("hit: unique", "hit: first"),
        swap(ROWS, '      area | name\n      math | c\n      ela  | "a  b"'),
        swap("effective: {from: 2018-08-03}\n", ""),
        lambda text: text + "terms: {SSPT: a team}\n",
        lambda text: (
            text.replace("  one: {", "  zero: {").replace("  two: {", "  one: {").replace("  zero: {", "  two: {")
        ),
    ],
)
def test_what_it_says_counts(change: Callable[[str], str]) -> None:
    assert hash_of(change(TEXT)) != hash_of(TEXT)


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_count_where_it_means_nothing(shuffling: random.Random) -> None:
    findings = Findings("f.yaml")
    source = read_yaml(TEXT, "f.yaml", findings)
    assert source is not None

    def shuffled(value: Any, *, ordered: bool = False) -> Any:
        if not isinstance(value, dict):
            return value
        keys = list(value)
        if not ordered:
            shuffling.shuffle(keys)
        return {key: shuffled(value[key], ordered=key in {"rules", "tables"}) for key in keys}

    assert version(Ruleset.model_validate(shuffled(source.data))) == hash_of(TEXT)


def test_a_key_that_has_its_default_is_left_out() -> None:
    form = json.loads(canonical(document(TEXT)))
    assert set(form) == {
        "ruleset", "title", "effective", "outcomes", "default", "facts", "parameters", "values", "tables", "rules",
    }  # fmt: skip
    assert form["rules"][1] == ["two", {"cites": "I.F", "outcome": "allow", "when": "not(low)"}]


def test_the_form_is_what_it_was_when_the_first_version_was_made() -> None:
    assert hash_of(TEXT) == "a8cde8d4c3097c6d874357b6d9d2c74adb0a33016f81c08ed8d1f1806c715bae"


def test_the_version_of_grade_marking() -> None:
    checked = load_ruleset(ROOT / "rulesets" / "lausd" / "grade-marking" / "ruleset.yaml")
    written = GOLDEN.read_text(encoding="utf-8").strip()
    assert checked.version == written, (
        f"lausd/grade-marking says something else than when its version was written down. If that is meant, write "
        f"{checked.version} to {GOLDEN.relative_to(ROOT)}; if not, the canonical form has changed, which it never may."
    )
