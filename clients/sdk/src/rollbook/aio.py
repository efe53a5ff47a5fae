"""The client for asyncio: the same as `rollbook.client`, awaited."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import grpc

from rollbook import replies, requests
from rollbook.aio_running import AsyncRosterRun
from rollbook.aio_version_calls import AsyncVersionCalls
from rollbook.chains import MOST_CASES, Chain, ChainDecisions, coarser_facts, finer_cases, first_of_each
from rollbook.channels import USER_AGENT, Options, with_metadata
from rollbook.conversion import convert
from rollbook.credentials import Credentials
from rollbook.decision_log import LoggedDecision, Replay, RosterRecord, Wanted
from rollbook.decisions import Decision, Mode
from rollbook.errors import RollbookError, from_rpc_error
from rollbook.explanations import Explanation
from rollbook.requests import Case, Facts, How
from rollbook.rosters import CaseBatch, HowRoster, header
from rollbook.rulesets import Ruleset, RulesetView, ScenarioReport, Validation
from rollbook.sending import Roster
from rollbook.v1 import decision_log_service_pb2 as log_pb
from rollbook.v1.decision_log_service_pb2_grpc import DecisionLogServiceStub
from rollbook.v1.decision_service_pb2_grpc import DecisionServiceStub
from rollbook.v1.roster_service_pb2_grpc import RosterServiceStub
from rollbook.v1.ruleset_service_pb2_grpc import RulesetServiceStub
from rollbook.v1.version_service_pb2_grpc import VersionServiceStub

__all__ = ["AsyncClient"]

_Reply = TypeVar("_Reply")


class AsyncClient(AsyncVersionCalls):
    """Asks a Rollbook server from one event loop; make one there and keep it.

        async with AsyncClient("localhost:7420") as client:
            decision = await client.decide("lausd/grade-marking", facts, as_of=date(2018, 11, 2), mode=Mode.TRY)

    Its methods, their arguments and errors are those of `rollbook.Client`.
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
        self._deciders = itertools.cycle([DecisionServiceStub(channel) for channel in self._channels])
        self._libraries = itertools.cycle([RulesetServiceStub(channel) for channel in self._channels])
        self._logs = itertools.cycle([DecisionLogServiceStub(channel) for channel in self._channels])
        self._versions = itertools.cycle([VersionServiceStub(channel) for channel in self._channels])
        self._channels.append(roster_channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connections; calls in flight are cancelled."""
        for channel in self._channels:
            await channel.close(None)

    async def decide(
        self, ruleset: str, case: Case | Facts, *, as_of: datetime.date, mode: Mode, **how: Unpack[How]
    ) -> Decision:
        """The decision of one ruleset about one case."""
        (decision,) = await self.decide_together([ruleset], case, as_of=as_of, mode=mode, **how)
        return decision

    async def decide_together(
        self, rulesets: Sequence[str], case: Case | Facts, *, as_of: datetime.date, mode: Mode, **how: Unpack[How]
    ) -> tuple[Decision, ...]:
        """The decisions of 1 to 20 rulesets about one case, in their order; otherwise as `decide`."""
        request = requests.decide(rulesets, case, as_of=as_of, mode=mode, how=how)
        return replies.decisions(await self._call(next(self._deciders).Decide, request, how.get("timeout")))

    async def decide_batch(
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
        return replies.batch(await self._call(next(self._deciders).DecideBatch, request, how.get("timeout")))

    async def decide_chain(
        self,
        chain: Chain,
        cases: Sequence[Case | Mapping[str, Any]],
        case: Case | Mapping[str, Any],
        *,
        as_of: datetime.date,
        mode: Mode,
        **how: Unpack[How],
    ) -> ChainDecisions:
        """The decisions of the finer cases, then of the coarser case that they are facts of; see `Client`."""
        finer = finer_cases(cases)
        decided: list[Decision] = []
        of_the_finer: How = {**how, "request_id": None}
        for start in range(0, len(finer), MOST_CASES):
            batch = [one for one, _ in finer[start : start + MOST_CASES]]
            answers = await self.decide_batch(chain.finer, batch, as_of=as_of, mode=mode, **of_the_finer)
            decided += first_of_each(answers)
        ((whole, facts),) = finer_cases([case])
        gathered = coarser_facts(chain, facts, [one for _, one in finer], decided)
        asked = replace(whole, facts=gathered)
        coarser = await self.decide_together(chain.coarser, asked, as_of=as_of, mode=mode, **how)
        return ChainDecisions(tuple(decided), coarser, gathered)

    def decide_roster(
        self,
        ruleset: str,
        batches: AsyncIterable[CaseBatch] | Iterable[CaseBatch],
        *,
        as_of: datetime.date,
        mode: Mode,
        window: int = 4,
        patience: float = 60.0,
        **how: Unpack[HowRoster],
    ) -> AsyncRosterRun:
        """The decisions about a whole roster, as they come; see `Client`. Batches that are there may be given too.

        async with client.decide_roster("lausd/grade-marking", batches, as_of=day, mode=Mode.TRY) as run:
            async for answer in run:
                ...
        """
        run_id = how.get("run_id") or requests.new_request_id()
        asked = header(ruleset, as_of, mode, how, run_id)
        given = aiter(batches) if isinstance(batches, AsyncIterable) else _one_by_one(batches)
        decide = with_metadata(self._rosters.DecideRoster, self.options)
        return AsyncRosterRun(decide, Roster(asked, mode, patience), given, window)

    async def explain(
        self, ruleset: str, case: Case | Facts, *, as_of: datetime.date, **how: Unpack[How]
    ) -> Explanation:
        """Why the ruleset decides the case as it does, rule by rule."""
        request = requests.explain([ruleset], case, as_of=as_of, how=how)
        (explanation,) = replies.explanations(
            await self._call(next(self._deciders).Explain, request, how.get("timeout"))
        )
        return explanation

    async def list_rulesets(
        self, *, view: RulesetView = RulesetView.BASIC, page_size: int = 50, timeout: float | None = None
    ) -> AsyncIterator[Ruleset]:
        """Every ruleset by name, those with errors too; pages are fetched as they are needed."""
        token = ""
        while True:
            request = requests.list_rulesets(page_size, token, view)
            reply = await self._call(next(self._libraries).ListRulesets, request, timeout)
            for ruleset in replies.rulesets(reply):
                yield ruleset
            token = reply.next_page_token
            if not token:
                return

    async def get_ruleset(
        self,
        name: str,
        *,
        as_of: datetime.date | None = None,
        view: RulesetView = RulesetView.FULL,
        timeout: float | None = None,
    ) -> Ruleset:
        """One ruleset, as it is in force on `as_of` (today, unless given) or in the version that `name` names."""
        request = requests.get_ruleset(name, as_of, view)
        return replies.ruleset(await self._call(next(self._libraries).GetRuleset, request, timeout))

    async def validate(
        self, ruleset_yaml: str, scenarios_yaml: str = "", *, timeout: float | None = None
    ) -> Validation:
        """What is wrong with a document; nothing is stored."""
        request = requests.validate_ruleset(ruleset_yaml, scenarios_yaml)
        return replies.validation(await self._call(next(self._libraries).ValidateRuleset, request, timeout))

    async def run_scenarios(self, name: str, *, timeout: float | None = None) -> ScenarioReport:
        """What the scenarios of a ruleset that the server has show."""
        request = requests.run_scenarios(name)
        return replies.scenario_report(await self._call(next(self._libraries).RunScenarios, request, timeout))

    async def run_scenarios_of(
        self, ruleset_yaml: str, scenarios_yaml: str, *, timeout: float | None = None
    ) -> ScenarioReport:
        """What the scenarios of a document show; nothing is stored."""
        request = requests.run_scenarios_of(ruleset_yaml, scenarios_yaml)
        return replies.scenario_report(await self._call(next(self._libraries).RunScenarios, request, timeout))

    async def get_decision(self, decision_id: str, *, timeout: float | None = None) -> LoggedDecision:
        """A recorded decision with its facts."""
        asked = log_pb.GetDecisionRequest(decision_id=decision_id)
        return convert(LoggedDecision, (await self._call(next(self._logs).GetDecision, asked, timeout)).decision)

    async def list_decisions(
        self,
        wanted: Wanted | None = None,
        *,
        with_facts: bool = False,
        page_size: int = 50,
        timeout: float | None = None,
    ) -> AsyncIterator[LoggedDecision]:
        """Recorded decisions, the newest first; pages are fetched as they are needed."""
        asked = log_pb.ListDecisionsRequest(
            filter=(wanted or Wanted()).message(), page_size=page_size, with_facts=with_facts
        )
        while True:
            reply = await self._call(next(self._logs).ListDecisions, asked, timeout)
            for decision in reply.decisions:
                yield convert(LoggedDecision, decision)
            asked.page_token = reply.next_page_token
            if not asked.page_token:
                return

    async def replay_decision(self, decision_id: str, *, timeout: float | None = None) -> Replay:
        """A recorded decision made again by the versions of then, and what differs; nothing is recorded."""
        asked = log_pb.ReplayDecisionRequest(decision_id=decision_id)
        return convert(Replay, await self._call(next(self._logs).ReplayDecision, asked, timeout))

    async def export_decisions(
        self, wanted: Wanted | None = None, *, after: str = "", timeout: float | None = None
    ) -> AsyncIterator[LoggedDecision]:
        """Recorded decisions with their facts, the oldest first; see `Client`."""
        asked = log_pb.ExportDecisionsRequest(filter=(wanted or Wanted()).message(), after=after)
        try:
            parts = next(self._logs).ExportDecisions(asked, timeout=timeout, metadata=self.options.metadata())
            async for part in parts:
                for decision in part.decisions:
                    yield convert(LoggedDecision, decision)
        except grpc.RpcError as error:
            raise from_rpc_error(error) from error

    async def get_roster_run(self, roster_run: str, *, timeout: float | None = None) -> RosterRecord:
        """A recorded roster, by its id in the decision log."""
        asked = log_pb.GetRosterRunRequest(roster_run=roster_run)
        return convert(RosterRecord, (await self._call(next(self._logs).GetRosterRun, asked, timeout)).run)

    async def list_roster_runs(
        self, *, ruleset: str = "", caller: str = "", page_size: int = 50, timeout: float | None = None
    ) -> AsyncIterator[RosterRecord]:
        """Recorded rosters, the newest first; pages are fetched as they are needed."""
        ruleset = requests.resource("rulesets", ruleset)
        asked = log_pb.ListRosterRunsRequest(ruleset=ruleset, caller=caller, page_size=page_size)
        while True:
            reply = await self._call(next(self._logs).ListRosterRuns, asked, timeout)
            for run in reply.runs:
                yield convert(RosterRecord, run)
            asked.page_token = reply.next_page_token
            if not asked.page_token:
                return

    async def _call(self, method: Callable[..., Awaitable[_Reply]], request: Any, timeout: float | None) -> _Reply:
        try:
            seconds = self.options.timeout if timeout is None else timeout
            return await method(request, timeout=seconds, metadata=self.options.metadata())
        except grpc.RpcError as error:
            raise from_rpc_error(error) from error


def _channel(
    target: str, credentials: grpc.ChannelCredentials | None, settings: list[tuple[str, str | int]]
) -> grpc.aio.Channel:
    if credentials is None:
        return grpc.aio.insecure_channel(target, settings)
    return grpc.aio.secure_channel(target, credentials, settings)


async def _one_by_one(batches: Iterable[CaseBatch]) -> AsyncIterator[CaseBatch]:
    for batch in batches:
        yield batch
