"""DecisionService over loopback: one case, many cases, why; and what is refused."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct
from google.type.date_pb2 import Date

from engine.cases import decide_together
from rollbook.v1 import citation_pb2, explanation_pb2, missing_pb2, obligation_pb2
from rollbook.v1 import decision_pb2 as pb
from rollbook.v1.decision_service_pb2 import DecideBatchRequest, ExplainRequest
from server import decisions as decisions_module
from server.replies import ENGINE_VERSION
from tests.server.running import MARKS, NAME, Error, Folder, Running, refused, request

FEW: dict[str, Any] = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": False}}
ENOUGH = {"enrollment": {"instructional_days": 15}}
SEPTEMBER = Date(year=2018, month=9, day=14)


def test_a_decision_says_everything_it_rests_on(server: Running) -> None:
    decision = server.decide(FEW, of_case_case_id="case 7")
    version = server.server.catalogue.snapshot().get("demo/marks").loaded.checked.version
    assert uuid.UUID(decision.decision_id).version == 7
    cited = citation_pb2.Citation(document="Handbook", section="I.F", pages="3")
    assert decision == pb.Decision(
        decision_id=decision.decision_id,
        case_id="case 7",
        ruleset=NAME,
        mode=pb.MODE_TRY,
        as_of=SEPTEMBER,
        rules_as_of=SEPTEMBER,
        versions=pb.Versions(
            rulesets=[pb.RulesetVersion(ruleset=NAME, version=version, source=pb.RULESET_SOURCE_FOLDER)],
            engine=ENGINE_VERSION,
        ),
        state=pb.DECISION_STATE_DETERMINED,
        outcome="withhold",
        candidates=["withhold"],
        basis=pb.BASIS_RULES,
        because="Enrolled 3 days; 15 are needed.",
        citations=[cited],
        complete=True,
        rules=[
            pb.HeldRule(
                rule="too-few-days",
                outcome="withhold",
                because="Enrolled 3 days; 15 are needed.",
                citations=[cited],
                results_json='{"comment_code":"AG-14"}',
                obligations=[
                    obligation_pb2.Obligation(
                        action="send-notice",
                        text="Send the notice",
                        by="school",
                        to="parent",
                        force=obligation_pb2.FORCE_MUST,
                        due_on=SEPTEMBER,
                    )
                ],
            )
        ],
        results_json='{"comment_code":"AG-14"}',
    )


def test_the_default(server: Running) -> None:
    decision = server.decide(ENOUGH)
    assert (decision.outcome, decision.basis) == ("assign", pb.BASIS_DEFAULT)
    assert decision.because == "Nothing stands against it."
    assert decision.complete
    assert decision.results_json == "{}"


def test_what_is_missing_is_named_with_its_question(server: Running) -> None:
    decision = server.decide({"student": {"foster_youth": False}})
    assert (decision.state, decision.outcome) == (pb.DECISION_STATE_INDETERMINATE, "")
    assert list(decision.candidates) == ["withhold", "assign"]
    assert not decision.complete
    assert decision.missing.outcome[0] == missing_pb2.Cause(
        kind=missing_pb2.CAUSE_KIND_FACT,
        path="enrollment.instructional_days",
        question="How many days was the student enrolled?",
        text=decision.missing.outcome[0].text,
    )


def test_no_facts_at_all(server: Running) -> None:
    assert server.decide(None).state == pb.DECISION_STATE_INDETERMINATE


def test_facts_as_a_struct(server: Running) -> None:
    facts = Struct()
    facts.update(FEW)
    assert server.decide(None, of_case_facts_struct=facts).outcome == "withhold"


def test_the_date_of_the_rules_is_that_of_the_case_unless_said(server: Running) -> None:
    decision = server.decide(ENOUGH, rules_as_of=Date(year=2019, month=1, day=2))
    assert (decision.as_of, decision.rules_as_of) == (SEPTEMBER, Date(year=2019, month=1, day=2))


def test_several_rulesets_are_decided_together(folder: Folder, server: Running) -> None:
    folder.write("demo/other", MARKS.replace("demo/marks", "demo/other").replace("foster_youth", "in_care"))
    server.server.catalogue.read()
    facts = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": True, "in_care": False}}
    reply = server.decisions.Decide(request(facts, rulesets=(NAME, "rulesets/demo/other")), timeout=20)
    assert [decision.ruleset for decision in reply.decisions] == [NAME, "rulesets/demo/other"]
    assert [decision.outcome for decision in reply.decisions] == ["discretion", "withhold"]


def test_the_same_question_again_is_checked_again(server: Running, folder: Folder) -> None:
    assert server.decide(FEW, request_id="a-1").outcome == "withhold"
    assert refused(lambda: server.decide(FEW, request_id="a 1")).fields == ["request_id"]
    assert refused(lambda: server.decide(FEW, rules_as_of=Date())).fields == ["rules_as_of"]
    assert server.decide(FEW, as_of=(2018, 9, 15)).as_of.day == 15
    folder.write("demo/marks", MARKS.replace("2018-08-03: 15", "2018-08-03: 2"))
    server.server.catalogue.read()
    assert server.decide(FEW, request_id="a-1").outcome == "assign"


def batch(*facts: str) -> DecideBatchRequest:
    asked: DecideBatchRequest = request(kind=DecideBatchRequest)
    for number, text in enumerate(facts):
        asked.cases.add(case_id=f"c{number}", facts_json=text)
    return asked


def test_a_wrong_case_does_not_fail_its_neighbours(server: Running) -> None:
    reply = server.decisions.DecideBatch(
        batch(json.dumps(FEW), '{"enrollment": {"instructional_days": "3"}}', "no JSON", json.dumps(ENOUGH)), timeout=20
    )
    first, second, third, fourth = reply.results
    assert [result.decisions.decisions[0].outcome for result in (first, fourth)] == ["withhold", "assign"]
    assert [result.decisions.decisions[0].case_id for result in (first, fourth)] == ["c0", "c3"]
    wrong = Error(None, second.error)
    assert (wrong.reason, wrong.fields) == ("FACT_INVALID", ["facts.enrollment.instructional_days"])
    assert Error(None, third.error).reason == "FACT_INVALID"


def test_a_batch_has_1_to_500_cases(server: Running) -> None:
    reply = server.decisions.DecideBatch(batch(*["{}"] * 500), timeout=60)
    assert len(reply.results) == 500
    none = refused(lambda: server.decisions.DecideBatch(batch(), timeout=20))
    assert (none.reason, none.fields) == ("REQUEST_INVALID", ["cases"])
    many = refused(lambda: server.decisions.DecideBatch(batch(*["{}"] * 501), timeout=20))
    assert (many.reason, dict(many.info.metadata)["given"]) == ("TOO_LARGE", "501")


def test_a_batch_has_one_set_of_versions(server: Running, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    decide = decide_together

    def edited_meanwhile(*args: Any, **kwargs: Any) -> Any:
        folder.write("demo/marks", MARKS.replace("2018-08-03: 15", "2018-08-03: 2"))
        server.server.catalogue.read()
        return decide(*args, **kwargs)

    monkeypatch.setattr(decisions_module, "decide_together", edited_meanwhile)
    reply = server.decisions.DecideBatch(batch(*[json.dumps(FEW)] * 3), timeout=20)
    assert [result.decisions.decisions[0].outcome for result in reply.results] == ["withhold"] * 3
    monkeypatch.undo()
    assert server.decide(FEW).outcome == "assign"


def test_why_and_why_not(server: Running) -> None:
    asked = request({"enrollment": {"instructional_days": 3}}, kind=ExplainRequest, of_case_case_id="c")
    explanation = server.decisions.Explain(asked, timeout=20).explanations[0]
    assert explanation.decision.ruleset == NAME
    assert explanation.decision.case_id == "c"
    rules = {rule.rule: rule for rule in explanation.rules}
    few = rules["too-few-days"]
    assert few.status == explanation_pb2.RULE_STATUS_UNKNOWN
    assert few.premise.value == "true"
    assert {part.text: part.value for part in few.premise.parts} == {
        "enrollment.instructional_days": "3",
        "minimum_days": "15",
    }
    foster = rules["foster"].premise
    assert foster.state == explanation_pb2.PART_STATE_UNKNOWN
    assert [cause.path for cause in foster.causes] == ["student.foster_youth"]
    assert [citation.pages for citation in rules["foster"].citations] == ["3", "13-14"], (
        "IX.C stands on the pages of IX"
    )
    assert [(value.name, value.kind) for value in explanation.values] == [
        ("minimum_days", explanation_pb2.NAMED_VALUE_KIND_PARAMETER)
    ]


def test_explaining_together_checks_facts_as_deciding_does(folder: Folder, server: Running) -> None:
    folder.write("demo/other", MARKS.replace("demo/marks", "demo/other").replace("foster_youth", "in_care"))
    server.server.catalogue.read()
    names = (NAME, "rulesets/demo/other")
    facts = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": True, "in_care": False}}
    reply = server.decisions.Explain(request(facts, rulesets=names, kind=ExplainRequest), timeout=20)
    assert [explanation.decision.outcome for explanation in reply.explanations] == ["discretion", "withhold"]
    asked = request({"student": {"tall": True}}, rulesets=names, kind=ExplainRequest)
    assert refused(lambda: server.decisions.Explain(asked, timeout=20)).fields == ["facts.student.tall"]


def test_a_rule_of_another_ruleset_is_named_by_its_ruleset_and_its_id(folder: Folder, server: Running) -> None:
    slip = MARKS.replace("demo/marks", "demo/slip").partition("\nrules:")[0]
    slip += "\nrules:\n  slip: {given: ['demo/marks#too-few-days'], outcome: withhold, because: Too few days.}\n"
    folder.write("demo/slip", slip)
    server.server.catalogue.read()
    asked = request(FEW, rulesets=("rulesets/demo/slip",), kind=ExplainRequest)
    rule = server.decisions.Explain(asked, timeout=20).explanations[0].rules[0]
    held = explanation_pb2.RULE_STATUS_HOLDS
    assert list(rule.given) == [explanation_pb2.RuleReference(ruleset=NAME, rule="too-few-days", status=held)]
    assert not rule.HasField("premise")
    assert rule.text.startswith("It holds. demo/marks#too-few-days (Handbook: I.F) holds.")


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"as_of": None}, ["as_of"]),
        ({"as_of": (2018, 2, 30)}, ["as_of"]),
        ({"as_of": (2018, 9, 0)}, ["as_of"]),
        ({"rules_as_of": Date(year=2018)}, ["rules_as_of"]),
        ({"mode": pb.MODE_UNSPECIFIED}, ["mode"]),
        ({"rulesets": ()}, ["rulesets"]),
        ({"rulesets": ("demo/marks",)}, ["rulesets[0]"]),
        ({"rulesets": (NAME, NAME)}, ["rulesets[1]"]),
        ({"rulesets": (NAME, "rulesets/../etc", "x" * 100_000)}, ["rulesets[1]", "rulesets[2]"]),
        ({"request_id": "a b"}, ["request_id"]),
        ({"request_id": "x" * 65, "as_of": None}, ["as_of", "request_id"]),
        ({"of_case_case_id": "x" * 201}, ["case.case_id"]),
        ({"of_case_subject": "x" * 201}, ["case.subject"]),
    ],
)
def test_a_request_that_is_not_well_formed(server: Running, more: dict[str, Any], fields: list[str]) -> None:
    error = refused(lambda: server.decisions.Decide(request(ENOUGH, **more), timeout=20))
    assert (error.code, error.reason, error.retry) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID", None)
    assert error.fields == fields


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"mark": {"score": "9"}}, "facts.mark.score"),
        ({"mark": {"share": 1.234}}, "facts.mark.share"),
        ({"enrollment": {"instructional_days": -1}}, "facts.enrollment.instructional_days"),
        ({"enrollment": 3}, "facts.enrollment"),
        ({"enrolment": {}}, "facts.enrolment"),
        ({"notices": [{}, {"sent_on": "yesterday"}]}, "facts.notices[1].sent_on"),
        ("[]", "facts"),
        ("{", "facts"),
        ('{"a": NaN}', "facts"),
    ],
)
def test_a_fact_that_is_not_as_declared_is_named_without_its_value(
    server: Running, facts: dict[str, Any] | str, field: str
) -> None:
    error = refused(lambda: server.decide(facts))
    assert (error.code, error.reason, error.retry) == (grpc.StatusCode.INVALID_ARGUMENT, "FACT_INVALID", None)
    assert error.fields == [field]
    assert "yesterday" not in str(error.status)


def test_facts_nested_too_deeply(run: Callable[..., Running]) -> None:
    server = run(max_nesting=4)
    facts = Struct()
    facts.update({"a": {"b": {"c": {"d": {"e": 1}}}}})
    for deep in ({"of_case_facts_struct": facts}, {"facts": "[" * 100_000}, {"facts": '{"a":' * 5 + "1" + "}" * 5}):
        error = refused(lambda deep=deep: server.decide(**deep))  # type: ignore[misc]  # a bound default
        assert (error.reason, error.code) == ("TOO_LARGE", grpc.StatusCode.INVALID_ARGUMENT)
        assert dict(error.info.metadata)["limit"] == "nesting"
    assert server.decide(ENOUGH).outcome == "assign"


def test_a_list_that_is_too_long(server: Running) -> None:
    assert server.decide({**ENOUGH, "notices": [{}] * 10_000}).outcome == "assign"
    error = refused(lambda: server.decide({"notices": [{}] * 10_001}))
    assert (error.reason, error.fields) == ("FACT_INVALID", ["facts.notices"])
