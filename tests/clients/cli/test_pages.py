"""What a decision may hold that the rulesets of these tests do not bring about."""

from __future__ import annotations

import io

from google.protobuf import text_format
from rich.console import Console

from clients.cli.pages.decision import show_decision
from clients.cli.pages.rulesets import show_ruleset
from rollbook import Decision, Ruleset
from rollbook.conversion import convert
from rollbook.v1 import decision_pb2, ruleset_pb2
from tests.clients.cli.conftest import Golden

DECISION = """
ruleset: "rulesets/oak/evaluations" mode: MODE_TRY
as_of { year: 2019 month: 10 day: 1 } rules_as_of { year: 2019 month: 10 day: 1 }
state: DECISION_STATE_DETERMINED outcome: "evaluate" candidates: "evaluate" basis: BASIS_DEFAULT
rules {
  rule: "consent-given" because: "The parent agreed."
  obligations { action: "write-report" text: "Write the report" by: "school" force: FORCE_MUST due_unknown: true }
  obligations { action: "tell-teacher" text: "Tell the teacher" force: FORCE_MAY }
}
deadlines {
  name: "report" status: DEADLINE_STATUS_DUE_SOON
  starts_on { year: 2019 month: 7 day: 1 } due_on { year: 2019 month: 10 day: 4 }
}
deadlines {
  name: "meeting" element: "meetings[1]" status: DEADLINE_STATUS_MET_LATE
  starts_on { year: 2019 month: 7 day: 1 } due_on { year: 2019 month: 8 day: 30 } met_on { year: 2019 month: 9 day: 2 }
}
deadlines { name: "notice" status: DEADLINE_STATUS_UNKNOWN }
missing {
  details { kind: CAUSE_KIND_CALENDAR_DATE path: "westlake" text: "the calendar westlake on 2019-10-04" }
}
"""

RULESET = """
name: "rulesets/oak/evaluations" title: "Evaluations" question: "Is the report late?" state: RULESET_STATE_SERVING
deadlines {
  name: "report" means: "The report is written" citations { document: "Handbook" section: "TEC 29" pages: "SPED 15, 1" }
  starts: "if full\\n  then consent.given_on else null" length { count: "report_days" days: DAY_KIND_CALENDAR }
  paused { each: "t in tests" from: "t.needed_on" until: "t.met_on" }
  due: "agreed_on" waived: "child.moved" met: "report.done_on" soon { count: "10" days: DAY_KIND_SCHOOL }
}
deadlines {
  name: "test" each: "t in tests" starts: "t.asked_on" due: "t.agreed_on" citations { section: "B" pages: "2" }
}
tables {
  name: "copies" means: "How many copies go out" hit: HIT_POLICY_FIRST citations { section: "A" }
  columns { name: "id" } columns { name: "of" input: "student.grade" } columns { name: "number" type: "integer" }
  rows { cells: "small" cells: "K" cells: "1" } rows { cells: "rest" cells: "-" cells: "[2]" }
}
tables { name: "lines" hit: HIT_POLICY_LIST columns { name: "line" type: "string" } rows { cells: "math" } }
"""


def test_the_deadlines_and_tables_of_a_ruleset(golden: Golden) -> None:
    ruleset = convert(Ruleset, text_format.Parse(RULESET, ruleset_pb2.Ruleset()))
    page = io.StringIO()
    show_ruleset(Console(file=page, width=100), ruleset)
    golden("show-deadlines.txt", page.getvalue())


def test_deadlines_and_due_dates_that_are_not_known(golden: Golden) -> None:
    decision = convert(Decision, text_format.Parse(DECISION, decision_pb2.Decision()))
    page = io.StringIO()
    show_decision(Console(file=page, width=100, highlight=False, markup=False), decision)
    golden("decision-deadlines.txt", page.getvalue())


def test_an_indeterminate_decision_without_candidates(golden: Golden) -> None:
    message = text_format.Parse(
        'ruleset: "rulesets/oak/evaluations" as_of { year: 2019 month: 10 day: 1 } '
        "rules_as_of { year: 2019 month: 10 day: 1 } state: DECISION_STATE_INDETERMINATE may_have_no_outcome: true",
        decision_pb2.Decision(),
    )
    page = io.StringIO()
    show_decision(Console(file=page, width=100), convert(Decision, message))
    golden("decision-no-outcome.txt", page.getvalue())
