"""Districts: decisions are logged under one, and to the others they are not there. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.v1 import decision_log_service_pb2 as pb
from rollbook.v1.decision_log_service_pb2_grpc import DecisionLogServiceStub
from rollbook.v1.decision_pb2 import MODE_RECORD
from rollbook.v1.decision_service_pb2_grpc import DecisionServiceStub
from rollbook.v1.roster_service_pb2_grpc import RosterServiceStub
from server.callers import Caller, Grant
from server.store import DecisionLog, Filter, LoggedRow, Scope
from tests.server.identity.people import add_token, as_caller
from tests.server.rosters.asking import arrow, header
from tests.server.running import NAME, Running, refused, request
from tests.server.store.entries import entry, row

OAK_MARKS = "rulesets/oak/marks"


class Person:
    """A caller with a token, and maybe a district named."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._decisions = DecisionServiceStub(channel)
        self.log = DecisionLogServiceStub(channel)

    def record(self, ruleset: str = NAME, **more: Any) -> str:
        reply = self._decisions.Decide(request({}, rulesets=(ruleset,), mode=MODE_RECORD, **more), timeout=20)
        return reply.decisions[0].decision_id

    def listed(self, **asked: Any) -> list[str]:
        reply = self.log.ListDecisions(pb.ListDecisionsRequest(filter=pb.DecisionFilter(**asked)), timeout=20)
        return sorted(one.decision.decision_id for one in reply.decisions)

    def exported(self) -> list[str]:
        parts = self.log.ExportDecisions(pb.ExportDecisionsRequest(), timeout=20)
        return sorted(one.decision.decision_id for part in parts for one in part.decisions)

    def reason(self, id_: str) -> set[str]:
        """Why a decision is not shown, by Get and by Replay."""
        return {
            refused(lambda: self.log.GetDecision(pb.GetDecisionRequest(decision_id=id_), timeout=20)).reason,
            refused(lambda: self.log.ReplayDecision(pb.ReplayDecisionRequest(decision_id=id_), timeout=20)).reason,
        }


@pytest.fixture
def server(run: Callable[..., Running], url: str) -> Running:
    """A server that asks who calls, on either database."""
    return run(identity="required", database_url=url)


@pytest.fixture
def person(server: Running, url: str) -> Callable[..., Person]:
    """Adds a caller."""

    def add(name: str, roles: list[str], tenants: tuple[str, ...], tenant: str = "") -> Person:
        return Person(as_caller(server.channel, add_token(url, name, roles, tenants), tenant))

    return add


def test_another_districts_decisions_are_not_there(person: Callable[..., Person]) -> None:
    roles = ["decide", "read-log"]
    oak, elm, both = (
        person("oak-sis", roles, ("oak",)),
        person("elm-sis", roles, ("elm",)),
        person("state", roles, ("elm", "oak")),
    )
    of_oak, of_elm = oak.record(), elm.record()
    assert (oak.listed(), elm.listed(), both.listed()) == ([of_oak], [of_elm], sorted([of_oak, of_elm]))
    assert (oak.exported(), elm.exported()) == ([of_oak], [of_elm])
    assert oak.reason(of_elm) == elm.reason(of_oak) == {"UNKNOWN_DECISION"}
    assert both.log.GetDecision(pb.GetDecisionRequest(decision_id=of_oak), timeout=20).decision.tenant == "oak"
    assert oak.log.ReplayDecision(pb.ReplayDecisionRequest(decision_id=of_oak), timeout=20).same


def test_request_ids_of_districts_do_not_meet(server: Running, url: str) -> None:
    token = add_token(url, "state", ["decide", "read-log"], ("elm", "oak"))
    oak, elm = (Person(as_caller(server.channel, token, tenant)) for tenant in ("oak", "elm"))
    asked = {"request_id": "r-1", "of_case_subject": "s-1"}
    first = oak.record(**asked)
    assert oak.record(**asked) == first
    assert elm.record(**asked) != first
    assert elm.record(**asked) not in oak.listed(), "who names a district sees that one only"


def test_who_has_several_districts_says_for_which(server: Running, url: str) -> None:
    token = add_token(url, "state", ["decide", "read-log"], ("elm", "oak"))
    nameless = Person(as_caller(server.channel, token))
    assert refused(nameless.record).reason == "REQUEST_INVALID"
    stranger = Person(as_caller(server.channel, token, "ash"))
    error = refused(stranger.record)
    assert (error.reason, error.info.metadata["metadata"]) == ("FORBIDDEN", "rollbook-tenant")


def test_decisions_of_other_rulesets_are_not_there(person: Callable[..., Person]) -> None:
    deciding = person("sis", ["decide"], ("oak",))
    by_oak, by_demo = deciding.record(OAK_MARKS), deciding.record(NAME)
    reading = person("auditor", ["read-log:oak/*"], ("oak",))
    assert reading.listed() == reading.exported() == [by_oak]
    assert reading.reason(by_demo) == {"UNKNOWN_DECISION"}
    assert refused(lambda: reading.listed(ruleset=NAME)).reason == "FORBIDDEN"
    assert reading.listed(ruleset=OAK_MARKS) == [by_oak]
    assert refused(deciding.listed).reason == "FORBIDDEN"


def test_recorded_rosters_are_their_districts_own(run: Callable[..., Running], url: str, tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    server = run(identity="required", database_url=url, roster_log_folder=folder)
    roles = ["decide", "read-log"]
    channels = [
        as_caller(server.channel, add_token(url, f"{tenant}-sis", roles, (tenant,))) for tenant in ("oak", "elm")
    ]
    oak, elm = (Person(channel) for channel in channels)
    for channel in channels:
        sent = [header(mode=MODE_RECORD, run_id="r-1"), arrow()]
        replies = list(RosterServiceStub(channel).DecideRoster(iter(sent), timeout=30))
        assert replies[-1].WhichOneof("message") == "ended", "the id of a run is each caller's own"
    (found,) = oak.log.ListRosterRuns(pb.ListRosterRunsRequest(), timeout=20).runs
    assert (found.tenant, found.caller) == ("oak", "oak-sis")
    of_run = pb.GetRosterRunRequest(roster_run=found.roster_run)
    assert oak.log.GetRosterRun(of_run, timeout=20).run == found
    assert refused(lambda: elm.log.GetRosterRun(of_run, timeout=20)).reason == "UNKNOWN_RUN"
    assert len(oak.listed()) == len(elm.listed()) == 3
    assert elm.reason(oak.listed()[0]) == {"UNKNOWN_DECISION"}


NAMES = st.from_regex(r"[ab_%]{1,3}/[ab_%!]{1,3}", fullmatch=True)
PATTERNS = st.one_of(NAMES, st.just("*"), st.from_regex(r"[ab*]{1,3}/[ab*]{1,3}", fullmatch=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(NAMES, min_size=1, max_size=4), st.lists(PATTERNS, max_size=3))
def test_the_store_understands_patterns_as_callers_do(log: DecisionLog, names: set[str], patterns: list[str]) -> None:
    tenant = f"t{abs(hash((frozenset(names), tuple(patterns))))}"[:60]
    log.record(entry(*(row(ruleset=name, tenant=tenant) for name in names)))
    caller = Caller("a", (tenant,), tenant, (Grant("read-log", tuple(patterns)),))
    page = log.page(Scope((tenant,), tuple(patterns)), Filter(), 100)
    found = {one.ruleset for one in page if isinstance(one, LoggedRow)}
    assert found == {name for name in names if caller.may("read-log", name)}


def test_without_identity_there_is_one_district(run: Callable[..., Running], url: str) -> None:
    server = run(database_url=url)
    named = (("rollbook-tenant", "default"),)
    assert server.decisions.Decide(request({}), metadata=named, timeout=20).decisions
    other = (("rollbook-tenant", "oak"),)
    assert refused(lambda: server.decisions.Decide(request({}), metadata=other, timeout=20)).reason == "FORBIDDEN"
