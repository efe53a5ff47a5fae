"""The methods of the server: who answers each, in which threads, and the roles of which one is needed to call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from google.protobuf.descriptor import ServiceDescriptor

from rollbook.v1 import (
    decision_log_service_pb2,
    decision_service_pb2,
    roster_service_pb2,
    ruleset_service_pb2,
    version_service_pb2,
)
from server.callers import Role
from server.calls import Call, Calls, Method, StreamMethod
from server.decision_log import DecisionLogService
from server.decisions import DecisionService
from server.pools import Pool, Streams
from server.rosters.service import RosterService
from server.rulesets import RulesetService
from server.versions.service import VersionService

__all__ = ["SERVICES", "Pools", "Services", "add_methods"]

_MODULES: Final[dict[str, ModuleType]] = {
    "DecisionService": decision_service_pb2,
    "RulesetService": ruleset_service_pb2,
    "RosterService": roster_service_pb2,
    "DecisionLogService": decision_log_service_pb2,
    "VersionService": version_service_pb2,
}
_DESCRIPTORS: Final[dict[str, ServiceDescriptor]] = {
    name: module.DESCRIPTOR.services_by_name[name] for name, module in _MODULES.items()
}

SERVICES: Final = tuple(descriptor.full_name for descriptor in _DESCRIPTORS.values())
"""The full names of all services."""

_Answer = Callable[[Any, Call], Any]
_Answers = Callable[[Iterator[bytes], Call], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Services:
    """What answers."""

    decisions: DecisionService
    rulesets: RulesetService
    rosters: RosterService
    log: DecisionLogService
    versions: VersionService


@dataclass(frozen=True, slots=True)
class Pools:
    """The threads: for short calls, for those that need a child process, for rosters, and for exports."""

    deciding: Pool
    trying: Pool
    running: Pool
    exporting: Streams


def add_methods(calls: Calls, services: Services, pools: Pools) -> None:
    """Has `calls` serve every method.

    The roles are looked at before the request is: a caller with none of them, for whichever rulesets, is refused.
    Whether it has one for the ruleset that is asked about is looked at by the service, which knows that.
    """
    decisions, rulesets, rosters, log = services.decisions, services.rulesets, services.rosters, services.log
    versions = services.versions
    deciding, trying = pools.deciding, pools.trying
    methods: tuple[tuple[str, str, tuple[Role, ...], _Answer, Pool], ...] = (
        ("DecisionService", "Decide", ("decide",), decisions.decide_encoded, deciding),
        ("DecisionService", "DecideBatch", ("decide",), decisions.decide_batch, deciding),
        ("DecisionService", "Explain", ("decide",), decisions.explain, deciding),
        ("RulesetService", "ListRulesets", (), rulesets.list_rulesets, deciding),
        ("RulesetService", "GetRuleset", (), rulesets.get_ruleset, deciding),
        ("RulesetService", "ValidateRuleset", ("edit", "approve"), rulesets.validate_ruleset, trying),
        ("RulesetService", "RunScenarios", ("edit", "approve"), rulesets.run_scenarios, trying),
        ("DecisionLogService", "GetDecision", ("read-log",), log.get_decision, deciding),
        ("DecisionLogService", "ListDecisions", ("read-log",), log.list_decisions, deciding),
        ("DecisionLogService", "ReplayDecision", ("read-log",), log.replay_decision, trying),
        ("VersionService", "CreateVersion", ("edit",), versions.create_version, trying),
        ("VersionService", "ListVersions", ("edit", "approve", "administer"), versions.list_versions, deciding),
        ("VersionService", "GetVersion", ("edit", "approve", "administer"), versions.get_version, deciding),
        ("VersionService", "SubmitVersion", ("edit",), versions.submit_version, deciding),
        ("VersionService", "ReturnVersion", ("approve", "edit"), versions.return_version, deciding),
        ("VersionService", "ApproveVersion", ("approve",), versions.approve_version, deciding),
        ("VersionService", "PublishVersion", ("approve",), versions.publish_version, trying),
        ("VersionService", "RetireVersion", ("approve",), versions.retire_version, trying),
        ("VersionService", "DiscardVersion", ("edit",), versions.discard_version, deciding),
        ("DecisionLogService", "GetRosterRun", ("read-log",), log.get_roster_run, deciding),
        ("DecisionLogService", "ListRosterRuns", ("read-log",), log.list_roster_runs, deciding),
    )
    for service, name, roles, answer, pool in methods:
        descriptor = _DESCRIPTORS[service]
        request = getattr(_MODULES[service], descriptor.methods_by_name[name].input_type.name)
        calls.add(Method(descriptor.full_name, name, request, answer, pool, roles))
    streams: tuple[tuple[str, str, tuple[Role, ...], _Answers, Pool], ...] = (
        ("RosterService", "DecideRoster", ("decide",), rosters.decide_roster, pools.running),
        ("RosterService", "CompareRulesets", ("decide", "edit"), rosters.compare_rulesets, pools.running),
        ("DecisionLogService", "ExportDecisions", ("read-log",), log.export_decisions, pools.exporting),
    )
    for service, name, roles, answers, pool in streams:
        calls.add_stream(StreamMethod(_DESCRIPTORS[service].full_name, name, answers, pool, roles))
