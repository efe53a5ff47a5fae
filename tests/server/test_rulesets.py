"""RulesetService over loopback: what there is, what it asks and answers, and whether a new document is right."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import grpc
import pytest
from google.type.date_pb2 import Date
from jsonschema import Draft202012Validator

from rollbook.v1 import decision_pb2, declarations_pb2, obligation_pb2, problem_pb2
from rollbook.v1 import ruleset_pb2 as pb
from rollbook.v1.ruleset_service_pb2 import (
    GetRulesetRequest,
    ListRulesetsRequest,
    RulesetDocument,
    RunScenariosRequest,
    ValidateRulesetRequest,
)
from tests.server.running import MARKS, NAME, Folder, Running, refused

SCENARIOS = """
ruleset: demo/marks
usual: {as_of: 2018-09-14, facts: {student: {foster_youth: false}}}
scenarios:
  few: {cites: I.F, facts: {enrollment: {instructional_days: 14}}, expect: {outcome: withhold, holds: [too-few-days]}}
  enough: {cites: I.F, facts: {enrollment: {instructional_days: 15}}, expect: {outcome: assign, holds_only: []}}
"""


def get(server: Running, **asked: Any) -> pb.Ruleset:
    return server.rulesets.GetRuleset(GetRulesetRequest(**{"name": NAME} | asked), timeout=20)


def test_pages_of_rulesets(folder: Folder, server: Running) -> None:
    names = [f"demo/marks-{number}" for number in range(5)]
    for name in names:
        folder.write(name, MARKS.replace("demo/marks", name))
    server.server.catalogue.read()
    found: list[list[str]] = []
    token = ""
    while not found or token:
        reply = server.rulesets.ListRulesets(ListRulesetsRequest(page_size=2, page_token=token), timeout=20)
        found.append([ruleset.name for ruleset in reply.rulesets])
        token = reply.next_page_token
    assert found == [
        ["rulesets/demo/marks", "rulesets/demo/marks-0"],
        ["rulesets/demo/marks-1", "rulesets/demo/marks-2"],
        ["rulesets/demo/marks-3", "rulesets/demo/marks-4"],
    ]


@pytest.mark.parametrize("asked", [{"page_size": -1}, {"page_token": "?"}, {"page_token": "_w"}])
def test_a_page_that_cannot_be(server: Running, asked: dict[str, Any]) -> None:
    error = refused(lambda: server.rulesets.ListRulesets(ListRulesetsRequest(**asked), timeout=20))
    assert (error.reason, error.fields) == ("REQUEST_INVALID", list(asked))


def test_the_basic_view_is_what_a_list_needs(server: Running) -> None:
    basic = server.rulesets.ListRulesets(ListRulesetsRequest(), timeout=20).rulesets[0]
    assert (basic.title, basic.question) == ("Marks", "May this mark go on the report?")
    assert basic.state == pb.RULESET_STATE_SERVING
    assert basic.source == decision_pb2.RULESET_SOURCE_FOLDER
    assert basic.authority == pb.Authority(document="Handbook", issued_on=Date(year=2018, month=8, day=3))
    assert basic.effective_from == Date(year=2018, month=8, day=3)
    assert not basic.HasField("effective_until")
    assert [(outcome.outcome, outcome.is_default) for outcome in basic.outcomes] == [
        ("withhold", False),
        ("discretion", False),
        ("assign", True),
    ]
    assert list(basic.case_grain) == ["student", "marking area"]
    assert basic.source_yaml == basic.facts_schema == ""
    assert [(problem.code, problem.severity) for problem in basic.problems] == [
        ("unused-fact", problem_pb2.SEVERITY_WARNING)
    ] * 3


def test_a_client_can_be_generated_from_the_full_view(server: Running) -> None:
    full = get(server)
    assert full.source_yaml == MARKS
    assert sha256(full.canonical_json.encode()).hexdigest() == full.version
    facts = Draft202012Validator(json.loads(full.facts_schema))
    assert facts.is_valid({"mark": {"score": "1", "share": "2.50"}, "notices": [{"sent_on": "2018-09-01"}]})
    assert not facts.is_valid({"mark": {"score": "4"}})
    assert not facts.is_valid({"marks": {}})
    assert Draft202012Validator(json.loads(full.results_schema)).is_valid({"comment_code": "AG-14"})
    assert [(fact.path, fact.type, fact.is_list) for fact in full.facts] == [
        ("enrollment", declarations_pb2.FACT_TYPE_GROUP, False),
        ("enrollment.instructional_days", declarations_pb2.FACT_TYPE_INTEGER, False),
        ("student", declarations_pb2.FACT_TYPE_GROUP, False),
        ("student.foster_youth", declarations_pb2.FACT_TYPE_BOOLEAN, False),
        ("mark", declarations_pb2.FACT_TYPE_GROUP, False),
        ("mark.score", declarations_pb2.FACT_TYPE_STRING, False),
        ("mark.share", declarations_pb2.FACT_TYPE_DECIMAL, False),
        ("notices", declarations_pb2.FACT_TYPE_GROUP, True),
        ("notices[].area", declarations_pb2.FACT_TYPE_STRING, False),
        ("notices[].sent_on", declarations_pb2.FACT_TYPE_EVENT, False),
    ]
    assert [fact.means for fact in full.facts if fact.means] == ["How many days was the student enrolled?"]
    assert [list(fact.choices) for fact in full.facts if fact.choices] == [["1", "2", "3"]]
    minimum = full.parameters[0]
    assert (minimum.name, minimum.means, minimum.values[0].value_json) == ("minimum_days", "Days needed", "15")
    assert getattr(minimum.values[0], "from") == Date(year=2018, month=8, day=3)
    assert [(rule.rule, rule.when, list(rule.exception_to)) for rule in full.rules] == [
        ("too-few-days", "enrollment.instructional_days < minimum_days", []),
        ("foster", "student.foster_youth", ["too-few-days"]),
    ]
    assert full.rules[0].because == "Enrolled {enrollment.instructional_days} days; {minimum_days} are needed."
    assert (full.actions[0].action, full.actions[0].force) == ("send-notice", obligation_pb2.FORCE_MUST)


def test_a_ruleset_by_name_date_and_version(server: Running) -> None:
    version = get(server).version
    assert get(server, as_of=Date(year=2019, month=1, day=1)).version == version
    assert get(server, name=f"{NAME}/versions/{version}", view=pb.RULESET_VIEW_BASIC).version == version
    early = refused(lambda: get(server, as_of=Date(year=2018, month=8, day=2)))
    assert (early.reason, dict(early.info.metadata)) == ("NOT_IN_FORCE", {"ruleset": NAME, "date": "2018-08-02"})
    other = refused(lambda: get(server, name=f"{NAME}/versions/{'0' * 64}"))
    assert (other.code, other.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_VERSION")
    unknown = refused(lambda: get(server, name="rulesets/demo/none"))
    assert (unknown.code, unknown.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_RULESET")
    for name in ("demo/marks", f"{NAME}/versions/1", "rulesets/demo/../marks", ""):
        assert refused(lambda name=name: get(server, name=name)).reason == "REQUEST_INVALID"  # type: ignore[misc]  # a bound default


def validated(server: Running, ruleset: str, scenarios: str = "") -> Any:
    document = RulesetDocument(ruleset_yaml=ruleset, scenarios_yaml=scenarios)
    return server.rulesets.ValidateRuleset(ValidateRulesetRequest(document=document), timeout=60)


def test_a_good_document_is_described_as_it_would_be_served(server: Running) -> None:
    reply = validated(server, MARKS, SCENARIOS)
    assert reply.valid
    served = get(server)
    del served.problems[:]
    assert reply.ruleset == served


def test_what_is_wrong_with_a_document_is_said_by_place(server: Running) -> None:
    reply = validated(server, MARKS.replace("student.foster_youth\n", "student.foster_yuth\n"))
    assert not reply.valid
    assert not reply.HasField("ruleset")
    problem = next(problem for problem in reply.problems if problem.severity == problem_pb2.SEVERITY_ERROR)
    line = MARKS.splitlines().index("    when: student.foster_youth") + 1
    assert (problem.file, problem.line, problem.column, problem.path, problem.code) == (
        "ruleset.yaml", line, 11, "rules.foster.when", "unknown-entry"
    )  # fmt: skip
    assert "foster_youth" in problem.message + problem.remedy


def test_what_no_query_can_say_is_a_note_on_a_valid_document(server: Running) -> None:
    reply = validated(server, MARKS.replace("when: student.foster_youth", "when: student.foster_youth and sqrt(4) > 1"))
    assert reply.valid
    (note,) = (problem for problem in reply.problems if problem.severity == problem_pb2.SEVERITY_NOTE)
    assert (note.code, note.path) == ("case-by-case", "rules.foster.when")
    assert note.column == len("    when: student.foster_youth and ") + 1


def test_scenarios_are_checked_with_the_ruleset(server: Running) -> None:
    reply = validated(server, MARKS, SCENARIOS.replace("outcome: assign", "outcome: asign"))
    assert not reply.valid
    assert {problem.file for problem in reply.problems if problem.severity == problem_pb2.SEVERITY_ERROR} == {
        "scenarios.yaml"
    }


@pytest.mark.parametrize("text", ["", "[", "\x00", "a: &a [*a, *a]", "just words", "ruleset: 7"])
def test_text_that_is_no_ruleset(server: Running, text: str) -> None:
    reply = validated(server, text)
    assert not reply.valid
    assert reply.problems


def ran(server: Running, **target: Any) -> Any:
    return server.rulesets.RunScenarios(RunScenariosRequest(**target), timeout=60)


def test_scenarios_of_a_served_ruleset(folder: Folder, server: Running) -> None:
    folder.write("demo/marks", MARKS, SCENARIOS)
    server.server.catalogue.read()
    reply = ran(server, name=NAME)
    assert reply.passed
    assert [(result.scenario, result.passed, result.cites, result.line) for result in reply.results] == [
        ("few", True, "I.F", 5),
        ("enough", True, "I.F", 6),
    ]
    assert [(rule.rule, rule.held_count, rule.not_held_count) for rule in reply.coverage] == [
        ("too-few-days", 1, 1),
        ("foster", 0, 2),
    ]


def test_a_scenario_that_comes_out_otherwise(server: Running) -> None:
    scenarios = SCENARIOS.replace("instructional_days: 15", "instructional_days: 14")
    reply = ran(server, document=RulesetDocument(ruleset_yaml=MARKS, scenarios_yaml=scenarios))
    assert not reply.passed
    assert [result.passed for result in reply.results] == [True, False]
    differences = reply.results[1].differences
    assert {difference.evaluator for difference in differences} == {"case-engine", "reference"}
    assert "outcome" in {difference.what for difference in differences}


def test_a_document_with_errors_has_no_results(server: Running) -> None:
    reply = ran(server, document=RulesetDocument(ruleset_yaml="ruleset: 7", scenarios_yaml=SCENARIOS))
    assert not reply.passed
    assert reply.problems
    assert not reply.results


def test_scenarios_of_nothing(server: Running) -> None:
    assert refused(lambda: ran(server)).fields == ["target"]
    assert refused(lambda: ran(server, name="rulesets/demo/none")).reason == "UNKNOWN_RULESET"
    assert refused(lambda: ran(server, name=f"{NAME}/versions/{'0' * 64}")).reason == "UNKNOWN_VERSION"


def test_a_document_that_is_too_large(server: Running) -> None:
    error = refused(lambda: validated(server, "#" * 1_100_000))
    assert (error.reason, error.fields) == ("TOO_LARGE", ["document.ruleset_yaml"])
