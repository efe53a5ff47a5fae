"""Rollbook for Python: ask for decisions about cases, and get them typed, with their reasons.

    from datetime import date
    import rollbook

    with rollbook.Client("localhost:7420") as client:
        decision = client.decide("lausd/grade-marking", facts, as_of=date(2018, 11, 2), mode=rollbook.Mode.TRY)

`Client` is for programs with threads, `AsyncClient` for asyncio. The generated stubs of the contract are in
`rollbook.v1`, its proto files come with `proto_files` and `write_protos`.
"""

from rollbook.aio import AsyncClient
from rollbook.aio_running import AsyncRosterRun
from rollbook.chains import REPORT, Chain, ChainDecisions
from rollbook.channels import Options
from rollbook.client import Client
from rollbook.comparing import ComparedBatch, ComparedRuleset, ComparisonStarted, HowComparison
from rollbook.comparison_running import ComparisonRun
from rollbook.comparisons import DecisionAspect, RulesetComparison
from rollbook.contract import proto_files, write_protos
from rollbook.credentials import Credentials
from rollbook.decision_log import LoggedDecision, Replay, ReplayDifference, RosterRecord, Wanted
from rollbook.decisions import (
    Basis,
    CalendarVersion,
    Cause,
    CauseKind,
    Citation,
    Deadline,
    DeadlineStatus,
    Decision,
    DecisionState,
    Force,
    HeldRule,
    Missing,
    Mode,
    Obligation,
    RulesetSource,
    RulesetVersion,
    Versions,
)
from rollbook.errors import (
    DeadlineExceededError,
    FactError,
    ForbiddenError,
    InternalError,
    InvalidRequestError,
    LimitExceededError,
    NotFoundError,
    NotInForceError,
    NotPublishableError,
    NotServedError,
    OverloadedError,
    RequestIdReusedError,
    RollbookError,
    RulesetInvalidError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    Violation,
    WrongStateError,
)
from rollbook.explanations import Explanation, Part, PartState, RuleExplanation, RuleStatus
from rollbook.requests import Case, Facts, How
from rollbook.rosters import (
    AnswerForm,
    CaseBatch,
    DecidedBatch,
    HowRoster,
    RosterCounts,
    RosterDecision,
    RosterDetail,
    RosterReject,
    RosterStarted,
)
from rollbook.rulesets import Problem, Ruleset, RulesetState, RulesetView, ScenarioReport, Severity, Validation
from rollbook.running import RosterRun
from rollbook.versions import CreatedVersion, Version, VersionEvent, VersionState

__all__ = [
    "REPORT",
    "AnswerForm",
    "AsyncClient",
    "AsyncRosterRun",
    "Basis",
    "CalendarVersion",
    "Case",
    "CaseBatch",
    "Cause",
    "CauseKind",
    "Chain",
    "ChainDecisions",
    "Citation",
    "Client",
    "ComparedBatch",
    "ComparedRuleset",
    "ComparisonRun",
    "ComparisonStarted",
    "CreatedVersion",
    "Credentials",
    "Deadline",
    "DeadlineExceededError",
    "DeadlineStatus",
    "DecidedBatch",
    "Decision",
    "DecisionAspect",
    "DecisionState",
    "Explanation",
    "FactError",
    "Facts",
    "ForbiddenError",
    "Force",
    "HeldRule",
    "How",
    "HowComparison",
    "HowRoster",
    "InternalError",
    "InvalidRequestError",
    "LimitExceededError",
    "LoggedDecision",
    "Missing",
    "Mode",
    "NotFoundError",
    "NotInForceError",
    "NotPublishableError",
    "NotServedError",
    "Obligation",
    "Options",
    "OverloadedError",
    "Part",
    "PartState",
    "Problem",
    "Replay",
    "ReplayDifference",
    "RequestIdReusedError",
    "RollbookError",
    "RosterCounts",
    "RosterDecision",
    "RosterDetail",
    "RosterRecord",
    "RosterReject",
    "RosterRun",
    "RosterStarted",
    "RuleExplanation",
    "RuleStatus",
    "Ruleset",
    "RulesetComparison",
    "RulesetInvalidError",
    "RulesetSource",
    "RulesetState",
    "RulesetVersion",
    "RulesetView",
    "ScenarioReport",
    "Severity",
    "TooLargeError",
    "UnauthenticatedError",
    "UnavailableError",
    "Validation",
    "Version",
    "VersionEvent",
    "VersionState",
    "Versions",
    "Violation",
    "Wanted",
    "WrongStateError",
    "proto_files",
    "write_protos",
]
