"""What one district learns of another by tokens of pages, ids and requests that are not its own: nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from rollbook.v1 import decision_log_service_pb2 as log_pb
from rollbook.v1 import decision_log_service_pb2_grpc, decision_pb2, decision_service_pb2_grpc
from tests.server.identity.people import add_token, as_caller
from tests.server.running import FACTS, Folder, Running, refused, request

ROLES = ("decide", "read-log")


class District:
    """A caller of one district."""

    def __init__(self, server: Running, url: str, name: str) -> None:
        channel = as_caller(server.channel, add_token(url, f"sis-{name}", ROLES, (name,)))
        self._decisions = decision_service_pb2_grpc.DecisionServiceStub(channel)
        self.log = decision_log_service_pb2_grpc.DecisionLogServiceStub(channel)

    def record(self, **more: Any) -> decision_pb2.Decision:
        asked = request(FACTS, mode=decision_pb2.MODE_RECORD, of_case_subject="s-1", **more)
        return self._decisions.Decide(asked, timeout=20).decisions[0]

    def page(self, token: str = "", size: int = 2) -> log_pb.ListDecisionsResponse:
        asked = log_pb.ListDecisionsRequest(page_size=size, page_token=token)
        return self.log.ListDecisions(asked, timeout=20)

    def exported(self, after: str) -> list[str]:
        replies = self.log.ExportDecisions(log_pb.ExportDecisionsRequest(after=after), timeout=20)
        return [one.decision.decision_id for reply in replies for one in reply.decisions]


def ids(reply: log_pb.ListDecisionsResponse) -> list[str]:
    return [one.decision.decision_id for one in reply.decisions]


@pytest.fixture
def server(folder: Folder, url: str) -> Any:
    with Running(folder.path, identity="required", database_url=url) as server:
        yield server


def test_nothing_of_another_district_is_there(server: Running, url: str) -> None:
    oak, elm = District(server, url, "oak"), District(server, url, "elm")
    mine, theirs = [], []
    for number in range(4):
        theirs.append(elm.record(request_id=f"r-{number}").decision_id)
        mine.append(oak.record(request_id=f"r-{number}").decision_id)
    assert not set(mine) & set(theirs), "the same request ids, but not the same requests"
    stolen = elm.page().next_page_token
    assert set(ids(oak.page(stolen, 500))) <= set(mine), "a token says where to go on, and no more"
    assert oak.exported(theirs[0]) == mine
    assert oak.exported("") == mine
    for id_ in theirs:
        calls: tuple[tuple[Any, Any], ...] = (
            (oak.log.GetDecision, log_pb.GetDecisionRequest(decision_id=id_)),
            (oak.log.ReplayDecision, log_pb.ReplayDecisionRequest(decision_id=id_)),
        )
        for call, asked in calls:
            missing = type(asked)(decision_id=id_[:-4] + "0000")
            error = refused(partial(call, asked, timeout=20))
            assert error.reason == "UNKNOWN_DECISION"
            assert error.status == refused(partial(call, missing, timeout=20)).status, "that it is there cannot be told"


def test_a_request_of_another_district_is_none_of_ours(server: Running, url: str) -> None:
    oak, elm = District(server, url, "oak"), District(server, url, "elm")
    first = elm.record(request_id="r-1")
    other = oak.record(request_id="r-1", of_case_case_id="another question")
    assert other.decision_id != first.decision_id
    assert elm.record(request_id="r-1") == first
    assert refused(lambda: elm.record(request_id="r-1", of_case_case_id="x")).reason == "REQUEST_ID_REUSED"
