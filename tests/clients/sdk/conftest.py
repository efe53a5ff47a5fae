"""A decision as a server sends it, a server that sends it, and a client of that server."""

from collections.abc import Iterator

import pytest
from google.protobuf import text_format

import rollbook
from rollbook.v1 import decision_pb2
from tests.clients.sdk.fake import FakeServer, serving

DECISION = """
decision_id: "0192f0c1-0000-7000-8000-000000000001"
case_id: "case-7"
ruleset: "rulesets/lausd/grade-marking"
mode: MODE_TRY
as_of { year: 2018 month: 11 day: 2 }
rules_as_of { year: 2018 month: 11 day: 2 }
versions {
  rulesets { ruleset: "rulesets/lausd/grade-marking" version: "ab12" source: RULESET_SOURCE_FOLDER }
  engine: "0.1.0"
}
state: DECISION_STATE_DETERMINED
outcome: "withhold"
candidates: "withhold"
basis: BASIS_RULES
because: "Enrolled 14 instructional days; 15 are needed."
citations { document: "LAUSD BUL-2332.7" section: "I.F" pages: "3" }
missing { details { kind: CAUSE_KIND_FACT path: "mark.score" question: "Which mark?" text: "The mark is not known." } }
rules {
  rule: "too-few-days"
  outcome: "withhold"
  because: "Enrolled 14 instructional days; 15 are needed."
  citations { document: "LAUSD BUL-2332.7" section: "I.F" pages: "3" }
  results_json: "{\\"comment_code\\": \\"AG-14\\", \\"share\\": 0.10}"
  obligations {
    action: "send-warning-notice" text: "Send the warning notice" by: "school" to: "parent"
    force: FORCE_MUST due_on { year: 2018 month: 11 day: 9 }
  }
}
results_json: "{\\"comment_code\\": \\"AG-14\\", \\"share\\": 0.10}"
deadlines { name: "notice" status: DEADLINE_STATUS_DUE_SOON due_on { year: 2018 month: 11 day: 9 } }
"""


def example() -> decision_pb2.Decision:
    """The decision above."""
    return text_format.Parse(DECISION, decision_pb2.Decision())


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    server = FakeServer(example())
    with serving(server):
        yield server


@pytest.fixture
def client(fake: FakeServer) -> Iterator[rollbook.Client]:
    with rollbook.Client(fake.address) as made:
        yield made
