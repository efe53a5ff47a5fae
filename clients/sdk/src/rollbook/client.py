"""The client for programs with threads; `rollbook.aio` has the same for asyncio."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import grpc

from rollbook import replies, requests
from rollbook.chains import MOST_CASES, Chain, ChainDecisions, coarser_facts, finer_cases, first_of_each
from rollbook.channels import USER_AGENT, Options
from rollbook.conversion import convert
from rollbook.credentials import Credentials
from rollbook.decision_log import LoggedDecision, Replay, RosterRecord, Wanted
from rollbook.decisions import Decision, Mode
from rollbook.errors import RollbookError, from_rpc_error
from rollbook.explanations import Explanation
from rollbook.requests import Case, Facts, How
from rollbook.roster_calls import RosterCalls
from rollbook.rulesets import Ruleset, RulesetView, ScenarioReport, Validation
from rollbook.v1 import decision_log_service_pb2 as log_pb
from rollbook.v1.decision_log_service_pb2_grpc import DecisionLogServiceStub
from rollbook.v1.decision_service_pb2_grpc import DecisionServiceStub
from rollbook.v1.roster_service_pb2_grpc import RosterServiceStub
from rollbook.v1.ruleset_service_pb2_grpc import RulesetServiceStub
from rollbook.v1.version_service_pb2_grpc import VersionServiceStub
from rollbook.version_calls import VersionCalls

__all__ = ["Client"]

_Reply = TypeVar("_Reply")


class Client(RosterCalls, VersionCalls):
    """Asks a Rollbook server. Safe to share between threads; make one and keep it.

        with Client("localhost:7420") as client:
            decision = client.decide("lausd/grade-marking", facts, as_of=date(2018, 11, 2), mode=Mode.TRY)

    Rulesets are named by id, `lausd/grade-marking`, or by resource name, `rulesets/lausd/grade-marking`. Every call
    takes a `timeout` in seconds, retries included, in place of that of the options, and raises a RollbookError when it
    is refused or gets no answer.

    Args:
        target: where the server is, `host:port` or any other gRPC target.
        options: channels, timeout, limits, retries.
        credentials: how the caller proves who it is and knows the server: token, district, certificates. None for a
            plain connection, which servers only take from their own machine.

    Raises:
        ValueError: when a token would travel in clear to another machine.
    """

    def __init__(
        self,
        target: str,
        *,
        options: Options | None = None,
        credentials: Credentials | grpc.ChannelCredentials | None = None,
    ) -> None:
        self.options, secure = (options or Options()).connecting(target, credentials)
        settings = self.options.grpc_options(USER_AGENT)
        self._channels = [_channel(target, secure, settings) for _ in range(self.options.channels)]
        roster_channel = _channel(target, secure, self.options.roster_options(USER_AGENT))
        self._rosters = RosterServiceStub(roster_channel)
        # next() of a cycle is one step of the interpreter, so threads may share it
        self._deciders = itertools.cycle([DecisionServiceStub(channel) for channel in self._channels])
        self._libraries = itertools.cycle([RulesetServiceStub(channel) for channel in self._channels])
        self._logs = itertools.cycle([DecisionLogServiceStub(channel) for channel in self._channels])
        self._versions = itertools.cycle([VersionServiceStub(channel) for channel in self._channels])
        self._channels.append(roster_channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections; calls in flight are cancelled."""
        for channel in self._channels:
            channel.close()

    def decide(
        self, ruleset: str, case: Case | Facts, *, as_of: datetime.date, mode: Mode, **how: Unpack[How]
    ) -> Decision:
        """The decision of one ruleset about one case.

        Args:
            ruleset: the ruleset to decide by.
            case: the case, or only its facts.
            as_of: the date that the facts are judged on.
            mode: RECORD for a decision that will be acted upon, TRY for others.
            how: what may be said about any question, see `How`.
        """
        (decision,) = self.decide_together([ruleset], case, as_of=as_of, mode=mode, **how)
        return decision

    def decide_together(
        self, rulesets: Sequence[str], case: Case | Facts, *, as_of: datetime.date, mode: Mode, **how: Unpack[How]
    ) -> tuple[Decision, ...]:
        """The decisions of 1 to 20 rulesets about one case, in their order; otherwise as `decide`."""
        request = requests.decide(rulesets, case, as_of=as_of, mode=mode, how=how)
        return replies.decisions(self._call(next(self._deciders).Decide, request, how.get("timeout")))

    def decide_batch(
        self,
        rulesets: str | Sequence[str],
        cases: Sequence[Case | Facts],
        *,
        as_of: datetime.date,
        mode: Mode,
        **how: Unpack[How],
    ) -> list[tuple[Decision, ...] | RollbookError]:
        """The decisions about up to 500 cases: for each, in order, its decisions or the error that refused it.

        All are made by the same versions. A case that is refused does not fail the others; only what is wrong with the
        whole call is raised.
        """
        request = requests.decide_batch(
            [rulesets] if isinstance(rulesets, str) else rulesets, cases, as_of=as_of, mode=mode, how=how
        )
        return replies.batch(self._call(next(self._deciders).DecideBatch, request, how.get("timeout")))

    def decide_chain(
        self,
        chain: Chain,
        cases: Sequence[Case | Mapping[str, Any]],
        case: Case | Mapping[str, Any],
        *,
        as_of: datetime.date,
        mode: Mode,
        **how: Unpack[How],
    ) -> ChainDecisions:
        """The decisions of the finer cases, then of the coarser case that they are facts of.

        Args:
            chain: the rulesets, and what becomes of a finer decision: `rollbook.REPORT` for the marks of a report.
            cases: the finer cases, each with its own facts (the marks).
            case: the coarser case (the report), without what the finer decisions say.
            as_of: the date that the facts are judged on.
            mode: as for `decide`.
            how: what may be said about any question; a request id counts for the coarser case.

        Raises:
            RollbookError: the first refusal of a finer case, or that of the coarser one.
        """
        finer = finer_cases(cases)
        decided: list[Decision] = []
        of_the_finer: How = {**how, "request_id": None}
        for start in range(0, len(finer), MOST_CASES):
            batch = [one for one, _ in finer[start : start + MOST_CASES]]
            decided += first_of_each(self.decide_batch(chain.finer, batch, as_of=as_of, mode=mode, **of_the_finer))
        ((whole, facts),) = finer_cases([case])
        gathered = coarser_facts(chain, facts, [one for _, one in finer], decided)
        coarser = self.decide_together(chain.coarser, replace(whole, facts=gathered), as_of=as_of, mode=mode, **how)
        return ChainDecisions(tuple(decided), coarser, gathered)

    def explain(self, ruleset: str, case: Case | Facts, *, as_of: datetime.date, **how: Unpack[How]) -> Explanation:
        """Why the ruleset decides the case as it does, rule by rule."""
        request = requests.explain([ruleset], case, as_of=as_of, how=how)
        (explanation,) = replies.explanations(self._call(next(self._deciders).Explain, request, how.get("timeout")))
        return explanation

    def list_rulesets(
        self, *, view: RulesetView = RulesetView.BASIC, page_size: int = 50, timeout: float | None = None
    ) -> Iterator[Ruleset]:
        """Every ruleset by name, those with errors too; pages are fetched as they are needed."""
        token = ""
        while True:
            request = requests.list_rulesets(page_size, token, view)
            reply = self._call(next(self._libraries).ListRulesets, request, timeout)
            yield from replies.rulesets(reply)
            token = reply.next_page_token
            if not token:
                return

    def get_ruleset(
        self,
        name: str,
        *,
        as_of: datetime.date | None = None,
        view: RulesetView = RulesetView.FULL,
        timeout: float | None = None,
    ) -> Ruleset:
        """One ruleset, as it is in force on `as_of` (today, unless given) or in the version that `name` names."""
        request = requests.get_ruleset(name, as_of, view)
        return replies.ruleset(self._call(next(self._libraries).GetRuleset, request, timeout))

    def validate(self, ruleset_yaml: str, scenarios_yaml: str = "", *, timeout: float | None = None) -> Validation:
        """What is wrong with a document; nothing is stored."""
        request = requests.validate_ruleset(ruleset_yaml, scenarios_yaml)
        return replies.validation(self._call(next(self._libraries).ValidateRuleset, request, timeout))

    def run_scenarios(self, name: str, *, timeout: float | None = None) -> ScenarioReport:
        """What the scenarios of a ruleset that the server has show."""
        request = requests.run_scenarios(name)
        return replies.scenario_report(self._call(next(self._libraries).RunScenarios, request, timeout))

    def run_scenarios_of(
        self, ruleset_yaml: str, scenarios_yaml: str, *, timeout: float | None = None
    ) -> ScenarioReport:
        """What the scenarios of a document show; nothing is stored."""
        request = requests.run_scenarios_of(ruleset_yaml, scenarios_yaml)
        return replies.scenario_report(self._call(next(self._libraries).RunScenarios, request, timeout))

    def get_decision(self, decision_id: str, *, timeout: float | None = None) -> LoggedDecision:
        """A recorded decision with its facts."""
        asked = log_pb.GetDecisionRequest(decision_id=decision_id)
        return convert(LoggedDecision, self._call(next(self._logs).GetDecision, asked, timeout).decision)

    def list_decisions(
        self,
        wanted: Wanted | None = None,
        *,
        with_facts: bool = False,
        page_size: int = 50,
        timeout: float | None = None,
    ) -> Iterator[LoggedDecision]:
        """Recorded decisions, the newest first; pages are fetched as they are needed."""
        asked = log_pb.ListDecisionsRequest(
            filter=(wanted or Wanted()).message(), page_size=page_size, with_facts=with_facts
        )
        while True:
            reply = self._call(next(self._logs).ListDecisions, asked, timeout)
            yield from (convert(LoggedDecision, decision) for decision in reply.decisions)
            asked.page_token = reply.next_page_token
            if not asked.page_token:
                return

    def replay_decision(self, decision_id: str, *, timeout: float | None = None) -> Replay:
        """A recorded decision made again by the versions of then, and what differs; nothing is recorded."""
        asked = log_pb.ReplayDecisionRequest(decision_id=decision_id)
        return convert(Replay, self._call(next(self._logs).ReplayDecision, asked, timeout))

    def export_decisions(
        self, wanted: Wanted | None = None, *, after: str = "", timeout: float | None = None
    ) -> Iterator[LoggedDecision]:
        """Recorded decisions with their facts, the oldest first.

        Args:
            wanted: which; all when None.
            after: the id of the last decision that one has, to go on from there.
            timeout: seconds that the whole export may take; as long as it takes when None.
        """
        asked = log_pb.ExportDecisionsRequest(filter=(wanted or Wanted()).message(), after=after)
        try:
            for part in next(self._logs).ExportDecisions(asked, timeout=timeout, metadata=self.options.metadata()):
                yield from (convert(LoggedDecision, decision) for decision in part.decisions)
        except grpc.RpcError as error:
            raise from_rpc_error(error) from error

    def get_roster_run(self, roster_run: str, *, timeout: float | None = None) -> RosterRecord:
        """A recorded roster, by its id in the decision log."""
        asked = log_pb.GetRosterRunRequest(roster_run=roster_run)
        return convert(RosterRecord, self._call(next(self._logs).GetRosterRun, asked, timeout).run)

    def list_roster_runs(
        self, *, ruleset: str = "", caller: str = "", page_size: int = 50, timeout: float | None = None
    ) -> Iterator[RosterRecord]:
        """Recorded rosters, the newest first; pages are fetched as they are needed."""
        ruleset = requests.resource("rulesets", ruleset)
        asked = log_pb.ListRosterRunsRequest(ruleset=ruleset, caller=caller, page_size=page_size)
        while True:
            reply = self._call(next(self._logs).ListRosterRuns, asked, timeout)
            yield from (convert(RosterRecord, run) for run in reply.runs)
            asked.page_token = reply.next_page_token
            if not asked.page_token:
                return

    def _call(self, method: Callable[..., _Reply], request: Any, timeout: float | None) -> _Reply:
        try:
            seconds = self.options.timeout if timeout is None else timeout
            return method(request, timeout=seconds, metadata=self.options.metadata())
        except grpc.RpcError as error:
            raise from_rpc_error(error) from error


def _channel(
    target: str, credentials: grpc.ChannelCredentials | None, settings: list[tuple[str, str | int]]
) -> grpc.Channel:
    if credentials is None:
        return grpc.insecure_channel(target, settings)
    return grpc.secure_channel(target, credentials, settings)
