"""Deadlines and tables of a ruleset, as the full view describes them."""

from __future__ import annotations

from engine.rulesets.loading import load_text
from rollbook.v1 import declarations_pb2 as pb
from rollbook.v1.citation_pb2 import Citation
from rollbook.v1.ruleset_pb2 import Ruleset
from server.descriptions import describe_checked

REPORTS = """
ruleset: demo/reports
title: Reports
authority: {document: Handbook, sections: {A: {pages: 1}, B: {}}}
facts:
  asked_on: {type: event}
  grade: {type: string, one_of: [K, "1", "2"], ordered: true}
  waived: {type: boolean}
  tests: {list_of: {from: {type: date}, until: {type: date}, agreed: {type: date, none: no day was agreed}}}
parameters: {report_days: {cites: A, from: {2019-01-01: 60}}}
reference:
  lines: {cites: B, columns: {line: string}, rows: "line\\nmath\\n\\"a | b\\""}
tables:
  copies:
    cites: A
    means: How many copies go out
    hit: first
    inputs: {of: grade}
    outputs: {number: integer}
    rows: |
      id    | of | number
      small | K  | 1
      rest  | -  | 2
deadlines:
  report:
    cites: A
    means: The report is written
    starts: asked_on
    length: report_days school days
    paused: {each: t in tests, from: t.from, until: t.until, cites: B}
    waived: waived
    soon: 3 calendar days
  test: {cites: B, each: t in tests, starts: t.from, due: t.agreed, length: 5 business days, met: t.until}
outcomes: [late, fine]
default: {outcome: fine, because: Nothing is late.}
rules:
  late: {cites: A, when: report.status = "overdue" and copies.number > 0, outcome: late, because: Late.}
"""


def described(*, full: bool = True) -> Ruleset:
    return describe_checked(load_text(REPORTS), REPORTS, full=full)


def test_deadlines_as_they_are_written() -> None:
    handbook_a, handbook_b = (
        Citation(document="Handbook", section="A", pages="1"),
        Citation(document="Handbook", section="B"),
    )
    pause = pb.Pause(each="t in tests", until="t.until", citations=[handbook_b])
    setattr(pause, "from", "t.from")
    assert list(described().deadlines) == [
        pb.DeclaredDeadline(
            name="report",
            means="The report is written",
            citations=[handbook_a],
            starts="asked_on",
            length=pb.DayCount(count="report_days", days=pb.DAY_KIND_SCHOOL),
            paused=pause,
            waived="waived",
            soon=pb.DayCount(count="3", days=pb.DAY_KIND_CALENDAR),
        ),
        pb.DeclaredDeadline(
            name="test",
            citations=[handbook_b],
            each="t in tests",
            starts="t.from",
            due="t.agreed",
            length=pb.DayCount(count="5", days=pb.DAY_KIND_BUSINESS),
            met="t.until",
        ),
    ]


def test_tables_then_fixed_lists() -> None:
    copies, lines = described().tables
    assert (copies.name, copies.means, copies.hit) == ("copies", "How many copies go out", pb.HIT_POLICY_FIRST)
    assert [(column.name, column.input, column.type) for column in copies.columns] == [
        ("id", "", ""),
        ("of", "grade", ""),
        ("number", "", "integer"),
    ]
    assert [list(row.cells) for row in copies.rows] == [["small", "K", "1"], ["rest", "-", "2"]]
    assert [cite.section for cite in copies.citations] == ["A"]
    assert (lines.name, lines.hit) == ("lines", pb.HIT_POLICY_LIST)
    assert [(column.name, column.type) for column in lines.columns] == [("line", "string")]
    assert [list(row.cells) for row in lines.rows] == [["math"], ['"a | b"']]


def test_a_list_of_rulesets_does_without_them() -> None:
    basic = described(full=False)
    assert not basic.deadlines
    assert not basic.tables
