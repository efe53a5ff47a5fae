"""DecisionLogService over loopback: decisions are found again, and made again; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import delete, update

from rollbook.v1 import decision_log_service_pb2 as pb
from rollbook.v1 import decision_pb2
from server.callers import ANYONE
from server.identity.identify import Anyone
from server.store import Database
from server.store.tables import decisions, versions
from tests.server.running import MARKS, NAME, Error, Folder, Running, error_of
from tests.server.test_calendars import LATE, OAK, SENT

FEW: dict[str, Any] = {"student": {"foster_youth": False}, "enrollment": {"instructional_days": 3}}
OTHER = "rulesets/demo/other"
BUILDING = MARKS.replace("demo/marks", "demo/report").replace(
    "when: student.foster_youth", 'given: ["demo/marks#foster"]\n    when: "true"'
)


@pytest.fixture
def logging(folder: Folder, url: str) -> Iterator[Running]:
    folder.write("demo/other", MARKS.replace("demo/marks", "demo/other"))
    with Running(folder.path, database_url=url) as running:
        yield running


def record(server: Running, facts: Any = None, **more: Any) -> decision_pb2.Decision:
    return server.decide(FEW if facts is None else facts, mode=decision_pb2.MODE_RECORD, **more)


def refused(call: Callable[[], Any]) -> Error:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return error_of(caught.value)


def listed(server: Running, size: int = 0, token: str = "", **wanted: Any) -> pb.ListDecisionsResponse:
    asked = pb.ListDecisionsRequest(filter=pb.DecisionFilter(**wanted), page_size=size, page_token=token)
    return server.log.ListDecisions(asked, timeout=20)


def ids(server: Running, **wanted: Any) -> list[str]:
    return [one.decision.decision_id for one in listed(server, **wanted).decisions]


def replay(server: Running, decision: decision_pb2.Decision) -> pb.ReplayDecisionResponse:
    return server.log.ReplayDecision(pb.ReplayDecisionRequest(decision_id=decision.decision_id), timeout=60)


def test_a_decision_is_got_with_all_that_it_was_made_from(logging: Running) -> None:
    decision = record(logging, of_case_subject="s-1", of_case_school="oak", request_id="r-1")
    asked = pb.GetDecisionRequest(decision_id=decision.decision_id)
    found = logging.log.GetDecision(asked, timeout=20).decision
    assert found.decision == decision
    assert (found.tenant, found.caller, found.request_id) == ("default", "anonymous", "r-1")
    assert (found.subject, found.school, json.loads(found.facts_json)) == ("s-1", "oak", FEW)
    assert abs(found.decided_at.ToMilliseconds() - int(decision.decision_id.replace("-", "")[:12], 16)) == 0


@pytest.mark.parametrize("id_", ["", "x", "00000000-0000-7000-8000-00000000000G", "' or 1=1 --"])
def test_what_is_no_id_is_refused(logging: Running, id_: str) -> None:
    error = refused(lambda: logging.log.GetDecision(pb.GetDecisionRequest(decision_id=id_), timeout=20))
    assert (error.reason, error.fields) == ("REQUEST_INVALID", ["decision_id"])


def test_a_decision_that_is_not_there(logging: Running) -> None:
    asked = pb.GetDecisionRequest(decision_id="00000000-0000-7000-8000-000000000000")
    error = refused(lambda: logging.log.GetDecision(asked, timeout=20))
    assert (error.code, error.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_DECISION")


def test_lists_are_of_what_is_asked_for(logging: Running) -> None:
    first = record(logging, of_case_subject="s-1").decision_id
    second = record(logging, {}, of_case_subject="s-2").decision_id
    third = record(logging, rulesets=(OTHER,), of_case_subject="s-1").decision_id
    assert set(ids(logging)) == {first, second, third}
    assert set(ids(logging, subject="s-1")) == {first, third}
    assert ids(logging, subject="s-1", ruleset=NAME) == [first]
    assert ids(logging, outcome="indeterminate") == [second]
    assert set(ids(logging, outcome="withhold", caller="anonymous")) == {first, third}
    assert ids(logging, caller="another") == []
    at = Timestamp()
    at.FromMilliseconds(int(third.replace("-", "")[:12], 16) + 1)
    assert ids(logging, decided_from=at) == []
    assert set(ids(logging, decided_before=at)) == {first, second, third}
    assert listed(logging).decisions[0].facts_json == ""
    with_facts = pb.ListDecisionsRequest(with_facts=True)
    assert logging.log.ListDecisions(with_facts, timeout=20).decisions[0].facts_json


def test_pages_follow_each_other(logging: Running) -> None:
    made = {record(logging, of_case_subject="s-1").decision_id for _ in range(7)}
    found: list[str] = []
    token = ""
    for count in (3, 3, 1):
        reply = listed(logging, 3, token, subject="s-1")
        assert len(reply.decisions) == count
        found += [one.decision.decision_id for one in reply.decisions]
        record(logging, of_case_subject="s-1")  # what comes meanwhile is newer than all pages that follow
        token = reply.next_page_token
    assert (token, found) == ("", sorted(made, reverse=True))
    token = listed(logging, 3).next_page_token
    for wrong in (lambda: listed(logging, 3, "x"), lambda: listed(logging, 3, token, subject="s-1")):
        error = refused(wrong)
        assert (error.reason, error.fields) == ("REQUEST_INVALID", ["page_token"])
    assert refused(lambda: listed(logging, -1)).fields == ["page_size"]
    assert refused(lambda: listed(logging, subject="\0", ruleset="x")).fields == ["filter.subject"]
    assert refused(lambda: listed(logging, ruleset="x")).fields == ["filter.ruleset"]


def test_exports_are_whole_and_go_on_where_they_broke(logging: Running) -> None:
    made = sorted(record(logging, of_case_subject=f"s-{number % 2}").decision_id for number in range(120))

    def exported(**asked: Any) -> list[str]:
        parts = logging.log.ExportDecisions(pb.ExportDecisionsRequest(**asked), timeout=60)
        found = [one for part in parts for one in part.decisions]
        assert all(json.loads(one.facts_json) == FEW for one in found)
        return [one.decision.decision_id for one in found]

    assert exported() == made
    assert exported(after=made[49]) == made[50:]
    assert len(exported(filter=pb.DecisionFilter(subject="s-1"))) == 60
    assert refused(lambda: exported(after="x")).fields == ["after"]


def test_another_district_sees_nothing(logging: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    decision = record(logging)
    another = replace(ANYONE, name="another", tenants=("oak",), tenant="oak")
    monkeypatch.setattr(Anyone, "__call__", lambda _self, _context: another)
    assert ids(logging) == []
    for call in (
        lambda: logging.log.GetDecision(pb.GetDecisionRequest(decision_id=decision.decision_id), timeout=20),
        lambda: replay(logging, decision),
    ):
        assert refused(call).reason == "UNKNOWN_DECISION"
    assert list(logging.log.ExportDecisions(pb.ExportDecisionsRequest(), timeout=20)) == []


def test_a_decision_comes_out_again_as_it_was(logging: Running) -> None:
    for facts in (FEW, {}, {"mark": {"share": 2.5}}, '{"enrollment": {"instructional_days": 3.0}}'):
        decision = record(logging, facts, of_case_case_id="c-1", absent_is_none=True)
        reply = replay(logging, decision)
        assert (reply.same, list(reply.differences), reply.recorded) == (True, [], decision)
        assert reply.replayed.mode == decision_pb2.MODE_TRY
    assert len(ids(logging)) == 4, "replaying records nothing"


def test_it_is_made_by_the_versions_of_then_without_the_folder(logging: Running, folder: Folder) -> None:
    folder.write("demo/report", BUILDING)
    (folder.path / "calendars").mkdir()
    (folder.path / "calendars" / "oak.yaml").write_text(OAK, encoding="utf-8")
    folder.write("demo/late", LATE)
    logging.server.catalogue.read()
    made = [
        record(logging, {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": True}}),
        record(logging, FEW, rulesets=("rulesets/demo/report",)),
        record(logging, SENT, rulesets=("rulesets/demo/late",), of_case_calendar="calendars/oak"),
    ]
    assert made[2].versions.calendars
    for file in folder.path.rglob("*.yaml"):
        file.unlink()
    folder.write("demo/marks", MARKS.replace("2018-08-03: 15", "2018-08-03: 2"))
    logging.server.catalogue.read()
    for decision in made:
        reply = replay(logging, decision)
        assert (reply.same, list(reply.differences)) == (True, [])


def test_what_differs_is_said(logging: Running, url: str) -> None:
    decision = record(logging)
    tampered = decision_pb2.Decision()
    tampered.CopyFrom(decision)
    tampered.outcome = "assign"
    tampered.rules[0].obligations[0].by = "district"
    with Database(url) as database, database.writing() as connection:
        connection.execute(update(decisions).values(decision=tampered.SerializeToString()))
    reply = replay(logging, decision)
    found = {one.path: (one.recorded, one.replayed) for one in reply.differences}
    assert not reply.same
    assert found == {
        "outcome": ('"assign"', '"withhold"'),
        "rules[0].obligations[0].by": ('"district"', '"school"'),
    }


def test_a_version_that_was_lost_is_said(logging: Running, url: str, folder: Folder) -> None:
    decision = record(logging)
    with Database(url) as database, database.writing() as connection:
        connection.execute(delete(versions))
    assert replay(logging, decision).same, "it serves still"
    folder.write("demo/marks", MARKS.replace("2018-08-03: 15", "2018-08-03: 2"))
    logging.server.catalogue.read()
    assert refused(lambda: replay(logging, decision)).reason == "UNKNOWN_VERSION"


def test_a_server_without_a_log(server: Running) -> None:
    for call in (
        lambda: listed(server),
        lambda: list(server.log.ExportDecisions(pb.ExportDecisionsRequest(), timeout=20)),
    ):
        error = refused(call)
        assert (error.reason, dict(error.info.metadata)) == ("NOT_SERVED", {"feature": "decision-log"})
