"""DecisionLogService: decisions found again, made again, handed out."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec
from google.protobuf.timestamp_pb2 import Timestamp

from engine.errors import Violation
from rollbook.v1 import decision_log_service_pb2 as pb
from rollbook.v1.decision_log_pb2 import LoggedDecision
from rollbook.v1.decision_pb2 import Decision
from server.calls import Call
from server.catalogue import Catalogue
from server.errors import RefusalError
from server.pools import Streams
from server.replaying import Again, decide_again, differences
from server.replies import DecisionWriter
from server.requests import invalid, not_served, ruleset_name
from server.sandboxes import Sandboxes
from server.store import DecisionLog, Filter, LoggedRow, Scope
from server.waiting import Waiting

__all__ = ["DecisionLogService"]

_USUAL_PAGE: Final = 50
_LARGEST_PAGE: Final = 500
_ROWS_AT_ONCE: Final = 50
_MOST_BYTES: Final = 2 * 1024 * 1024
"""Bytes after which a page ends; one decision more may be in it."""

_MOST_CHARACTERS: Final = 200

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
        if request.page_size < 0:
            invalid((Violation("page_size", "1 to 500, or left out", "A page has no negative size."),))
        size = min(request.page_size or _USUAL_PAGE, _LARGEST_PAGE)
        wanted = _filter(request.filter, call)
        after = _after(request.page_token, wanted)
        rows, more = self._rows(call, wanted, size, after)
        reply = pb.ListDecisionsResponse(decisions=[_logged(row, with_facts=request.with_facts) for row in rows])
        if more:
            reply.next_page_token = _token(rows[-1].id, wanted)
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
        after = _id(request.after, "after") if request.after else ""
        if wanted.before is None:
            wanted = replace(wanted, before=time.time_ns() // 1_000_000 + 1)
        while rows := log.page(_scope(call), wanted, _ROWS_AT_ONCE, after, newest_first=False):
            after = rows[-1].id
            decisions = [_logged(row, with_facts=True) for row in rows]
            raw = pb.ExportDecisionsResponse(decisions=decisions).SerializeToString()
            del rows, decisions  # while the client takes its time, nothing is held twice
            self._idle.begin(call.context)
            try:
                yield raw
            finally:
                self._idle.end(call.context)
            call.still_wanted()

    def _row(self, decision_id: str, call: Call) -> LoggedRow:
        row = self._log.get(_scope(call), _id(decision_id, "decision_id"))
        if row is None:
            message = "The decision log has no such decision; it may have been deleted when its retention was over."
            raise RefusalError("UNKNOWN_DECISION", message)
        return row

    def _rows(self, call: Call, wanted: Filter, size: int, after: str) -> tuple[list[LoggedRow], bool]:
        """At most `size` decisions, fewer where they are large, and whether there are more."""
        rows: list[LoggedRow] = []
        held = 0
        while True:
            count = min(_ROWS_AT_ONCE, size - len(rows)) + 1
            found = self._log.page(_scope(call), wanted, count, rows[-1].id if rows else after)
            for row in found:
                if len(rows) == size or held > _MOST_BYTES:
                    return rows, True
                rows.append(row)
                held += len(row.decision) + len(row.facts)
            if not found:
                return rows, False

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
        decided_at=Timestamp(seconds=row.decided_at // 1000, nanos=row.decided_at % 1000 * 1_000_000),
        tenant=row.tenant,
        caller=row.caller,
        request_id=row.request_id,
        subject=row.subject,
        school=row.school,
        facts_json=row.facts if with_facts else "",
    )


def _filter(asked: pb.DecisionFilter, call: Call) -> Filter:
    """What is asked for.

    Raises:
        RefusalError: REQUEST_INVALID; FORBIDDEN for a ruleset whose decisions the caller may not read.
    """
    wrong = [
        Violation(
            f"filter.{name}", f"at most {_MOST_CHARACTERS} characters, none of code 0", "This cannot be looked for."
        )
        for name in ("subject", "outcome", "caller")
        if len(getattr(asked, name)) > _MOST_CHARACTERS or "\0" in getattr(asked, name)
    ]
    if wrong:
        invalid(wrong)
    name = ruleset_name(asked.ruleset, "filter.ruleset") if asked.ruleset else None
    if name is not None and name.version:
        invalid((Violation("filter.ruleset", "rulesets/{district}/{ruleset}", "A version cannot be asked for here."),))
    if name is not None:
        call.caller.require("read-log", name.id)
    return Filter(
        subject=asked.subject,
        ruleset="" if name is None else name.id,
        outcome=asked.outcome,
        caller=asked.caller,
        first=_milliseconds(asked.decided_from) if asked.HasField("decided_from") else None,
        before=_milliseconds(asked.decided_before) if asked.HasField("decided_before") else None,
    )


def _milliseconds(at: Timestamp) -> int:
    """The first millisecond that is not before that time."""
    return at.seconds * 1000 - (-at.nanos // 1_000_000)


def _id(text: str, field: str) -> str:
    if _ID.fullmatch(text) is None:
        invalid((Violation(field, "the id of a decision", "This is no id of a decision."),))
    return text


def _token(id_: str, wanted: Filter) -> str:
    return base64.urlsafe_b64encode(f"{id_} {_hash(wanted)}".encode()).decode()


def _after(token: str, wanted: Filter) -> str:
    """The id after which the page begins; empty for the first page."""
    if not token:
        return ""
    try:
        id_, _, of = base64.b64decode(token, altchars=b"-_", validate=True).decode().partition(" ")
    except ValueError:  # also binascii.Error and UnicodeError
        id_ = of = ""
    if _ID.fullmatch(id_) is None:
        invalid((Violation("page_token", "a next_page_token", "This is no page token."),))
    if of != _hash(wanted):
        invalid((Violation("page_token", "a next_page_token of the same filter", "The filter is another."),))
    return id_


def _hash(wanted: Filter) -> str:
    return hashlib.sha256(repr(wanted).encode()).hexdigest()[:16]
