"""Names, ids and tokens that mean something to a file system, a database, a terminal or a log are names here."""

from __future__ import annotations

from typing import Any, Final

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from rollbook.v1 import decision_log_service_pb2 as log_pb
from rollbook.v1 import decision_pb2
from rollbook.v1 import ruleset_service_pb2 as ruleset_pb
from tests.server.attacks.attacked import Attacked
from tests.server.rosters import asking
from tests.server.running import FACTS, NAME, request

NAMES: Final[dict[str, str]] = {
    "nothing": "",
    "a path upwards": "rulesets/../../etc/passwd",
    "a path upwards within": "rulesets/demo/../../../etc/passwd",
    "a path from the root": "/etc/passwd",
    "a path, encoded": "rulesets/%2e%2e/%2e%2e",
    "a path of another system": "rulesets\\demo\\marks",
    "a character of code 0": "rulesets/demo/marks\0.yaml",
    "a line end": "rulesets/demo/marks\n",
    "a forged line of a log": 'rulesets/x/y\r\n{"event": "stopped"}',
    "a terminal's command": "rulesets/demo/\x1b[2Jmarks",
    "another script": "rulesets/dem\u043e/marks",
    "written backwards": "rulesets/demo/\u202eskram",
    "a letter and its accent": "rulesets/demo/ma\u0301rks",
    "digits of another script": "rulesets/demo/marks\u0661",
    "capitals": "rulesets/DEMO/MARKS",
    "SQL": "rulesets/demo/marks' OR '1'='1",
    "a pattern of SQL": "rulesets/demo/%",
    "a pattern of files": "rulesets/*/*",
    "a pattern of texts": "rulesets/(a+)+$",
    "a version that is none": f"{NAME}/versions/../../x",
    "a version that is too long": f"{NAME}/versions/" + "0" * 65,
    "very long": "rulesets/demo/" + "a" * 1_000_000,
    "many parts": "rulesets" + "/a" * 200_000,
    "many hyphens": "rulesets/demo/" + "a-" * 300 + "!",
}
IDS: Final = [name for name in NAMES.values() if name]
REFUSED: Final = {"REQUEST_INVALID", "UNKNOWN_RULESET", "UNKNOWN_CALENDAR", "UNKNOWN_VERSION", "TOO_LARGE"}


@pytest.mark.parametrize("attack", NAMES)
def test_the_name_of_a_ruleset(attacked: Attacked, attack: str) -> None:
    name = NAMES[attack]
    calls: Any = (
        lambda: attacked.decisions.Decide(request(FACTS, rulesets=(name,)), timeout=20),
        lambda: attacked.decisions.Decide(request(FACTS, rulesets=(name,), mode=decision_pb2.MODE_RECORD), timeout=20),
        lambda: attacked.rulesets.GetRuleset(ruleset_pb.GetRulesetRequest(name=name), timeout=20),
        lambda: attacked.rulesets.RunScenarios(ruleset_pb.RunScenariosRequest(name=name), timeout=20),
        lambda: asking.decide(attacked, asking.header(ruleset=name)),
    )
    for call in calls:
        assert attacked.refuses(call, *(() if len(name) < 5 else (name,))).reason in REFUSED
    wanted = log_pb.DecisionFilter(ruleset=name)
    if name:
        asked = log_pb.ListDecisionsRequest(filter=wanted)
        assert attacked.refuses(lambda: attacked.log.ListDecisions(asked, timeout=20)).reason in REFUSED
    attacked.unharmed()


@pytest.mark.parametrize("attack", [attack for attack in NAMES if attack != "nothing"])
def test_other_ids(attacked: Attacked, attack: str) -> None:
    id_ = NAMES[attack]
    calls: Any = (
        lambda: attacked.decisions.Decide(request(FACTS, of_case_calendar=id_), timeout=20),
        lambda: attacked.decisions.Decide(request(FACTS, request_id=id_), timeout=20),
        lambda: attacked.log.GetDecision(log_pb.GetDecisionRequest(decision_id=id_), timeout=20),
        lambda: attacked.log.ReplayDecision(log_pb.ReplayDecisionRequest(decision_id=id_), timeout=20),
        lambda: list(attacked.log.ExportDecisions(log_pb.ExportDecisionsRequest(after=id_), timeout=20)),
        lambda: attacked.log.ListDecisions(log_pb.ListDecisionsRequest(page_token=id_), timeout=20),
        lambda: asking.decide(attacked, asking.header(run_id=id_)),
        lambda: asking.decide(attacked, asking.header(calendar=id_)),
    )
    for call in calls:
        assert attacked.refuses(call, id_).reason in REFUSED
    attacked.unharmed()


@pytest.mark.parametrize("token", ["\u00e9", "_w", "====", "a" * 100_000, "AAAA", "JSUl", "Jw=="])
def test_tokens_of_pages(attacked: Attacked, token: str) -> None:
    listed = log_pb.ListDecisionsRequest(page_token=token)
    assert attacked.refuses(lambda: attacked.log.ListDecisions(listed, timeout=20)).reason == "REQUEST_INVALID"
    if token not in {"AAAA", "JSUl", "Jw==", "a" * 100_000}:  # these are the ids of some place in the list
        rulesets = ruleset_pb.ListRulesetsRequest(page_token=token)
        error = attacked.refuses(lambda: attacked.rulesets.ListRulesets(rulesets, timeout=20))
        assert error.reason == "REQUEST_INVALID"
    attacked.unharmed()


@pytest.mark.parametrize("text", ["%", "_", "' OR '1'='1", "'; DROP TABLE decisions; --", "\\", "s-%", "S-1"])
def test_what_is_looked_for_is_no_pattern(attacked: Attacked, text: str) -> None:
    attacked.decide(FACTS, mode=decision_pb2.MODE_RECORD, of_case_subject="s-1")
    for field in ("subject", "outcome", "caller"):
        wanted = log_pb.DecisionFilter()
        setattr(wanted, field, text)
        assert not attacked.log.ListDecisions(log_pb.ListDecisionsRequest(filter=wanted), timeout=20).decisions
        assert not list(attacked.log.ExportDecisions(log_pb.ExportDecisionsRequest(filter=wanted), timeout=20))
    attacked.unharmed()


@pytest.mark.parametrize("subject", [id_ for id_ in IDS if len(id_) <= 200 and "\0" not in id_])
def test_whoever_is_called_so_is_found_again(attacked: Attacked, subject: str) -> None:
    made = attacked.decide(
        FACTS, mode=decision_pb2.MODE_RECORD, of_case_subject=subject, of_case_case_id=subject, of_case_school=subject
    )
    wanted = log_pb.DecisionFilter(subject=subject)
    found = attacked.log.ListDecisions(log_pb.ListDecisionsRequest(filter=wanted), timeout=20).decisions
    assert [one.decision.decision_id for one in found] == [made.decision_id]
    assert (found[0].subject, found[0].school, found[0].decision.case_id) == (subject, subject, subject)


@pytest.mark.parametrize("at", [Timestamp(seconds=2**62), Timestamp(seconds=-(2**62)), Timestamp(nanos=-(2**31))])
def test_times_that_are_none(attacked: Attacked, at: Timestamp) -> None:
    for field in ("decided_from", "decided_before"):
        wanted = log_pb.DecisionFilter()
        getattr(wanted, field).CopyFrom(at)
        attacked.log.ListDecisions(log_pb.ListDecisionsRequest(filter=wanted), timeout=20)
    attacked.unharmed()
