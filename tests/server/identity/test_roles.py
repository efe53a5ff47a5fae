"""Each RPC against each role; rulesets of others; what a caller with a role elsewhere sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pool
from hypothesis import given
from hypothesis import strategies as st

from rollbook.v1 import roster_service_pb2 as roster_pb
from rollbook.v1 import ruleset_service_pb2 as ruleset_pb
from rollbook.v1.decision_log_service_pb2 import DecisionFilter, ListDecisionsRequest
from rollbook.v1.decision_service_pb2 import DecideBatchRequest, ExplainRequest
from server.callers import ROLES, Caller, Grant, Role
from server.errors import RefusalError
from server.identity.grants import grants_of, read_grant, written
from server.methods import SERVICES
from tests.server.identity.people import add_token, as_caller, bearer
from tests.server.running import Error, Running, error_of, refused, request

EVERY = frozenset(ROLES)
TABLE: Mapping[str, frozenset[str]] = {
    "DecisionService/Decide": frozenset({"decide"}),
    "DecisionService/DecideBatch": frozenset({"decide"}),
    "DecisionService/Explain": frozenset({"decide"}),
    "RulesetService/ListRulesets": EVERY,
    "RulesetService/GetRuleset": EVERY,
    "RulesetService/ValidateRuleset": frozenset({"edit", "approve"}),
    "RulesetService/RunScenarios": frozenset({"edit", "approve"}),
    "RosterService/DecideRoster": frozenset({"decide"}),
    "RosterService/CompareRulesets": frozenset({"decide", "edit"}),
    "DecisionLogService/GetDecision": frozenset({"read-log"}),
    "DecisionLogService/ListDecisions": frozenset({"read-log"}),
    "DecisionLogService/ReplayDecision": frozenset({"read-log"}),
    "DecisionLogService/ExportDecisions": frozenset({"read-log"}),
    "DecisionLogService/GetRosterRun": frozenset({"read-log"}),
    "DecisionLogService/ListRosterRuns": frozenset({"read-log"}),
    "VersionService/CreateVersion": frozenset({"edit"}),
    "VersionService/GetVersion": frozenset({"edit", "approve", "administer"}),
    "VersionService/ListVersions": frozenset({"edit", "approve", "administer"}),
    "VersionService/SubmitVersion": frozenset({"edit"}),
    "VersionService/ReturnVersion": frozenset({"edit", "approve"}),
    "VersionService/ApproveVersion": frozenset({"approve"}),
    "VersionService/PublishVersion": frozenset({"approve"}),
    "VersionService/RetireVersion": frozenset({"approve"}),
    "VersionService/DiscardVersion": frozenset({"edit"}),
}
"""The roles of which one lets a caller in, by RPC."""


def served(server: Running) -> list[Any]:
    """The methods of every service that the server has."""
    pool = descriptor_pool.Default()
    methods = [method for name in SERVICES for method in pool.FindServiceByName(name).methods]
    return [one for one in methods if f"/{one.containing_service.full_name}/{one.name}" in server.server.methods]


def row_of(method: Any) -> str:
    return f"{method.containing_service.name}/{method.name}"


def asked(channel: grpc.Channel, method: Any, token: str | None) -> str:
    """The reason that an empty request of the method is refused for; empty where it is not."""
    path = f"/{method.containing_service.full_name}/{method.name}"
    metadata = bearer(token) if token else ()
    call: Any
    try:
        if method.server_streaming:
            call = channel.stream_stream(path, bytes, bytes)(iter([b""]), metadata=metadata, timeout=20)
            list(call)
        else:
            call = channel.unary_unary(path, bytes, bytes)(b"", metadata=metadata, timeout=20)
    except grpc.RpcError as error:
        return error_of(error).reason
    return ""


def test_every_rpc_has_a_row(server: Running) -> None:
    assert {row_of(method) for method in served(server)} <= set(TABLE)


def test_each_rpc_lets_in_the_roles_of_its_row_and_no_others(server: Running, callers_url: str) -> None:
    tokens = {role: add_token(callers_url, f"the-{role}", [f"{role}:demo/*"]) for role in ROLES}
    found = {
        row_of(method): frozenset(
            role for role, token in tokens.items() if asked(server.channel, method, token) != "FORBIDDEN"
        )
        for method in served(server)
    }
    assert found == {row: TABLE[row] for row in found}


def test_no_rpc_lets_in_who_has_no_role_or_no_token(server: Running, callers_url: str) -> None:
    token = add_token(callers_url, "nobody", [])
    for method in served(server):
        expected = "" if row_of(method) == "RulesetService/ListRulesets" else "FORBIDDEN"
        if row_of(method) != "RulesetService/GetRuleset":  # which reads the name first
            assert asked(server.channel, method, token) == expected, row_of(method)
        assert asked(server.channel, method, None) == "UNAUTHENTICATED", row_of(method)
        assert asked(server.channel, method, "x") == "UNAUTHENTICATED", row_of(method)


def test_a_ruleset_of_another_district_is_forbidden(server: Running, callers_url: str) -> None:
    channel = as_caller(server.channel, add_token(callers_url, "sis", [f"{role}:oak/*" for role in ROLES]))
    name = "rulesets/demo/marks"

    def unary(service: str, method: str, message: Any, reply: Any) -> Error:
        path = f"/rollbook.v1.{service}/{method}"
        return refused(lambda: channel.unary_unary(path, type(message).SerializeToString, reply)(message, timeout=20))

    def stream(method: str, message: Any) -> Error:
        call: Any = channel.stream_stream(
            f"/rollbook.v1.RosterService/{method}", type(message).SerializeToString, bytes
        )
        return refused(lambda: list(call(iter([message]), timeout=20)))

    for error, role in (
        (unary("DecisionService", "Decide", request({}), bytes), "decide"),
        (unary("DecisionService", "Decide", request({}, rulesets=("rulesets/oak/marks", name)), bytes), "decide"),
        (unary("DecisionService", "Decide", request({}, rulesets=("rulesets/demo/none",)), bytes), "decide"),
        (unary("DecisionService", "DecideBatch", request({}, kind=DecideBatchRequest), bytes), "decide"),
        (unary("DecisionService", "Explain", request({}, kind=ExplainRequest), bytes), "decide"),
        (unary("RulesetService", "GetRuleset", ruleset_pb.GetRulesetRequest(name=name), bytes), ", ".join(ROLES)),
        (unary("RulesetService", "RunScenarios", ruleset_pb.RunScenariosRequest(name=name), bytes), "edit, approve"),
        (
            unary(
                "DecisionLogService", "ListDecisions", ListDecisionsRequest(filter=DecisionFilter(ruleset=name)), bytes
            ),
            "read-log",
        ),
        (stream("DecideRoster", roster_pb.DecideRosterRequest(header=roster_pb.RosterHeader(ruleset=name))), "decide"),
        (
            stream(
                "CompareRulesets",
                roster_pb.CompareRulesetsRequest(
                    header=roster_pb.ComparisonHeader(
                        before=roster_pb.ComparedRuleset(name="rulesets/oak/marks"),
                        after=roster_pb.ComparedRuleset(name=name),
                    )
                ),
            ),
            "decide, edit",
        ),
    ):
        assert (error.reason, error.info.metadata["role"]) == ("FORBIDDEN", role)
        assert error.code is grpc.StatusCode.PERMISSION_DENIED


def test_lists_show_the_rulesets_that_one_has_a_role_on(server: Running, callers_url: str) -> None:
    for name, roles, expected in (
        ("one", ["read-log:oak/*"], ["oak/marks"]),
        ("both", ["administer"], ["demo/marks", "oak/marks"]),
    ):
        channel = as_caller(server.channel, add_token(callers_url, name, roles))
        listing: Callable[..., bytes] = channel.unary_unary("/rollbook.v1.RulesetService/ListRulesets", bytes, bytes)
        reply = ruleset_pb.ListRulesetsResponse.FromString(listing(b"", timeout=20))
        assert [one.name for one in reply.rulesets] == [f"rulesets/{id_}" for id_ in expected]


def test_who_may_decide_decides(server: Running, callers_url: str) -> None:
    token = add_token(callers_url, "sis", ["decide:demo/marks"])
    assert server.decisions.Decide(request({}), metadata=bearer(token), timeout=20).decisions


SEGMENT = st.from_regex(r"[a-c]{1,2}(-[a-c])?", fullmatch=True)
IDS = st.builds("{}/{}".format, SEGMENT, SEGMENT)
PATTERNS = st.one_of(IDS, st.just("*"), SEGMENT.map("{}/*".format), SEGMENT.map("*/{}".format))
GRANTS = st.lists(
    st.builds(lambda role, patterns: Grant(role, tuple(patterns)), st.sampled_from(ROLES), st.lists(PATTERNS))
)


@given(GRANTS, st.sampled_from(ROLES), IDS)
def test_a_caller_may_what_one_of_its_grants_says(grants: list[Grant], role: Role, ruleset: str) -> None:
    caller = Caller("sis", ("oak",), "oak", tuple(grants))
    district, name = ruleset.split("/")
    fitting = {"*", ruleset, f"{district}/*", f"*/{name}"}
    allowed = any(grant.role == role and not fitting.isdisjoint(grant.rulesets) for grant in grants)
    assert caller.may(role, ruleset) is allowed
    for _ in range(2):  # the second is remembered
        assert caller.has_any((role,), ruleset) is allowed
    if allowed:
        caller.require(role, ruleset)
        caller.require(role)
    else:
        with pytest.raises(RefusalError, match="needs the role"):
            caller.require(role, ruleset)


@given(GRANTS)
def test_grants_are_read_as_they_are_written(grants: list[Grant]) -> None:
    again = grants_of(written(grants))
    for role in ROLES:
        assert Caller("a", ("b",), "b", again).patterns(role) == tuple(
            dict.fromkeys(Caller("a", ("b",), "b", tuple(grants)).patterns(role))
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "decide:",
        "Decide",
        "decide:lausd",
        "decide:LAUSD/*",
        "decide:a/b/c",
        "decide:[a-z]/b",
        "root:*",
        "edit:../x",
    ],
)
def test_what_is_no_role_is_none(text: str) -> None:
    assert read_grant(text) is None
    assert grants_of([text, "edit"]) == (Grant("edit"),)
