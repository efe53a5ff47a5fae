"""VersionService: versions from draft to retired, each step by who may take it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import Violation
from rollbook.v1 import version_pb2
from rollbook.v1 import version_service_pb2 as pb
from server.callers import Role
from server.calls import Call
from server.config import Settings
from server.descriptions import problem_message
from server.errors import RefusalError
from server.requests import invalid, not_served
from server.sandboxes import Sandboxes
from server.store.database import Database, error_name
from server.store.lifecycle_rows import StoredVersion, VersionKey
from server.store.published import Published
from server.store.versions import VersionStore
from server.versions import requests
from server.versions.asked import Dated, Drafted, Examined, Publishing, Retiring
from server.versions.files import findings_of
from server.versions.messages import version_message
from server.versions.names import parent_key, pattern, resource, version_key
from server.versions.preparing import dated, drafting, publishing, retiring

__all__ = ["VersionService", "versions_service"]

_MOST_TRIES: Final = 5
"""How often a publication is looked at again since others publish meanwhile."""

_log = structlog.stdlib.get_logger("server")


class VersionService:
    """Takes versions through their lifecycle.

    Args:
        database: where they are kept; None where the server's rulesets come from a folder.
        sandboxes: where documents are checked, and scenarios run.
    """

    def __init__(self, database: Database | None, sandboxes: Sandboxes) -> None:
        self._database = database
        self._sandboxes = sandboxes

    def close(self) -> None:
        """Ends the connections, once no call is being answered any more."""
        if self._database is not None:
            self._database.close()

    def create_version(self, request: pb.CreateVersionRequest, call: Call) -> pb.CreateVersionResponse:
        """Stores a document as a draft, unless its version is known."""
        kind, name = parent_key(request.parent, "parent")
        call.caller.require("edit", pattern(kind, name))
        requests.check_sizes(request)
        with self._reached() as store:
            unknown = VersionKey(kind, name, "")
            _, published = self._published()
            asked = drafting(unknown, request.source_yaml, request.scenarios_yaml, store, published)
            found = msgspec.json.decode(self._examined(msgspec.json.encode(asked), call), type=Drafted)
            if not found.version:
                raise RefusalError(
                    "RULESET_INVALID",
                    f"The {kind} has errors.",
                    tuple(Violation(one.place, "", one.message) for one in findings_of(found.problems)),
                    metadata={kind: resource(kind, name)},
                )
            call.still_wanted()
            made = store.create(
                unknown._replace(version=found.version),
                title=found.title,
                text=request.source_yaml,
                scenarios=request.scenarios_yaml,
                actor=call.caller.name,
                comment=request.comment,
            )
            reply = pb.CreateVersionResponse(version=self._message(store, made))
            reply.problems.extend(map(problem_message, found.problems))
            return reply

    def list_versions(self, request: pb.ListVersionsRequest, call: Call) -> pb.ListVersionsResponse:
        """A page of versions."""
        size, states = requests.page_size(request.page_size), requests.states_of(request.states)
        after = requests.page_after(request.page_token)
        with self._reached() as store:
            if request.parent:
                names = [parent_key(request.parent, "parent")]
                call.caller.require_any(requests.READERS, pattern(*names[0]))
            else:
                names = [one for one in store.names() if requests.may_see(call.caller, pattern(*one))]
            found = store.page(names, states, size + 1, after)
            page = found[:size]
            events = store.events([one.key for one in page])
        reply = pb.ListVersionsResponse(versions=[version_message(one, events[one.key]) for one in page])
        if len(found) > size:
            reply.next_page_token = requests.page_token(page[-1])
        return reply

    def get_version(self, request: pb.GetVersionRequest, call: Call) -> pb.GetVersionResponse:
        """One version with its texts."""
        key = version_key(request.name)
        call.caller.require_any(requests.READERS, pattern(key.kind, key.name))
        with self._reached() as store:
            version, events = store.get(key)
        return pb.GetVersionResponse(version=version_message(version, events, texts=True))

    def submit_version(self, request: pb.SubmitVersionRequest, call: Call) -> pb.SubmitVersionResponse:
        """A draft is ready to be approved."""
        return pb.SubmitVersionResponse(version=self._step(request, call, ("edit",), VersionStore.submit))

    def return_version(self, request: pb.ReturnVersionRequest, call: Call) -> pb.ReturnVersionResponse:
        """A submitted or approved version becomes a draft again."""
        roles: tuple[Role, ...] = ("approve", "edit")
        return pb.ReturnVersionResponse(version=self._step(request, call, roles, VersionStore.give_back))

    def approve_version(self, request: pb.ApproveVersionRequest, call: Call) -> pb.ApproveVersionResponse:
        """A submitted version is approved."""
        return pb.ApproveVersionResponse(version=self._step(request, call, ("approve",), VersionStore.approve))

    def publish_version(self, request: pb.PublishVersionRequest, call: Call) -> pb.PublishVersionResponse:
        """An approved version decides from now on, where nothing stands against it."""
        key = self._key(request, call, ("approve",))
        first, last = requests.given_day(request, "in_force_from"), requests.given_day(request, "in_force_until")
        with self._reached() as store:
            for _ in range(_MOST_TRIES):
                number, published = self._published()
                version, events = store.get(key)
                if version.state != "approved":
                    requests.check_done(version, events, call.caller, "published", first, last)
                    return pb.PublishVersionResponse(version=version_message(version, events))
                found = self._may(publishing(version, first, last, published), call)
                if found.days:
                    invalid(Violation(one.place, "", one.message) for one in found.days)
                if found.findings:
                    message = "The version cannot be published."
                    requests.refused_for("NOT_PUBLISHABLE", message, found.findings, version)
                done = store.publish(
                    key, call.caller.name, request.comment, first=found.first, last=found.last, number=number
                )
                if done is not None:
                    _log.info("published", version=resource(*key), publication=done.publication)
                    return pb.PublishVersionResponse(version=self._message(store, done))
        raise requests.overtaken()

    def retire_version(self, request: pb.RetireVersionRequest, call: Call) -> pb.RetireVersionResponse:
        """A published version decides no more, where nothing else that is published needs it."""
        key = self._key(request, call, ("approve",))
        with self._reached() as store:
            for _ in range(_MOST_TRIES):
                number, published = self._published()
                version, events = store.get(key)
                if version.state != "published":
                    requests.check_done(version, events, call.caller, "retired")
                    return pb.RetireVersionResponse(version=version_message(version, events))
                if all((one.kind, one.name, one.version) != key for one in published):
                    continue  # it was published since
                found = self._may(retiring(version, published), call)
                if found.findings:
                    message = "The version cannot be retired: others that are published need it."
                    requests.refused_for("NOT_PUBLISHABLE", message, found.findings, version)
                done = store.retire(key, call.caller.name, request.comment, number=number)
                if done is not None:
                    _log.info("retired", version=resource(*key))
                    return pb.RetireVersionResponse(version=self._message(store, done))
        raise requests.overtaken()

    def discard_version(self, request: pb.DiscardVersionRequest, call: Call) -> pb.DiscardVersionResponse:
        """A draft is deleted."""
        key = self._key(request, call, ("edit",))
        with self._reached() as store:
            store.discard(key, call.caller.name, request.comment)
        return pb.DiscardVersionResponse()

    def _step(
        self,
        request: Any,
        call: Call,
        roles: tuple[Role, ...],
        step: Callable[[VersionStore, VersionKey, str, str], StoredVersion],
    ) -> version_pb2.Version:
        key = self._key(request, call, roles)
        with self._reached() as store:
            return self._message(store, step(store, key, call.caller.name, request.comment))

    def _key(self, request: Any, call: Call, roles: tuple[Role, ...]) -> VersionKey:
        """Which version a step is about, if the caller may take it."""
        key = version_key(request.name)
        call.caller.require_any(roles, pattern(key.kind, key.name))
        requests.check_comment(request.comment)
        return key

    @contextmanager
    def _reached(self) -> Iterator[VersionStore]:
        """The store.

        Raises:
            RefusalError: NOT_SERVED where there is none; LOG_UNAVAILABLE where the database does not answer.
        """
        if self._database is None:
            message = (
                "The rulesets of this server come from a folder; with `rulesets_source` database it keeps versions."
            )
            not_served("versions", "", message)
        try:
            yield VersionStore(self._database)
        except SQLAlchemyError as error:
            _log.warning("versions_unavailable", error=error_name(error))
            message = (
                "The database does not answer; whether the step was done is not known. The same call may be repeated."
            )
            raise RefusalError("LOG_UNAVAILABLE", message) from None

    def _published(self) -> tuple[int, tuple[Dated, ...]]:
        """What is published, and the number that it had at least then."""
        assert self._database is not None
        published = Published(self._database)
        number = published.number()  # first: what is published in between changes it
        return number, dated(published.published())

    def _may(self, asked: Publishing | Retiring, call: Call) -> Examined:
        answer = self._examined(msgspec.json.encode(asked), call)
        call.still_wanted()
        return msgspec.json.decode(answer, type=Examined)

    def _examined(self, asked: bytes, call: Call) -> bytes:
        return self._sandboxes.run("version", asked, call.when_over)

    def _message(self, store: VersionStore, version: StoredVersion) -> version_pb2.Version:
        return version_message(version, store.events([version.key])[version.key])


def versions_service(settings: Settings, sandboxes: Sandboxes) -> VersionService:
    """The service on the database that rulesets come from, if they come from one.

    Raises:
        SettingsError: when the URL of the database is none.
    """
    if settings.rulesets_source == "folder" or settings.database_url is None:
        return VersionService(None, sandboxes)
    return VersionService(Database(settings.database_url.get_secret_value()), sandboxes)
