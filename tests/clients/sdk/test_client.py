"""The client for programs with threads, against a real gRPC server on loopback."""

from datetime import date
from decimal import Decimal

import pytest

import rollbook
from rollbook import DeadlineStatus, Force, Mode
from rollbook.v1 import decision_pb2
from tests.clients.sdk.fake import FakeServer

AS_OF = date(2018, 11, 2)
FACTS = {"enrollment": {"instructional_days": 14}}


def test_decide_gives_a_typed_decision(client: rollbook.Client) -> None:
    decision = client.decide("lausd/grade-marking", FACTS, as_of=AS_OF, mode=Mode.TRY)

    assert decision.determined
    assert decision.outcome == "withhold"
    assert decision.as_of == AS_OF
    assert decision.version == "ab12"
    assert decision.results == {"comment_code": "AG-14", "share": Decimal("0.10")}
    assert [rule.rule for rule in decision.rules] == ["too-few-days"]
    assert decision.citations == (rollbook.Citation("LAUSD BUL-2332.7", "I.F", "3"),)
    (obligation,) = decision.obligations
    assert (obligation.action, obligation.force, obligation.due_on) == (
        "send-warning-notice",
        Force.MUST,
        date(2018, 11, 9),
    )
    assert decision.deadlines[0].status is DeadlineStatus.DUE_SOON
    assert decision.missing is not None
    assert decision.missing.details[0].path == "mark.score"


def test_decide_sends_what_the_caller_said(client: rollbook.Client, fake: FakeServer) -> None:
    case = rollbook.Case(FACTS, case_id="c", subject="s", school="k", calendar="westlake")
    client.decide(
        "lausd/grade-marking",
        case,
        as_of=AS_OF,
        mode=Mode.RECORD,
        rules_as_of=date(2018, 8, 3),
        absent_is_none=True,
        request_id="mine",
    )

    (request,) = fake.requests
    assert list(request.rulesets) == ["rulesets/lausd/grade-marking"]
    assert (request.as_of.year, request.as_of.month, request.as_of.day) == (2018, 11, 2)
    assert (request.rules_as_of.year, request.rules_as_of.month, request.rules_as_of.day) == (2018, 8, 3)
    assert request.absent_is_none
    assert request.request_id == "mine"
    assert request.mode == decision_pb2.MODE_RECORD
    assert request.case.facts_json == '{"enrollment":{"instructional_days":14}}'
    assert (request.case.case_id, request.case.subject, request.case.school) == ("c", "s", "k")
    assert request.case.calendar == "calendars/westlake"


def test_each_question_has_an_id_of_its_own(client: rollbook.Client, fake: FakeServer) -> None:
    for _ in range(2):
        client.decide("lausd/grade-marking", FACTS, as_of=AS_OF, mode=Mode.TRY)
    first, second = (request.request_id for request in fake.requests)
    assert first != second
    assert len(first) == 32


def test_several_rulesets_are_decided_together(client: rollbook.Client) -> None:
    decisions = client.decide_together(["lausd/a", "lausd/b"], FACTS, as_of=AS_OF, mode=Mode.TRY)
    assert [decision.ruleset for decision in decisions] == ["rulesets/lausd/a", "rulesets/lausd/b"]


def test_a_wrong_case_of_a_batch_does_not_fail_its_neighbours(client: rollbook.Client) -> None:
    first, second, third = client.decide_batch("lausd/a", [FACTS, {}, FACTS], as_of=AS_OF, mode=Mode.TRY)
    assert isinstance(first, tuple)
    assert isinstance(third, tuple)
    assert first[0].outcome == "withhold"
    assert isinstance(second, rollbook.FactError)
    assert second.violations == (rollbook.Violation("facts", "facts"),)


def test_explain(client: rollbook.Client) -> None:
    explanation = client.explain("lausd/a", FACTS, as_of=AS_OF)
    (rule,) = explanation.rules
    assert rule.status is rollbook.RuleStatus.EXCEPTION_NOT_NEEDED
    assert rule.premise is not None
    assert [(part.text, part.value) for part in rule.premise.parts] == [("days", "14")]
    assert explanation.applies is None


def test_list_rulesets_fetches_every_page(client: rollbook.Client, fake: FakeServer) -> None:
    assert [ruleset.name for ruleset in client.list_rulesets(page_size=2)] == [
        f"rulesets/lausd/r{number}" for number in range(5)
    ]
    assert [request.page_token for request in fake.requests] == ["", "2", "4"]


def test_get_ruleset(client: rollbook.Client, fake: FakeServer) -> None:
    ruleset = client.get_ruleset("lausd/grade-marking", as_of=AS_OF)
    assert ruleset.name == "rulesets/lausd/grade-marking"
    assert ruleset.facts_schema == {"type": "object"}
    assert ruleset.results_schema == {}
    assert ruleset.parameters[0].values[0].value == 15
    assert fake.requests[0].as_of.day == 2


def test_validate(client: rollbook.Client) -> None:
    validation = client.validate("ruleset: lausd/x")
    assert not validation.valid
    assert validation.ruleset is None
    (problem,) = validation.problems
    assert (problem.severity, problem.line, problem.column) == (rollbook.Severity.ERROR, 3, 7)


def test_run_scenarios(client: rollbook.Client, fake: FakeServer) -> None:
    assert client.run_scenarios("lausd/x").coverage[0].held_count == 2
    assert client.run_scenarios_of("ruleset: lausd/x", "scenarios: {}").passed
    assert [request.WhichOneof("target") for request in fake.requests] == ["name", "document"]


def test_calls_go_round_the_channels(client: rollbook.Client, fake: FakeServer) -> None:
    for _ in range(8):
        client.decide("lausd/a", FACTS, as_of=AS_OF, mode=Mode.TRY)
    assert len(set(fake.peers)) == 4
    assert fake.peers[:4] == fake.peers[4:]


def test_a_mode_must_be_said(client: rollbook.Client) -> None:
    with pytest.raises(TypeError, match="mode"):
        client.decide("lausd/a", FACTS, as_of=AS_OF)  # type: ignore[call-arg]  # it is what is refused
