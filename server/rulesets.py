"""RulesetService: which rulesets there are, what they ask and answer, and whether new ones are right."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from google.protobuf.message import Message

from engine.documents import Documents
from engine.errors import Violation
from engine.rulesets.yaml_source import MAX_BYTES
from rollbook.v1 import ruleset_pb2 as pb
from rollbook.v1.decision_pb2 import RULESET_SOURCE_DATABASE
from rollbook.v1.ruleset_service_pb2 import (
    GetRulesetRequest,
    ListRulesetsRequest,
    ListRulesetsResponse,
    RulesetDocument,
    RunScenariosRequest,
    RunScenariosResponse,
    ValidateRulesetRequest,
    ValidateRulesetResponse,
)
from server.callers import ROLES
from server.calls import Call
from server.catalogue import Catalogue, Snapshot
from server.catalogues.served import Named
from server.citations import date_message
from server.descriptions import describe
from server.errors import too_large
from server.requests import invalid, named_rulesets, read_date, ruleset_name
from server.sandboxes import Sandboxes, Task

__all__ = ["RulesetService"]

_USUAL_PAGE: Final = 50
_LARGEST_PAGE: Final = 100


class RulesetService:
    """Tells what the catalogue holds; checks and runs documents in child processes."""

    def __init__(self, catalogue: Catalogue, sandboxes: Sandboxes) -> None:
        self._catalogue = catalogue
        self._sandboxes = sandboxes

    def list_rulesets(self, request: ListRulesetsRequest, call: Call) -> ListRulesetsResponse:
        """A page of the rulesets that the caller has a role on, by id."""
        snapshot = self._catalogue.snapshot()
        if request.page_size < 0:
            invalid((Violation("page_size", "1 to 100, or left out", "A page has no negative size."),))
        size = min(request.page_size or _USUAL_PAGE, _LARGEST_PAGE)
        after = _after(request.page_token)
        ids = sorted(id_ for id_ in snapshot.ids() if id_ > after and call.caller.has_any(ROLES, id_))
        full = request.view == pb.RULESET_VIEW_FULL
        reply = ListRulesetsResponse(rulesets=[_listed(snapshot, id_, full=full) for id_ in ids[:size]])
        if len(ids) > size:
            reply.next_page_token = _token(ids[size - 1])
        return reply

    def get_ruleset(self, request: GetRulesetRequest, call: Call) -> pb.Ruleset:
        """One ruleset, by name or by the name of its version."""
        name = ruleset_name(request.name, "name")
        call.caller.require_any(ROLES, name.id)
        snapshot = self._catalogue.snapshot()
        day = read_date(request.as_of, "as_of") if request.HasField("as_of") else None
        full = request.view != pb.RULESET_VIEW_BASIC
        if name.version:
            found = snapshot.named(name.id, name.version, day)
            return _described(snapshot, name.id, found, day, full=full)
        if day is None:
            day = _today(snapshot, name.id)
        edition = snapshot.on(day)
        broken = name.id in edition.library.broken and name.id not in edition.served
        served = None if broken else snapshot.in_force(name.id, day)
        return _described(snapshot, name.id, served, day, full=full)

    def validate_ruleset(self, request: ValidateRulesetRequest, call: Call) -> ValidateRulesetResponse:
        """What is wrong with a document."""
        _check_size(request.document)
        snapshot = self._catalogue.snapshot()
        answer = self._run("validate", request, call, snapshot.drafts_beside(_utc_today()))
        call.still_wanted()
        reply = ValidateRulesetResponse.FromString(answer)
        if reply.HasField("ruleset"):
            reply.ruleset.source = snapshot.source
        return reply

    def run_scenarios(self, request: RunScenariosRequest, call: Call) -> RunScenariosResponse:
        """Whether a ruleset decides its scenarios as they expect."""
        match request.WhichOneof("target"):
            case "document":
                _check_size(request.document)
                documents = self._catalogue.snapshot().drafts_beside(_utc_today())
            case "name":
                call.caller.require_any(("edit", "approve"), *named_rulesets([request.name]))
                document, documents = self._document(request.name)
                request = RunScenariosRequest(document=document)
            case _:
                expected = "`name` or `document`"
                invalid((Violation("target", expected, "Whose scenarios to run must be said."),))
        answer = self._run("scenarios", request, call, documents)
        call.still_wanted()
        return RunScenariosResponse.FromString(answer)

    def _run(self, task: Task, request: Message, call: Call, documents: Documents) -> bytes:
        return self._sandboxes.run(task, request.SerializeToString(), call.when_over, documents=documents)

    def _document(self, resource: str) -> tuple[RulesetDocument, Documents]:
        """The version that is asked for, with what is in force beside it: today's, or the latest, where none is named.

        Raises:
            RefusalError: UNKNOWN_RULESET, UNKNOWN_VERSION or RULESET_INVALID.
        """
        name = ruleset_name(resource, "name")
        snapshot = self._catalogue.snapshot()
        if name.version:
            loaded = snapshot.named(name.id, name.version).loaded
            documents = snapshot.beside(name.id, name.version)
        else:
            edition = snapshot.edition_of(name.id, _today(snapshot, name.id))
            served = None if edition is None else edition.served.get(name.id)
            loaded = (served or snapshot.get(name.id)).loaded
            documents = snapshot.editions[-1].documents if edition is None else edition.documents
        document = RulesetDocument(ruleset_yaml=loaded.text, scenarios_yaml=documents.scenarios(name.id))
        _check_size(document)
        return document, documents


def _listed(snapshot: Snapshot, id_: str, *, full: bool) -> pb.Ruleset:
    """A ruleset as it is in force today, else as it was last, or will be."""
    edition = snapshot.edition_of(id_, _today(snapshot, id_))
    assert edition is not None
    return _described(snapshot, id_, edition.served.get(id_), edition.first, full=full)


def _described(snapshot: Snapshot, id_: str, found: Named | None, day: date | None, *, full: bool) -> pb.Ruleset:
    edition = snapshot.editions[-1] if day is None else snapshot.on(day)
    problems = edition.library.broken.get(id_, ())
    message = describe(id_, None if found is None else found.loaded, problems, full=full, source=snapshot.source)
    if found is not None and snapshot.source == RULESET_SOURCE_DATABASE:  # what it was published for
        message.ClearField("effective_from")
        message.ClearField("effective_until")
        if found.first > date.min:
            message.effective_from.CopyFrom(date_message(found.first))
        if found.last < date.max:
            message.effective_until.CopyFrom(date_message(found.last))
    return message


def _utc_today() -> date:
    return datetime.now(UTC).date()


def _today(snapshot: Snapshot, id_: str) -> date:
    """Today in the ruleset's time zone; in UTC where it names none."""
    today = _utc_today()
    edition = snapshot.edition_of(id_, today)
    served = None if edition is None else edition.served.get(id_)
    zone = None if served is None else served.loaded.checked.document.time_zone
    return datetime.now(ZoneInfo(zone)).date() if zone else today


def _check_size(document: RulesetDocument) -> None:
    for field in ("ruleset_yaml", "scenarios_yaml"):
        if (size := len(getattr(document, field))) > MAX_BYTES:
            raise too_large("document-characters", MAX_BYTES, size, "The document is too large.", f"document.{field}")


def _token(id_: str) -> str:
    return base64.urlsafe_b64encode(id_.encode()).decode()


def _after(token: str) -> str:
    """The id after which the page begins; empty for the first page."""
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except ValueError:  # also binascii.Error and UnicodeError
        invalid((Violation("page_token", "a next_page_token", "This is no page token."),))
