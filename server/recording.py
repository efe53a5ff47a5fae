"""Decisions of MODE_RECORD: logged before they are answered, once for each request however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from google.protobuf.message import Message

from engine.decisions import Decision
from engine.errors import RollbookError, Violation
from engine.library import Library
from rollbook.v1.decision_pb2 import Case
from rollbook.v1.decision_pb2 import Decision as DecisionMessage
from rollbook.v1.decision_service_pb2 import (
    DecideBatchRequest,
    DecideBatchResponse,
    DecideRequest,
    DecideResponse,
)
from server.callers import Caller
from server.calls import Call
from server.canonical_facts import canonical_facts, declared_facts, plain_facts
from server.catalogue import Served
from server.errors import RefusalError
from server.identity.identify import require_tenant
from server.ids import milliseconds_of, new_decision_id
from server.replies import ENGINE_VERSION
from server.requests import invalid, safe_request_id
from server.store import DecisionLog, Document, Entry, Row
from server.store.entries import RequestKey

__all__ = ["Gathered", "Recorder"]

_to_json = msgspec.json.Encoder(order="deterministic").encode


class Gathered:
    """The decisions of one call, until they are logged.

    Attributes:
        rows: the decisions so far.
        documents: the versions that they were made by.
    """

    def __init__(self, caller: Caller, request_id: str) -> None:
        self.rows: list[Row] = []
        self.documents: set[Document] = set()
        self._caller = caller
        self._request_id = request_id or None

    def add(
        self,
        case: Case,
        facts: str | Mapping[str, Any],
        served: Sequence[Served],
        decisions: Sequence[Decision],
        library: Library,
    ) -> list[bytes]:
        """Adds the decisions about a case, one by each of `served`, and gives them as they will be sent.

        Raises:
            RefusalError: REQUEST_INVALID for ids that cannot be stored.
        """
        _check(case)
        if len(served) == 1:
            texts = [canonical_facts(facts)]
        else:
            plain = plain_facts(facts)
            texts = [declared_facts(plain, one.loaded.checked.facts) for one in served]
        return [
            self._add(case, text, decision, one, library)
            for one, decision, text in zip(served, decisions, texts, strict=True)
        ]

    def _add(self, case: Case, facts: str, decision: Decision, served: Served, library: Library) -> bytes:
        id_ = new_decision_id()
        message = served.writer.encoded(decision, case.case_id, id_)
        self.documents.update(served.documents)
        if decision.calendars:
            self.documents.update(_calendars(decision, library))
        self.rows.append(
            Row(
                id_,
                self._caller.tenant,
                self._caller.name,
                self._request_id,
                case.subject,
                case.school,
                decision.ruleset,
                decision.version,
                _mapping(decision.builds_on),
                _mapping(decision.calendars),
                ENGINE_VERSION,
                decision.as_of.isoformat(),
                decision.rules_as_of.isoformat(),
                decision.absent_is_none,
                facts,
                decision.outcome,
                _to_json(list(dict.fromkeys(held.rule for held in decision.held))).decode(),
                message,
                milliseconds_of(id_),
            )
        )
        return message


class Recorder:
    """Logs what calls decide, and answers a request that was sent before with what was decided then.

    Args:
        log: where decisions are logged.
    """

    def __init__(self, log: DecisionLog) -> None:
        self._log = log

    def answer(
        self,
        request: DecideRequest | DecideBatchRequest,
        call: Call,
        decide: Callable[[Gathered], tuple[bytes, bytes]],
    ) -> bytes:
        """The reply to `request`, once its decisions are on disk.

        `decide` decides, and gives the reply twice: as it is sent, and with only the ids of its decisions.

        Raises:
            RefusalError: REQUEST_INVALID where the caller has several districts and names none; LOG_UNAVAILABLE;
                REQUEST_ID_REUSED where the id was that of another question.
        """
        require_tenant(call.caller)
        id_ = safe_request_id(request.request_id)
        key = RequestKey(call.caller.tenant, call.caller.name, id_) if id_ else None
        body = _hash(request) if key is not None else b""
        gathered = Gathered(call.caller, id_)
        try:
            reply, ids_only = decide(gathered)
        except (RefusalError, RollbookError):
            # It may have been decided when another version was in force.
            if key is not None and (before := self._decided_before(key, body, request)) is not None:
                return before
            raise
        rows = tuple(gathered.rows)
        entry = Entry(key, body, ids_only, rows, self._log.unstored(tuple(gathered.documents)))
        if not rows or self._log.record(entry, call.context.time_remaining()):
            return reply
        assert key is not None
        if (before := self._decided_before(key, body, request)) is not None:
            return before
        message = "What was decided for this request was deleted just now; try again."
        raise RefusalError("LOG_UNAVAILABLE", message)

    def _decided_before(
        self, key: RequestKey, body: bytes, request: DecideRequest | DecideBatchRequest
    ) -> bytes | None:
        """The reply that was stored for the request; None where there is none.

        Raises:
            RefusalError: REQUEST_ID_REUSED where something else was asked.
        """
        if (stored := self._log.stored_request(key)) is None:
            return None
        if stored.body != body:
            message = "This request id was used for another question. Give every question an id of its own."
            raise RefusalError("REQUEST_ID_REUSED", message)
        kind: type[Message] = DecideResponse if isinstance(request, DecideRequest) else DecideBatchResponse
        reply: Any = kind.FromString(stored.reply)
        decisions = list(_decisions_in(reply))
        found = self._log.decisions([decision.decision_id for decision in decisions])
        for decision in decisions:
            if decision.decision_id not in found:
                return None
            decision.ParseFromString(found[decision.decision_id])
        return bytes(reply.SerializeToString())


def _decisions_in(reply: DecideResponse | DecideBatchResponse) -> Iterator[DecisionMessage]:
    if isinstance(reply, DecideResponse):
        yield from reply.decisions
        return
    for result in reply.results:
        yield from result.decisions.decisions


def _check(case: Case) -> None:
    fields = [field for field in ("case_id", "subject", "school") if "\0" in getattr(case, field)]
    if fields:
        wrong = "An id has a character of code 0."
        invalid(Violation(f"case.{field}", "text without characters of code 0", wrong) for field in fields)


def _hash(request: Message) -> bytes:
    """The SHA-256 of what is asked, and by which method."""
    name = request.DESCRIPTOR.name.encode()
    return hashlib.sha256(name + b"\0" + request.SerializeToString(deterministic=True)).digest()


def _calendars(decision: Decision, library: Library) -> Iterator[Document]:
    loaded = library.calendars.loaded
    for name, version in decision.calendars.items():
        yield Document("calendar", name, version, loaded[name].text)


def _mapping(versions: Mapping[str, str]) -> str:
    return _to_json(dict(versions)).decode() if versions else "{}"
