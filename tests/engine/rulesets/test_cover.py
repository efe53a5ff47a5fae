"""Gaps and overlaps of decision tables are found, each with one concrete case."""

from __future__ import annotations

import pytest

from engine.rulesets.loading import check_text
from engine.rulesets.problems import Problem

DOCUMENT = """
ruleset: example/table
title: A table
facts:
  student: {{grade: {{type: string, one_of: [TK, K, "1"], ordered: true}}}}
  period: {{days: {{type: integer, at_least: 0, at_most: 20}}, ends_on: {{type: date}}, regular: {{type: boolean}}}}
  mark: {{average: {{type: decimal, places: 1, none: no average}}, area: {{type: string}}}}
tables:
  needed:
    cites: A
    hit: {hit}
    inputs: {{{inputs}}}
    outputs: {{least: integer}}
    rows: |
{rows}
outcomes: [some, many]
default: {{outcome: some, because: Default.}}
rules:
  many: {{cites: A, when: needed.least > 3, outcome: many, because: Many.}}
"""


ROWS_WITH_IDS = "      id   | days  | least\n      few  | <= 10 | 1\n      some | >= 10 | 2"


def found(inputs: str, *rows: str, hit: str = "unique") -> list[Problem]:
    header = " | ".join([*(part.partition(":")[0].strip() for part in inputs.split(",")), "least"])
    lines = [header, *(f"{row} | {place}" for place, row in enumerate(rows))]
    text = DOCUMENT.format(hit=hit, inputs=inputs, rows="\n".join(f"      {line}" for line in lines))
    return [one for one in check_text(text, "ruleset.yaml")[1] if one.code in {"gap", "overlap"}]


@pytest.mark.parametrize(
    ("inputs", "rows", "case"),
    [
        ("grade: student.grade", ("TK", '"1"'), "grade = K"),
        ("grade: student.grade, regular: period.regular", ("TK | -", ">= K | true"), "grade = K, regular = false"),
        ("days: period.days", ("< 10", "> 10"), "days = 10"),
        ("days: period.days", ("[1..20]",), "days = 0"),
        ("end: period.ends_on", ('< date("2018-11-09")',), "end = 2018-11-09"),
        ("average: mark.average", ("? != null and ? < 2.5", "? != null and ? >= 2.6"), "average = 2.5"),
        ("average: mark.average", ("? != null and ? < 2.5", "? != null and ? >= 2.5"), "average = none"),
        ("area: mark.area", ('"math"', '"ela"'), "area = (any other)"),
    ],
)
def test_a_case_that_no_row_covers(inputs: str, rows: tuple[str, ...], case: str) -> None:
    (problem,) = found(inputs, *rows)
    assert (problem.code, problem.severity) == ("gap", "warning")
    assert f"No row covers the case {case};" in problem.message


@pytest.mark.parametrize(
    ("inputs", "rows", "case"),
    [
        ("grade: student.grade", ("TK", "<= K", '"1"'), "Rows 1 and 2 both cover the case grade = TK."),
        ("days: period.days", ("<= 10", ">= 10"), "Rows 1 and 2 both cover the case days = 10."),
        (
            "grade: student.grade, days: period.days",
            ("TK | -", "- | < 5", ">= K | >= 5"),
            "Rows 1 and 2 both cover the case grade = TK, days = 0.",
        ),
    ],
)
def test_a_case_that_two_rows_cover(inputs: str, rows: tuple[str, ...], case: str) -> None:
    (problem,) = found(inputs, *rows)
    assert (problem.code, problem.severity) == ("overlap", "error")
    assert problem.message == case
    assert found(inputs, *rows, hit="first") == []


@pytest.mark.parametrize(
    ("inputs", "rows"),
    [
        ("grade: student.grade", ("TK", "K", '"1"')),
        ("grade: student.grade", ("not(TK)", "TK")),
        ("days: period.days", ("< 5", "[5..10]", "> 10")),
        ("days: period.days, regular: period.regular", ("- | true", "< 10 | false", ">= 10 | false")),
        ("average: mark.average", ("null", "? != null and ? < 2.5", "? != null and ? >= 2.5")),
        ("end: period.ends_on", ('< date("2018-11-09")', '>= @"2018-11-09"')),
    ],
)
def test_a_table_that_covers_every_case_once(inputs: str, rows: tuple[str, ...]) -> None:
    assert found(inputs, *rows) == []


def test_a_cell_that_looks_at_another_fact_is_not_judged() -> None:
    assert found("days: period.days", "< 5", "? > 5 and period.regular") == []


def test_rows_are_named_by_their_ids_where_they_have_them() -> None:
    text = DOCUMENT.format(hit="unique", inputs="days: period.days", rows=ROWS_WITH_IDS)
    messages = [one.message for one in check_text(text, "ruleset.yaml")[1] if one.code == "overlap"]
    assert messages == ["Rows `few` and `some` both cover the case days = 10."]
    nameless = text.replace("some |", "-    |")
    messages = [one.message for one in check_text(nameless, "ruleset.yaml")[1] if one.code == "overlap"]
    assert messages == ["Rows 1 and 2 both cover the case days = 10."]
