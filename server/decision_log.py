"""DecisionLogService: decisions found again, made again, handed out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from engine.rulesets.checked import CheckedRuleset
from rollbook.v1 import decision_log_service_pb2 as pb
from rollbook.v1.decision_log_pb2 import LoggedDecision
from rollbook.v1.decision_pb2 import Decision
from server.calls import Call
from server.catalogue import Catalogue
from server.errors import RefusalError
from server.log_requests import filter_of, id_of, page_size, page_start, page_token
from server.pools import Streams
from server.replaying import Again, checked_ruleset, decide_again, differences
from server.replies import DecisionWriter
from server.requests import not_served
from server.rosters.run_messages import moment, run_message
from server.sandboxes import Sandboxes
from server.store import DecisionLog, Filter, LoggedRow, Placed, Run, Scope
from server.waiting import Waiting

if TYPE_CHECKING:
    from server.rosters.logged import LoggedRosters

__all__ = ["DecisionLogService"]

_ROWS_AT_ONCE: Final = 50
_MOST_BYTES: Final = 2 * 1024 * 1024
"""Bytes after which a page ends; one decision more may be in it."""


class DecisionLogService:
    """Reads the decision log.

    Args:
        log: the log, or None where the server has none.
        catalogue: the versions that are served.
        sandboxes: where older versions are made ready.
        streams: the streams that the end of the server ends.
        idle: cuts off who takes nothing of an export.
        steps: steps that deciding one case by one ruleset may take.
    """

    def __init__(
        self,
        log: DecisionLog | None,
        catalogue: Catalogue,
        sandboxes: Sandboxes,
        streams: Streams,
        idle: Waiting,
        *,
        steps: int,
    ) -> None:
        self._log_or_none = log
        self._catalogue = catalogue
        self._sandboxes = sandboxes
        self._streams = streams
        self._idle = idle
        self._steps = steps

    @cached_property
    def _segments(self) -> LoggedRosters:
        from server.rosters.logged import LoggedRosters  # with Arrow, which takes a while: a server starts without it

        return LoggedRosters(self._log.rosters.folder, self._ruleset, self._log.rosters.placed_now)

    @property
    def _log(self) -> DecisionLog:
        if self._log_or_none is None:
            message = "This server has no decision log. Its `database_url` says where a log is kept."
            not_served("decision-log", "", message)
        return self._log_or_none

    def get_decision(self, request: pb.GetDecisionRequest, call: Call) -> pb.GetDecisionResponse:
        """One decision."""
        return pb.GetDecisionResponse(decision=_logged(self._row(request.decision_id, call), with_facts=True))

    def list_decisions(self, request: pb.ListDecisionsRequest, call: Call) -> pb.ListDecisionsResponse:
        """A page of decisions, the newest first."""
        size = page_size(request.page_size)
        wanted = _filter(request.filter, call)
        after = page_start(request.page_token, wanted)
        rows, more = self._rows(call, wanted, size, after)
        reply = pb.ListDecisionsResponse(decisions=[_logged(row, with_facts=request.with_facts) for row in rows])
        if more:
            reply.next_page_token = page_token(rows[-1].id, wanted)
        return reply

    def replay_decision(self, request: pb.ReplayDecisionRequest, call: Call) -> pb.ReplayDecisionResponse:
        """Makes a decision again."""
        row = self._row(request.decision_id, call)
        recorded = Decision.FromString(row.decision)
        replayed = self._replayed(row, recorded, call)
        reply = pb.ReplayDecisionResponse(recorded=recorded, replayed=replayed)
        reply.differences.extend(differences(recorded, replayed))
        reply.same = not reply.differences
        return reply

    def export_decisions(self, messages: Iterator[bytes], call: Call) -> Iterator[bytes]:
        """Decisions with their facts, the oldest first, up to those of the time at which it was asked."""
        self._streams.opened(call.context)
        request = pb.ExportDecisionsRequest.FromString(next(messages))
        log, wanted = self._log, _filter(request.filter, call)
        after = id_of(request.after, "after") if request.after else ""
        if wanted.before is None:
            wanted = replace(wanted, before=time.time_ns() // 1_000_000 + 1)
        while found := log.page(_scope(call), wanted, _ROWS_AT_ONCE, after, newest_first=False):
            after = found[-1].id
            parts = [_exported(part) for part in _parts(self._whole(found))]
            del found  # while the client takes its time, nothing is held twice
            for raw in parts:
                self._idle.begin(call.context)
                try:
                    yield raw
                finally:
                    self._idle.end(call.context)
            call.still_wanted()

    def get_roster_run(self, request: pb.GetRosterRunRequest, call: Call) -> pb.GetRosterRunResponse:
        """One recorded roster."""
        id_ = id_of(request.roster_run, "roster_run")
        found = self._log.rosters.runs(_scope(call), 1, id_=id_)
        if not found:
            raise RefusalError("UNKNOWN_RUN", "The decision log has no such roster.")
        return pb.GetRosterRunResponse(run=run_message(found[0]))

    def list_roster_runs(self, request: pb.ListRosterRunsRequest, call: Call) -> pb.ListRosterRunsResponse:
        """A page of recorded rosters, the newest first."""
        wanted = _filter(pb.DecisionFilter(ruleset=request.ruleset, caller=request.caller), call)
        size, after = page_size(request.page_size), page_start(request.page_token, wanted)
        named = {"ruleset": wanted.ruleset, "caller": wanted.caller}
        found = self._log.rosters.runs(_scope(call), size + 1, after=after, **named)
        reply = pb.ListRosterRunsResponse(runs=map(run_message, found[:size]))
        if len(found) > size:
            reply.next_page_token = page_token(found[size - 1].run.id, wanted)
        return reply

    def _whole(self, found: Iterable[LoggedRow | Placed]) -> list[LoggedRow]:
        """The decisions, those of recorded rosters read from their segments."""
        rows = list(found)
        whole = [row for row in rows if isinstance(row, LoggedRow)]
        return whole if len(whole) == len(rows) else self._segments.rows(rows)

    def _ruleset(self, run: Run) -> CheckedRuleset:
        """The ruleset of a run in the version that decided."""
        builds_on = json.loads(run.builds_on)
        if (served := self._catalogue.snapshot().served.get(run.ruleset)) is not None:
            checked = served.loaded.checked
            if checked.version == run.version and checked.built_on == builds_on:
                return checked
        versions = {run.ruleset: run.version, **builds_on}
        documents = {name: self._text("ruleset", name, version) for name, version in versions.items()}
        return checked_ruleset(documents, run.ruleset)

    def _row(self, decision_id: str, call: Call) -> LoggedRow:
        found = self._log.get(_scope(call), id_of(decision_id, "decision_id"))
        rows = [] if found is None else self._whole([found])
        if not rows:
            message = "The decision log has no such decision; it may have been deleted when its retention was over."
            raise RefusalError("UNKNOWN_DECISION", message)
        return rows[0]

    def _rows(self, call: Call, wanted: Filter, size: int, after: str) -> tuple[list[LoggedRow], bool]:
        """At most `size` decisions, fewer where they are large, and whether there are more."""
        rows: list[LoggedRow] = []
        held = 0
        while True:
            count = min(_ROWS_AT_ONCE, size - len(rows)) + 1
            found = self._log.page(_scope(call), wanted, count, after)
            for row in self._whole(found):
                if len(rows) == size or held > _MOST_BYTES:
                    return rows, True
                rows.append(row)
                held += len(row.decision) + len(row.facts)
            if not found:
                return rows, False
            after = found[-1].id

    def _replayed(self, row: LoggedRow, recorded: Decision, call: Call) -> Decision:
        """The decision as it comes out now: here where its version serves, else in a child process.

        An engine is built for a version that does not serve, and what durable-rules takes for that is never freed.
        """
        source = recorded.versions.rulesets[0].source
        served = self._catalogue.snapshot().serving(row.ruleset, row.version, row.builds_on)
        calendar = next(((name, self._text("calendar", name, of)) for name, of in row.calendars.items()), None)
        documents: dict[str, str] = {}
        if served is None:
            versions = {row.ruleset: row.version, **row.builds_on}
            documents = {name: self._text("ruleset", name, version) for name, version in versions.items()}
        again = Again(
            ruleset=row.ruleset,
            documents=documents,
            calendar=calendar,
            facts=row.facts,
            as_of=row.as_of,
            rules_as_of=row.rules_as_of,
            absent_is_none=row.absent_is_none,
            case_id=recorded.case_id,
            source=source,
            steps=self._steps,
        )
        if served is not None:
            return decide_again(again, served.loaded.engine, DecisionWriter(served.loaded.checked, source))
        answer = self._sandboxes.run("replay", msgspec.json.encode(again), call.when_over)
        return Decision.FromString(answer)

    def _text(self, kind: str, name: str, version: str) -> str:
        text = self._log.document(kind, name, version)
        if text is None:
            message = (
                f"The database lacks the {kind} {name} in the version that was recorded; restore it from a backup."
            )
            raise RefusalError("UNKNOWN_VERSION", message, metadata={"version": version})
        return text


def _scope(call: Call) -> Scope:
    """What the caller may read: to it, the rest is not there."""
    return Scope(call.caller.tenants, call.caller.patterns("read-log"))


def _logged(row: LoggedRow, *, with_facts: bool) -> LoggedDecision:
    return LoggedDecision(
        decision=Decision.FromString(row.decision),
        decided_at=moment(row.decided_at),
        tenant=row.tenant,
        caller=row.caller,
        request_id=row.request_id,
        subject=row.subject,
        school=row.school,
        facts_json=row.facts if with_facts else "",
        roster_run=row.roster_run,
    )


def _filter(asked: pb.DecisionFilter, call: Call) -> Filter:
    """What is asked for.

    Raises:
        RefusalError: REQUEST_INVALID; FORBIDDEN for a ruleset whose decisions the caller may not read.
    """
    wanted = filter_of(asked)
    if wanted.ruleset:
        call.caller.require("read-log", wanted.ruleset)
    return wanted


def _exported(rows: list[LoggedRow]) -> bytes:
    decisions = [_logged(row, with_facts=True) for row in rows]
    return pb.ExportDecisionsResponse(decisions=decisions).SerializeToString()


def _parts(rows: list[LoggedRow]) -> Iterator[list[LoggedRow]]:
    """The rows in messages that are not much larger than they may be."""
    part: list[LoggedRow] = []
    held = 0
    for row in rows:
        part.append(row)
        held += len(row.decision) + len(row.facts)
        if held > _MOST_BYTES:
            yield part
            part, held = [], 0
    if part:
        yield part
