"""Documents sent to do harm: each is refused with what is wrong with it, or checked within its limits."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.v1.problem_pb2 import SEVERITY_ERROR
from rollbook.v1.ruleset_service_pb2 import RulesetDocument, RunScenariosRequest, ValidateRulesetRequest
from tests.server.attacks.attacked import Attacked
from tests.server.attacks.documents import DOCUMENTS, RUNAWAY, SCENARIOS, with_rule
from tests.server.rosters.asking import CASES, ipc
from tests.server.running import MARKS

SCENARIO = """
ruleset: demo/marks
usual: {as_of: 2018-09-14}
scenarios:
  a: {cites: I.F, facts: {mark: {score: "1"}, student: {foster_youth: true}}, expect: {outcome: discretion}}
"""


def validate(attacked: Attacked, text: str) -> Any:
    request = ValidateRulesetRequest(document=RulesetDocument(ruleset_yaml=text))
    return attacked.rulesets.ValidateRuleset(request, timeout=60)


def run(attacked: Attacked, text: str, scenarios: str) -> Any:
    document = RulesetDocument(ruleset_yaml=text, scenarios_yaml=scenarios)
    return attacked.rulesets.RunScenarios(RunScenariosRequest(document=document), timeout=60)


def errors_in(reply: Any) -> set[str]:
    return {problem.code for problem in reply.problems if problem.severity == SEVERITY_ERROR}


@pytest.mark.parametrize("attack", DOCUMENTS)
def test_a_document_with_something_wrong(attacked: Attacked, attack: str) -> None:
    text, expected = DOCUMENTS[attack]
    reply = validate(attacked, text)
    assert errors_in(reply) & expected
    assert not reply.valid
    attacked.unharmed()


@pytest.mark.parametrize("attack", SCENARIOS)
def test_scenarios_with_something_wrong(attacked: Attacked, attack: str) -> None:
    reply = run(attacked, MARKS, SCENARIOS[attack])
    assert not reply.passed
    assert errors_in(reply) or reply.results[0].differences
    attacked.unharmed()


@pytest.mark.parametrize("attack", RUNAWAY)
def test_a_ruleset_whose_work_has_no_end(attacked: Attacked, attack: str) -> None:
    reply = run(attacked, RUNAWAY[attack], SCENARIO)
    # what an expression cannot work out within its limits is not known, or the case is refused
    assert not reply.passed
    assert errors_in(reply) or reply.results[0].differences
    attacked.unharmed()


def test_a_draft_that_takes_all_of_its_time(attacked: Attacked) -> None:
    """Text that is refused only late, many times at once: calls too many are refused, the others answered."""
    text = "\n".join(f"k{number}: 1" for number in range(45_000))
    request = ValidateRulesetRequest(document=RulesetDocument(ruleset_yaml=text))
    calls: list[Any] = [attacked.rulesets.ValidateRuleset.future(request, timeout=120) for _ in range(24)]
    for _ in range(20):
        attacked.answers()
    assert {attacked.refuses(call.result).reason for call in calls[-8:]} == {"OVERLOADED"}
    for call in calls:
        call.cancel()
    attacked.unharmed()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: " + "[" * 9_000 + "]" * 9_000,
        "a: &a [*a]\n",
        with_rule("(" * 9_000 + "1" + ")" * 9_000),
        "x" * 3_000_000,
    ],
    ids=["nothing", "deep", "alias", "deep expression", "large"],
)
def test_a_draft_that_is_to_be_compared(attacked: Attacked, text: str) -> None:
    compare: Any = attacked.compare(text, ipc(CASES))
    error = attacked.refuses(lambda: list(compare))
    assert error.reason in {"RULESET_INVALID", "REQUEST_INVALID", "TOO_LARGE"}
    attacked.unharmed()


def test_documents_that_are_too_large(attacked: Attacked) -> None:
    large = "#" * (3 * 1024 * 1024)
    for call in (lambda: validate(attacked, large), lambda: run(attacked, MARKS, large)):
        error = attacked.refuses(call)
        assert error.reason == "TOO_LARGE"
    attacked.unharmed()
