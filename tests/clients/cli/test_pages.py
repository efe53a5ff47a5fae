"""What a decision may hold that the rulesets of these tests do not bring about."""

from __future__ import annotations

import io

from google.protobuf import text_format
from rich.console import Console

from clients.cli.pages.decision import show_decision
from rollbook import Decision
from rollbook.conversion import convert
from rollbook.v1 import decision_pb2
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
