"""VersionService: each step by who may take it, repeated as often as the network wants it, listed, got."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.v1 import version_pb2
from rollbook.v1 import version_service_pb2 as pb
from rollbook.v1.version_service_pb2_grpc import VersionServiceStub
from server.callers import ROLES, Role
from server.errors import RefusalError
from server.versions.examining import examine
from tests.server.running import MARKS, Folder, Running, refused
from tests.server.versions.conftest import Office
from tests.server.versions.test_publishing import OAK, PARENT, SCENARIOS, WIDER

STEPS: dict[str, tuple[type[Any], set[Role]]] = {
    "submit_version": (pb.SubmitVersionRequest, {"edit"}),
    "return_version": (pb.ReturnVersionRequest, {"edit", "approve"}),
    "approve_version": (pb.ApproveVersionRequest, {"approve"}),
    "publish_version": (pb.PublishVersionRequest, {"approve"}),
    "retire_version": (pb.RetireVersionRequest, {"approve"}),
    "discard_version": (pb.DiscardVersionRequest, {"edit"}),
    "get_version": (pb.GetVersionRequest, {"edit", "approve", "administer"}),
}
UNKNOWN = f"{PARENT}/versions/{'0' * 64}"


def test_the_life_of_a_version(office: Office) -> None:
    draft = office.create(PARENT, MARKS, SCENARIOS)
    assert (draft.state, draft.title, draft.source_yaml) == (version_pb2.VERSION_STATE_DRAFT, "Marks", "")
    assert office.create(PARENT, MARKS, SCENARIOS).name == draft.name
    office.submit(draft.name)
    assert office.refused(lambda: office.approve(draft.name, by="ana")).reason == "FORBIDDEN"
    office.approve(draft.name)
    office.publish(draft.name)
    office.retire(draft.name)
    found = office.get(draft.name)
    assert (found.source_yaml, found.scenarios_yaml) == (MARKS, SCENARIOS)
    assert [(event.action, event.caller) for event in found.events] == [
        ("created", "ana"),
        ("submitted", "ana"),
        ("approved", "ben"),
        ("published", "ben"),
        ("retired", "ben"),
    ]
    assert found.events[0].comment == "new"
    assert office.retire(draft.name).state == version_pb2.VERSION_STATE_RETIRED, "it was done already"
    assert office.refused(lambda: office.publish(draft.name)).reason == "WRONG_STATE"
    assert office.create(PARENT, MARKS).state == version_pb2.VERSION_STATE_RETIRED, "it does not come back"


def test_the_same_rules_laid_out_otherwise_are_the_same_version(office: Office) -> None:
    first = office.create(PARENT, MARKS)
    again = office.create(PARENT, f"# a remark\n{MARKS}")
    assert again.name == first.name
    assert office.get(first.name).source_yaml == MARKS


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_take_which_step(office: Office, name: str, role: Role) -> None:
    kind, roles = STEPS[name]
    step = getattr(office.service, name)
    error = office.refused(lambda: step(kind(name=UNKNOWN), office.call("cy", role)))
    assert error.reason == ("UNKNOWN_VERSION" if role in roles else "FORBIDDEN")
    elsewhere = office.call("cy", *ROLES, rulesets=("demo/other", "calendars/*"))
    assert office.refused(lambda: step(kind(name=UNKNOWN), elsewhere)).reason == "FORBIDDEN"


@pytest.mark.parametrize("role", ROLES)
def test_who_may_make_drafts(office: Office, role: Role) -> None:
    asked = pb.CreateVersionRequest(parent="calendars/oak", source_yaml=OAK)
    if role == "edit":
        made = office.service.create_version(asked, office.call("cy", role, rulesets=("calendars/*",)))
        assert made.version.events[0].caller == "cy"
    else:
        assert (
            office.refused(lambda: office.service.create_version(asked, office.call("cy", role))).reason == "FORBIDDEN"
        )
    districts = office.call("cy", "edit", rulesets=("demo/*",))
    assert office.refused(lambda: office.service.create_version(asked, districts)).reason == "FORBIDDEN"


def names(office: Office, caller: Any = None, **asked: Any) -> list[str]:
    caller = caller or office.call("ana")
    found: list[str] = []
    token = ""
    while True:
        reply = office.service.list_versions(pb.ListVersionsRequest(page_token=token, **asked), caller)
        found += [one.name for one in reply.versions]
        token = reply.next_page_token
        if not token:
            return found


def test_lists_show_what_the_caller_may_see(office: Office) -> None:
    oak = office.create("calendars/oak", OAK).name
    first = office.create(PARENT, MARKS).name
    other = office.create("rulesets/demo/other", MARKS.replace("demo/marks", "demo/other")).name
    office.submit(first)
    assert names(office) == names(office, page_size=1) == [oak, first, other]
    assert names(office, parent=PARENT) == [first]
    assert names(office, states=[version_pb2.VERSION_STATE_SUBMITTED]) == [first]
    assert names(office, office.call("cy", "approve", rulesets=("demo/other",))) == [other]
    assert names(office, office.call("cy", "administer", rulesets=("calendars/*",))) == [oak]
    assert names(office, office.call("cy", "decide", "read-log")) == []
    newer = office.create(PARENT, WIDER).name
    assert set(names(office, parent=PARENT)) == {first, newer}
    elsewhere = office.call("cy", "edit", rulesets=("demo/other",))
    assert office.refused(lambda: names(office, elsewhere, parent=PARENT)).reason == "FORBIDDEN"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (pb.ListVersionsRequest(page_size=-1), "page_size"),
        (pb.ListVersionsRequest(page_token="x"), "page_token"),
        (pb.ListVersionsRequest(page_token="WyJhIiwgMSwgImIiLCAiYyJd"), "page_token"),
        (pb.ListVersionsRequest(states=[version_pb2.VERSION_STATE_UNSPECIFIED]), "states"),
        (pb.ListVersionsRequest(parent="rulesets/../x"), "parent"),
    ],
)
def test_lists_of_what_cannot_be_listed(office: Office, asked: pb.ListVersionsRequest, field: str) -> None:
    error = office.refused(lambda: office.service.list_versions(asked, office.call("ana")))
    assert (error.reason, [one.path for one in error.violations]) == ("REQUEST_INVALID", [field])


@pytest.mark.parametrize(
    "name", ["", "x", PARENT, f"{PARENT}/versions/", f"{UNKNOWN}0", "rulesets/a/../versions/" + "0" * 64, "x" * 10_000]
)
def test_what_is_no_name_of_a_version(office: Office, name: str) -> None:
    error = office.refused(lambda: office.get(name))
    assert (error.reason, [one.path for one in error.violations]) == ("REQUEST_INVALID", ["name"])


def test_a_comment_and_a_document_have_limits(office: Office) -> None:
    for comment in ("x" * 2_001, "\0"):
        asked = pb.SubmitVersionRequest(name=UNKNOWN, comment=comment)
        assert office.refused(lambda asked=asked: office.service.submit_version(asked, office.call("ana"))).reason == (  # type: ignore[misc]
            "REQUEST_INVALID"
        )
    assert office.refused(lambda: office.create(PARENT, "x" * 2_000_000)).reason == "TOO_LARGE"
    for parent in ("calendars/oak/x", "rulesets/oak", "rulesets/" + "a" * 150 + "/" + "b" * 150):
        assert office.refused(lambda parent=parent: office.create(parent, MARKS)).reason == "REQUEST_INVALID"  # type: ignore[misc]


def test_what_was_published_meanwhile_is_looked_at(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    name, other = office.approved(PARENT, MARKS), office.approved("calendars/oak", OAK)
    looked: list[str] = []

    def also(task: str, request: bytes, when_over: Any) -> bytes:
        looked.append(task)
        if len(looked) == 1:
            office.publish(other)
        return examine(request)

    here: Any = office.service
    monkeypatch.setattr(here._sandboxes, "run", also)
    assert office.publish(name).publication == 2
    assert len(looked) == 3, "the calendar, and the ruleset before and after it"
    retired = office.retire(other)
    assert retired.state == version_pb2.VERSION_STATE_RETIRED
    monkeypatch.setattr("server.store.versions.VersionStore.retire", lambda *_, **__: None)
    assert office.refused(lambda: office.retire(name)).reason == "OVERLOADED"


def test_a_database_that_does_not_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def broken(*_: object) -> None:
        message = "x"
        raise OperationalError(message, {}, Exception("no"))

    monkeypatch.setattr("server.store.versions.VersionStore.get", broken)
    error = office.refused(lambda: office.get(UNKNOWN))
    assert isinstance(error, RefusalError)
    assert error.reason == "LOG_UNAVAILABLE"


def test_over_the_wire_in_a_child_process(folder: Folder, url: str) -> None:
    with Running(folder.path, database_url=url, rulesets_source="database") as running:
        stub = VersionServiceStub(running.channel)
        asked = pb.CreateVersionRequest(parent=PARENT, source_yaml=MARKS, scenarios_yaml=SCENARIOS)
        made = stub.CreateVersion(asked, timeout=60).version
        stub.SubmitVersion(pb.SubmitVersionRequest(name=made.name), timeout=60)
        error = refused(lambda: stub.ApproveVersion(pb.ApproveVersionRequest(name=made.name), timeout=60))
        assert (error.reason, dict(error.info.metadata)) == ("FORBIDDEN", {"role": "approve"})
        error = refused(lambda: stub.PublishVersion(pb.PublishVersionRequest(name=made.name), timeout=60))
        assert (error.reason, dict(error.info.metadata)) == ("WRONG_STATE", {"state": "submitted"})
        (listed,) = stub.ListVersions(pb.ListVersionsRequest(), timeout=60).versions
        assert listed.events[-1].caller == "anonymous"


def test_a_server_whose_rulesets_come_from_a_folder_keeps_no_versions(folder: Folder, url: str) -> None:
    with Running(folder.path, database_url=url) as running:
        stub = VersionServiceStub(running.channel)
        error = refused(lambda: stub.ListVersions(pb.ListVersionsRequest(), timeout=60))
        assert (error.reason, dict(error.info.metadata)) == ("NOT_SERVED", {"feature": "versions"})
