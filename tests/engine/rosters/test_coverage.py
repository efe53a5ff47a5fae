"""What no query can say: all of it, each once, where it stands, and how to do without it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from engine.rosters.coverage import coverage_notes, uncovered
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text, load_ruleset, load_text
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.places import NO_PLACES
from tests.engine.rosters.alike import assert_alike_in, batch_of_cases, query_engine
from tests.engine.rulesets_for_tests import load

_SEVERAL: Final = Path(__file__).with_name("uncovered.yaml").read_text(encoding="utf-8")
_CATALOGUE: Final = Path("rulesets")

_PLAIN: Final = """\
ruleset: oak/{name}
title: {name}
case: [student]
authority: {{document: Oak handbook}}
facts:
  code: {{type: string, means: The code?}}
  days: {{type: integer, means: How many?}}
outcomes: [yes, no]
default: {{outcome: "no", cites: "1", because: Nothing.}}
rules:
"""


def plain(name: str, *rules: str) -> str:
    """A ruleset of these rules."""
    return _PLAIN.format(name=name) + "".join(f"  {rule}\n" for rule in rules)


def marked(text: str, line: int, column: int) -> str:
    """What stands at that place, to the end of its line."""
    return text.splitlines()[line - 1][column - 1 :]


def test_everything_that_no_query_can_say_is_told_once_where_it_stands() -> None:
    found = uncovered(load_text(_SEVERAL))
    told = [(one.expression, one.construct, marked(_SEVERAL, one.line, one.column)) for one in found]
    weight = "the fact `tests[].weight`, a decimal of which `places` are not declared"
    average = "the fact `mark.average`, a decimal of which `places` are not declared"
    visits = "the list `visits`, which is sorted by the fact `visits[].at`, which is a date and time"
    assert told == [
        ("values.root", "the function `sqrt`", "sqrt(mark.exact)"),
        ("values.coded", "the function `matches`", 'matches(mark.code, "a.*b")'),
        ("values.twice", "the function `matches`", 'matches(mark.code, "c")'),
        ("values.heavy", weight, "tests.weight), 0) > 3"),
        ("values.entered", "the fact `mark.entered_at`, which is a date and time", "mark.entered_at"),
        ("tables.level", average, "mark.average, exact: mark.exact}"),
        ("rules.weights/heavy.when", "the product of a list", "product(tests.score), 0)', code: mark.code}"),
        ("rules.many.because", average, 'mark.average}."'),
        (
            "rules.many.results.found",
            "reckoning on with the result of a division",
            "100 * (mark.exact / 3) * 100}",
        ),
        ("rules.long.when", "the fact `mark.hours`, which is a duration", 'mark.hours > @"P1D", because: Late.}'),
        ("rules.visited.each", visits, 'visits, when: one.kind = "x", because: "Visited: {one.kind}."}'),
        ("rules.high.when", "the list `scores` of decimals", "scores) > 1, because: High.}"),
    ]


def test_a_note_says_what_it_means_and_how_to_do_without() -> None:
    notes = {note.path: note for note in coverage_notes(load_text(_SEVERAL), "ruleset.yaml")}
    assert {(note.severity, note.code, note.file) for note in notes.values()} == {
        ("note", "case-by-case", "ruleset.yaml")
    }
    assert notes["values.root"].message == (
        "No query can say the function `sqrt`: rosters of this ruleset are decided case by case, several times slower, "
        "with the same decisions."
    )
    assert notes["values.root"].remedy == ""
    assert notes["values.heavy"].remedy == "Declare how many `places` it has."
    assert notes["values.entered"].remedy == "If its day is enough, declare it as `date`."
    assert notes["rules.many.results.found"].remedy == "Divide last: `a * 100 / b`."
    assert notes["tables.weights.rows"].line == 50


def test_cases_are_decided_all_the_same() -> None:
    ruleset = load(
        "facts: {s: {type: string}, n: {type: integer}}\n"
        "rules:\n  a: {when: 'n > 1 and matches(s, \"^a+$\")', outcome: deny}\n"
    )
    (found,) = uncovered(ruleset)
    assert str(found).startswith(f"rules.a.when (line {found.line}, column {found.column}): No query can say")
    assert_alike_in(query_engine(ruleset), batch_of_cases(ruleset, [{"s": "aa", "n": 2}, {}]), by_query=0)


def test_facts_that_no_query_reads_count_only_where_an_expression_reads_them() -> None:
    text = plain("reading", 'one: {cites: "1", when: days > 3, because: Many.}').replace(
        "  days:", "  at: {type: date-time, means: When?}\n  share: {type: decimal, means: How much?}\n  days:"
    )
    assert uncovered(load_text(text)) == ()
    (found,) = uncovered(load_text(text.replace("days > 3", "share > 3")))
    assert found.construct == "the fact `share`, a decimal of which `places` are not declared"


def test_a_remedy_that_is_followed_helps() -> None:
    text = _SEVERAL.replace("average: {type: decimal,", "average: {type: decimal, places: 3,")
    assert not [one for one in uncovered(load_text(text)) if "average" in one.construct]


def test_a_rule_of_another_ruleset_is_told_where_it_is_built_on(tmp_path: Path) -> None:
    lender = plain("lender", "coded: {cites: '1', when: 'matches(code, \"a\")', because: Coded.}")
    borrower = plain("borrower", "on: {cites: '1', given: [oak/lender#coded], when: days > 3, because: Many.}")
    for name, text in (("lender", lender), ("borrower", borrower)):
        (tmp_path / "oak" / name).mkdir(parents=True)
        (tmp_path / "oak" / name / "ruleset.yaml").write_text(text, encoding="utf-8")
    (found,) = uncovered(load_ruleset(tmp_path / "oak" / "borrower" / "ruleset.yaml"))
    assert found.construct == "the function `matches`, on which `oak/lender#coded` rests"
    assert marked(borrower, found.line, found.column).startswith("oak/lender#coded]")


@pytest.mark.parametrize(("rules", "told"), [(62, 0), (63, 1)])
def test_more_rules_than_a_pattern_has_places(rules: int, told: int) -> None:
    text = plain("many", *(f'r{one}: {{cites: "1", when: days > {one}, because: More.}}' for one in range(rules)))
    found = uncovered(load_text(text))
    assert [(one.construct, one.line) for one in found] == [("more than 62 rules", 10)] * told


def test_no_ruleset_of_the_catalogue_has_any() -> None:
    neighbours = Neighbours(_CATALOGUE)
    found: list[str] = []
    files = sorted(_CATALOGUE.glob("*/*/ruleset.yaml"))
    for path in files:
        id_ = f"{path.parent.parent.name}/{path.parent.name}"
        checked, _ = neighbours.check(id_, path.read_text(encoding="utf-8"), str(path))
        assert checked is not None
        found += map(str, coverage_notes(checked, str(path)))
    assert files
    assert found == []


def test_a_ruleset_that_was_put_together_without_a_document_is_told_without_places() -> None:
    checked, _ = check_text(_SEVERAL, "ruleset.yaml")
    assert isinstance(checked, CheckedRuleset)
    assert {(one.line, one.column) for one in uncovered(replace(checked, places=NO_PLACES))} == {(1, 1)}


def test_checking_needs_neither_arrow_nor_duckdb() -> None:
    """Drafts are checked in child processes with little memory, which those libraries alone would fill."""
    asked = "import sys, engine.rosters.coverage; print(sorted({'pyarrow', 'duckdb', 'numpy'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
