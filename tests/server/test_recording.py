"""MODE_RECORD over loopback: logged before it is answered, once for each request id; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct

from rollbook.v1 import decision_pb2 as pb
from rollbook.v1.decision_service_pb2 import DecideBatchRequest
from server.store import Database, DecisionLog, Filter, Scope
from tests.server.running import MARKS, NAME, Error, Folder, Running, error_of, request

FEW: dict[str, Any] = {"student": {"foster_youth": False}, "enrollment": {"instructional_days": 3}}
BUILDING = MARKS.replace("demo/marks", "demo/report").replace(
    "when: student.foster_youth", 'given: ["demo/marks#foster"]\n    when: "true"'
)


@pytest.fixture
def logging(folder: Folder, url: str) -> Iterator[Running]:
    """A server with a decision log."""
    with Running(folder.path, database_url=url) as running:
        yield running


def record(server: Running, facts: Any = None, **more: Any) -> pb.Decision:
    return server.decide(FEW if facts is None else facts, mode=pb.MODE_RECORD, **more)


def refused(call: Callable[[], Any]) -> Error:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return error_of(caught.value)


def log_of(server: Running) -> DecisionLog:
    log = server.server._log
    assert log is not None
    return log


def logged(server: Running, **wanted: Any) -> list[Any]:
    return log_of(server).page(Scope(("default",)), Filter(**wanted), 1000)


def test_a_recorded_decision_is_in_the_log_as_it_was_answered(logging: Running, folder: Folder) -> None:
    facts = ' { "student": {"foster_youth": false},\n "mark": {"share": 2.50}, "enrollment":{"instructional_days": 3}}'
    decision = record(
        logging,
        facts,
        request_id="r-1",
        of_case_subject="s-7",
        of_case_school="oak",
    )
    assert decision.mode == pb.MODE_RECORD
    (row,) = logged(logging)
    assert pb.Decision.FromString(row.decision) == decision
    version = logging.server.catalogue.snapshot().get("demo/marks").loaded.checked.version
    assert (row.id, row.tenant, row.caller, row.request_id) == (decision.decision_id, "default", "anonymous", "r-1")
    assert (row.subject, row.school, row.ruleset, row.version) == ("s-7", "oak", "demo/marks", version)
    assert (row.engine, row.outcome, row.as_of.isoformat()) == (decision.versions.engine, "withhold", "2018-09-14")
    assert row.facts == '{"enrollment":{"instructional_days":3},"mark":{"share":2.50},"student":{"foster_youth":false}}'
    assert log_of(logging).document("ruleset", "demo/marks", version) == MARKS


def test_a_decision_that_is_tried_is_not_logged_and_says_so(logging: Running) -> None:
    assert logging.decide(FEW).mode == pb.MODE_TRY
    assert logged(logging) == []


def test_facts_are_logged_alike_however_they_are_sent(logging: Running) -> None:
    facts = Struct()
    facts.update(FEW | {"mark": {"share": "2.50"}})
    record(logging, "", of_case_facts_struct=facts)
    (row,) = logged(logging)
    assert json.loads(row.facts) == {**FEW, "mark": {"share": "2.50"}}
    record(logging, "{}")
    assert logged(logging)[0].facts == "{}"


def test_each_ruleset_is_logged_with_the_facts_that_it_declares(logging: Running, folder: Folder) -> None:
    folder.write("demo/other", MARKS.replace("demo/marks", "demo/other").replace("foster_youth", "in_care"))
    logging.server.catalogue.read()
    facts = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": True, "in_care": False}}
    asked = request(facts, rulesets=("rulesets/demo/other", NAME), mode=pb.MODE_RECORD, request_id="r-1")
    reply = logging.decisions.Decide(asked, timeout=20)
    rows = {row.ruleset: row for row in logged(logging)}
    assert [rows[name].id for name in ("demo/other", "demo/marks")] == [one.decision_id for one in reply.decisions]
    assert json.loads(rows["demo/other"].facts)["student"] == {"in_care": False}
    assert json.loads(rows["demo/marks"].facts)["student"] == {"foster_youth": True}
    assert logging.decisions.Decide(asked, timeout=20) == reply, "in the order of the request"


def test_what_it_builds_on_is_stored_too(logging: Running, folder: Folder) -> None:
    folder.write("demo/report", BUILDING)
    logging.server.catalogue.read()
    record(logging, FEW, rulesets=("rulesets/demo/report",))
    (row,) = logged(logging)
    assert log_of(logging).document("ruleset", "demo/report", row.version) == BUILDING
    assert log_of(logging).document("ruleset", "demo/marks", row.builds_on["demo/marks"]) == MARKS


def test_a_retry_gets_what_was_decided_first(logging: Running, folder: Folder) -> None:
    first = record(logging, request_id="r-1")
    folder.write("demo/marks", MARKS.replace("2018-08-03: 15", "2018-08-03: 2"))
    logging.server.catalogue.read()
    assert record(logging, request_id="r-1") == first
    assert record(logging, request_id="r-2").outcome == "assign"
    folder.write("demo/marks", MARKS.replace("from: 2018-08-03}", "from: 2019-08-03}"))
    logging.server.catalogue.read()
    assert record(logging, request_id="r-1") == first, "also when no version is in force any more"
    assert refused(lambda: record(logging, request_id="r-3")).reason == "NOT_IN_FORCE"
    assert len(logged(logging)) == 2


def test_an_id_is_for_one_question(logging: Running) -> None:
    first = record(logging, request_id="r-1", of_case_subject="s-1")
    others: tuple[dict[str, Any], ...] = (
        {"facts": {}},
        {"of_case_subject": "s-2"},
        {"as_of": (2018, 9, 15)},
        {"absent_is_none": True},
    )
    for more in others:
        error = refused(partial(record, logging, request_id="r-1", **{"of_case_subject": "s-1", **more}))
        assert (error.code, error.reason, error.retry) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED", None)
    asked = batch(json.dumps(FEW))
    assert refused(lambda: logging.decisions.DecideBatch(asked, timeout=20)).reason == "REQUEST_ID_REUSED"
    assert [row.id for row in logged(logging)] == [first.decision_id]
    assert logging.decide({}, request_id="r-1").mode == pb.MODE_TRY, "what is tried is not looked up"


def test_a_question_that_was_refused_may_be_mended_under_the_same_id(logging: Running) -> None:
    assert refused(lambda: record(logging, {"mark": {"score": "7"}}, request_id="r-1")).reason == "FACT_INVALID"
    assert record(logging, request_id="r-1").outcome == "withhold"


def test_ids_that_cannot_be_stored_are_refused(logging: Running) -> None:
    error = refused(lambda: record(logging, of_case_subject="a\0b", of_case_case_id="\0"))
    assert (error.reason, error.fields) == ("REQUEST_INVALID", ["case.case_id", "case.subject"])
    assert record(logging, '{"notices": [{"area": "a\\u0000b"}]}', of_case_subject="Zoë'; --").mode == pb.MODE_RECORD


def batch(*facts: str, request_id: str = "r-1") -> DecideBatchRequest:
    asked: DecideBatchRequest = request(kind=DecideBatchRequest, mode=pb.MODE_RECORD, request_id=request_id)
    for number, text in enumerate(facts):
        asked.cases.add(case_id=f"c{number}", subject=f"s-{number}", facts_json=text)
    return asked


def test_a_batch_is_logged_as_a_whole_and_answered_again_as_it_was(logging: Running, folder: Folder) -> None:
    asked = batch(json.dumps(FEW), "no JSON", "{}")
    reply = logging.decisions.DecideBatch(asked, timeout=20)
    assert [result.WhichOneof("result") for result in reply.results] == ["decisions", "error", "decisions"]
    ids = [one.decision_id for result in reply.results for one in result.decisions.decisions]
    assert sorted(row.id for row in logged(logging)) == sorted(ids)
    assert [row.id for row in logged(logging, subject="s-2")] == ids[1:]
    folder.write("demo/marks", MARKS.replace("2018-08-03: 15", "2018-08-03: 2"))
    logging.server.catalogue.read()
    assert logging.decisions.DecideBatch(asked, timeout=20) == reply
    asked.cases[0].facts_json = "{}"
    assert refused(lambda: logging.decisions.DecideBatch(asked, timeout=20)).reason == "REQUEST_ID_REUSED"
    assert refused(lambda: logging.decisions.DecideBatch(batch(request_id="r-2"), timeout=20)).fields == ["cases"]


def test_without_a_log_nothing_is_recorded(server: Running) -> None:
    for call in (lambda: record(server), lambda: server.decisions.DecideBatch(batch("{}"), timeout=20)):
        error = refused(call)
        assert (error.code, error.reason) == (grpc.StatusCode.UNIMPLEMENTED, "NOT_SERVED")
        assert "database_url" in str(error.status)


def test_two_servers_share_a_log(logging: Running, folder: Folder, url: str) -> None:
    with ExitStack() as stack:
        other = stack.enter_context(Running(folder.path, database_url=url))
        first = record(logging, request_id="r-1")
        assert record(other, request_id="r-1") == first
        record(other, request_id="r-2")
    with Database(url):
        assert len(logged(logging)) == 2
