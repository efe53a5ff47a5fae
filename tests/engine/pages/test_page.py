"""What a page says of a ruleset, besides its expressions."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.pages.page import ruleset_page
from engine.rulesets.loading import load_ruleset

NOTICE = """
ruleset: district/notice
title: Notices
authority: {document: A policy, sections: {A: {pages: 4}, B: {pages: "SPED 37, 1"}}}
facts:
  student: {foster_youth: {type: boolean}, grade: {type: string, one_of: ["7", "8"]}}
  notice: {sent_on: {type: event, none: not sent yet}, copies: {type: integer}}
  parents: {list_of: {type: string}, means: Who is told?}
values:
  sent: {is: notice.sent_on != null, means: The notice is out}
  copied: {is: notice.copies > 0, means: "Is there a copy?"}
tables:
  copies_needed:
    cites: A
    means: How many copies go out
    hit: unique
    inputs: {grade: student.grade}
    outputs: {copies: integer}
    rows: |
      id    | grade | copies
      seven | 7     | 1
      eight | 8     | 2
outcomes: [wait, done]
default: {outcome: done, because: Nothing is open.}
rules:
  not-sent: {cites: B, when: not(sent), outcome: wait, because: "None of {notice.copies} copies is out."}
  foster: {cites: A, when: student.foster_youth, outcome: wait, because: In foster care.}
"""


@pytest.fixture
def page(tmp_path: Path) -> str:
    file = tmp_path / "district" / "notice" / "ruleset.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(NOTICE, encoding="utf-8")
    return ruleset_page(load_ruleset(file))


@pytest.mark.parametrize(
    "line",
    [
        "- *sent*: The notice is out. That is: *notice: sent on* is not none.",
        "- *copied*: Is there a copy? That is: *notice: copies* is more than 0.",
        "None of *notice: copies* copies is out.",
        "- When: *student: foster youth* is yes.",
        "- Source: A (page 4).",
        "- Source: B (SPED 37, 1).",
        "How many copies go out. In each case at most one row fits.",
        "| `student.foster_youth` |  | yes or no |",
        "| `student.grade` |  | “7” or “8” |",
        "| `notice.sent_on` |  | the day on which it happened; none: not sent yet |",
        "| `parents` | Who is told? | a list whose items are each text |",
    ],
)
def test_a_line_of_the_page(page: str, line: str) -> None:
    assert line in page.splitlines()
