"""RulesetService: which rulesets there are, what they ask and answer, and whether new ones are right."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from google.protobuf.message import Message

from engine.errors import Violation
from engine.rulesets.yaml_source import MAX_BYTES
from rollbook.v1 import ruleset_pb2 as pb
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
from server.calls import Call
from server.catalogue import Catalogue, Served, Snapshot
from server.descriptions import describe
from server.errors import RefusalError, too_large
from server.requests import invalid, read_date, ruleset_name
from server.sandboxes import Sandboxes, Task

__all__ = ["RulesetService"]

_USUAL_PAGE: Final = 50
_LARGEST_PAGE: Final = 100


class RulesetService:
    """Tells what the catalogue holds; checks and runs documents in child processes."""

    def __init__(self, catalogue: Catalogue, sandboxes: Sandboxes) -> None:
        self._catalogue = catalogue
        self._sandboxes = sandboxes

    def list_rulesets(self, request: ListRulesetsRequest, _call: Call) -> ListRulesetsResponse:
        """A page of rulesets, by id."""
        snapshot = self._catalogue.snapshot()
        if request.page_size < 0:
            invalid((Violation("page_size", "1 to 100, or left out", "A page has no negative size."),))
        size = min(request.page_size or _USUAL_PAGE, _LARGEST_PAGE)
        after = _after(request.page_token)
        ids = sorted(id_ for id_ in {*snapshot.served, *snapshot.library.broken} if id_ > after)
        full = request.view == pb.RULESET_VIEW_FULL
        reply = ListRulesetsResponse(rulesets=[_described(snapshot, id_, full=full) for id_ in ids[:size]])
        if len(ids) > size:
            reply.next_page_token = _token(ids[size - 1])
        return reply

    def get_ruleset(self, request: GetRulesetRequest, _call: Call) -> pb.Ruleset:
        """One ruleset, by name or by the name of its version."""
        name = ruleset_name(request.name, "name")
        snapshot = self._catalogue.snapshot()
        day = read_date(request.as_of, "as_of") if request.HasField("as_of") else None
        full = request.view != pb.RULESET_VIEW_BASIC
        if name.id in snapshot.library.broken and name.id not in snapshot.served and not name.version:
            return _described(snapshot, name.id, full=full)
        served = snapshot.get(name.id)
        if not name.version:
            snapshot.in_force(name.id, _today(served) if day is None else day)
        elif name.version != served.loaded.checked.version:
            message = "The ruleset has no such version."
            raise RefusalError("UNKNOWN_VERSION", message, metadata={"ruleset": f"rulesets/{name.id}"})
        return _described(snapshot, name.id, full=full)

    def validate_ruleset(self, request: ValidateRulesetRequest, call: Call) -> ValidateRulesetResponse:
        """What is wrong with a document."""
        _check_size(request.document)
        answer = self._run("validate", request, call)
        call.still_wanted()
        return ValidateRulesetResponse.FromString(answer)

    def run_scenarios(self, request: RunScenariosRequest, call: Call) -> RunScenariosResponse:
        """Whether a ruleset decides its scenarios as they expect."""
        match request.WhichOneof("target"):
            case "document":
                _check_size(request.document)
            case "name":
                request = RunScenariosRequest(document=self._document(request.name))
            case _:
                expected = "`name` or `document`"
                invalid((Violation("target", expected, "Whose scenarios to run must be said."),))
        answer = self._run("scenarios", request, call)
        call.still_wanted()
        return RunScenariosResponse.FromString(answer)

    def _run(self, task: Task, request: Message, call: Call) -> bytes:
        return self._sandboxes.run(task, request.SerializeToString(), call.when_over, rulesets=self._catalogue.folder)

    def _document(self, resource: str) -> RulesetDocument:
        name = ruleset_name(resource, "name")
        loaded = self._catalogue.snapshot().get(name.id).loaded
        if name.version and name.version != loaded.checked.version:
            message = "The ruleset has no such version."
            raise RefusalError("UNKNOWN_VERSION", message, metadata={"ruleset": f"rulesets/{name.id}"})
        document = RulesetDocument(ruleset_yaml=loaded.text)
        if loaded.scenarios is not None:
            document.scenarios_yaml = loaded.scenarios.read_text(encoding="utf-8")
        _check_size(document)
        return document


def _described(snapshot: Snapshot, id_: str, *, full: bool) -> pb.Ruleset:
    served = snapshot.served.get(id_)
    problems = snapshot.library.broken.get(id_, ())
    return describe(id_, served.loaded if served is not None else None, problems, full=full)


def _today(served: Served) -> date:
    """Today in the ruleset's time zone; in UTC where it names none."""
    zone = served.loaded.checked.document.time_zone
    return datetime.now(ZoneInfo(zone) if zone else UTC).date()


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
