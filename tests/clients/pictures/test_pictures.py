"""Pictures of a comparison: what they say of each cell, in colours that can be read, without a fact of a case."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import pytest

from clients.pictures.colours import fill, ink
from clients.pictures.html import html_of
from clients.pictures.matrix import COLOURS, SIGNS, Cell, Kind, matrix_of, rules_text, share_text
from clients.pictures.png import png_of
from engine.rosters.changes import (
    REFUSED,
    Change,
    ComparedVersion,
    ComparisonResult,
    Reason,
    RuleDifference,
    Undecided,
)

OUTCOMES = ("deny", "review", "allow")
MATRIX = {
    ("deny", "deny"): 30,
    ("deny", "allow"): 10,
    ("allow", "review"): 5,
    ("allow", "allow"): 95,
    ("allow", "indeterminate"): 1,
    ("indeterminate", "allow"): 2,
    (REFUSED, REFUSED): 4,
}


def result(matrix: dict[tuple[str, str], int]) -> ComparisonResult:
    version = ComparedVersion("oak/<loans>", "a" * 64, OUTCOMES)
    reason = RuleDifference(began=("late",), ended=("fees", "young"))
    changes = tuple(
        Change(*pair, cases, (Reason(reason, cases),), 0, ()) for pair, cases in matrix.items() if pair[0] != pair[1]
    )
    nothing = Undecided()
    after = replace(version, version="b" * 64)
    return ComparisonResult(version, after, sum(matrix.values()), matrix, 0, changes, (), nothing, nothing, (), ())


def test_rows_are_before_and_columns_after() -> None:
    matrix = matrix_of(result(MATRIX), "2024-09-02")
    assert [label.name for label in matrix.rows] == ["deny", "review", "allow", "indeterminate", "refused"]
    assert [label.cases for label in matrix.rows] == [40, 0, 101, 2, 4]
    assert [label.cases for label in matrix.columns] == [30, 5, 107, 1, 4]
    assert matrix.subtitle == "18 of 147 cases (12.2 %) get another outcome, as of 2024-09-02"
    kinds = {
        (row.outcome, column.outcome): cell.kind
        for row, cells in zip(matrix.rows, matrix.cells, strict=True)
        for column, cell in zip(matrix.columns, cells, strict=True)
        if cell.cases
    }
    assert kinds == {
        ("deny", "deny"): Kind.SAME,
        ("deny", "allow"): Kind.WEAKER,
        ("allow", "review"): Kind.STRONGER,
        ("allow", "allow"): Kind.SAME,
        ("allow", "indeterminate"): Kind.LOST,
        ("indeterminate", "allow"): Kind.FOUND,
        (REFUSED, REFUSED): Kind.SAME,
    }
    assert matrix.cells[0][2].share == 10 / 40
    assert matrix.cells[0][2].weight == 1


def test_outcomes_that_no_case_has_are_left_out() -> None:
    matrix = matrix_of(result({("deny", "allow"): 1}), "2024-09-02")
    assert [label.name for label in matrix.rows] == ["deny", "allow"]
    assert [label.name for label in matrix.columns] == ["deny", "allow"]
    assert matrix.subtitle == "1 of 1 case (100 %) gets another outcome, as of 2024-09-02"


@pytest.mark.parametrize("matrix", [MATRIX, {("deny", "allow"): 1}, {}])
def test_every_picture_can_be_drawn(matrix: dict[tuple[str, str], int]) -> None:
    found = result(matrix)
    drawn = matrix_of(found, "2024-09-02")
    assert png_of(drawn).startswith(b"\x89PNG")
    assert png_of(drawn) == png_of(drawn)
    page = html_of(drawn, found)
    assert "oak/&lt;loans&gt;" in page
    assert not re.search(r"https?:|<script|<img|<link|@import|url\(", page)


def test_the_page_says_by_which_rules() -> None:
    found = result(MATRIX)
    page = html_of(matrix_of(found, "2024-09-02"), found)
    assert "<h3>deny → allow: 10</h3>" in page
    assert "10: late now holds; fees, young no longer hold" in page
    assert "<small>25.0 % of row</small>" in page


def test_text_on_every_cell_can_be_read() -> None:
    """A contrast of at least 4.5 to 1, as WCAG asks of small text."""
    for kind in Kind:
        for weight in range(11):
            background = fill(Cell(1, 0.5, kind, weight / 10))
            light, dark = sorted((luminance(background), luminance(ink(background))), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (kind, weight)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_nobody_depends_on_the_colours() -> None:
    assert len(set(SIGNS.values())) == len(Kind)
    assert all(COLOURS[one] != COLOURS[other] for one, other in combinations(Kind, 2))


def test_words() -> None:
    assert [share_text(*pair) for pair in ((0, 0), (0, 9), (1, 3), (1, 9999), (9998, 9999), (9, 9))] == [
        *("0 %", "0 %", "33.3 %", "< 0.1 %", "> 99.9 %", "100 %"),
    ]
    assert rules_text(RuleDifference(otherwise=("a",), applies=(True, None))) == (
        "the ruleset applies: yes before, not known after; a concludes otherwise"
    )
    assert rules_text(RuleDifference(), "allow", "indeterminate") == "facts are missing"
    assert rules_text(RuleDifference(), "allow", REFUSED) == "facts are not accepted"
    assert rules_text(RuleDifference(), "allow", "deny").startswith("the same rules hold")
