"""VersionService on databases of both kinds, asked by callers of many names without any network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.type.date_pb2 import Date

from rollbook.v1 import version_pb2
from rollbook.v1 import version_service_pb2 as pb
from server.callers import ROLES, Caller, Grant, Role
from server.calls import Call
from server.errors import RefusalError
from server.store import Database
from server.versions.examining import examine
from server.versions.service import VersionService

__all__ = ["Office", "office"]


class _Context:
    """What of gRPC's context a call is asked for."""

    def time_remaining(self) -> float:
        return 60.0

    def is_active(self) -> bool:
        return True

    def add_callback(self, _do: Callable[[], None]) -> bool:
        return True


class _Here:
    """Examines in this process, which takes a hundredth of the time that starting another takes."""

    def run(self, task: str, request: bytes, _when_over: Callable[..., None]) -> bytes:
        assert task == "version"
        return examine(request)


class Office:
    """Takes steps as somebody."""

    def __init__(self, database: Database) -> None:
        here: Any = _Here()
        self.service = VersionService(database, here)

    def call(self, name: str, *roles: Role, rulesets: tuple[str, ...] = ("*",)) -> Call:
        """A call of somebody with these roles, or with all."""
        grants = tuple(Grant(role, rulesets) for role in roles or ROLES)
        context: Any = _Context()
        return Call("X", context, Caller(name, ("default",), "default", grants))

    def create(self, parent: str, text: str, scenarios: str = "", by: str = "ana") -> version_pb2.Version:
        """The version that a document is, stored."""
        asked = pb.CreateVersionRequest(parent=parent, source_yaml=text, scenarios_yaml=scenarios, comment="new")
        return self.service.create_version(asked, self.call(by)).version

    def submit(self, name: str, by: str = "ana") -> version_pb2.Version:
        """The version, submitted."""
        return self.service.submit_version(pb.SubmitVersionRequest(name=name), self.call(by)).version

    def approve(self, name: str, by: str = "ben") -> version_pb2.Version:
        """The version, approved."""
        return self.service.approve_version(pb.ApproveVersionRequest(name=name), self.call(by)).version

    def publish(self, name: str, first: str = "", last: str = "", by: str = "ben") -> version_pb2.Version:
        """The version, published."""
        asked = pb.PublishVersionRequest(name=name, in_force_from=_day(first), in_force_until=_day(last))
        return self.service.publish_version(asked, self.call(by)).version

    def retire(self, name: str, by: str = "ben") -> version_pb2.Version:
        """The version, retired."""
        return self.service.retire_version(pb.RetireVersionRequest(name=name), self.call(by)).version

    def get(self, name: str) -> version_pb2.Version:
        """The version as it stands."""
        return self.service.get_version(pb.GetVersionRequest(name=name), self.call("ana")).version

    def approved(self, parent: str, text: str, scenarios: str = "") -> str:
        """The name of a version that may be published, as far as people are concerned."""
        name = self.create(parent, text, scenarios).name
        self.submit(name)
        return self.approve(name).name

    def published(self, parent: str, text: str, scenarios: str = "", first: str = "", last: str = "") -> str:
        """The name of a version that is published."""
        name = self.approved(parent, text, scenarios)
        self.publish(name, first, last)
        return name

    def refused(self, step: Callable[[], object]) -> RefusalError:
        """What a step is refused with."""
        with pytest.raises(RefusalError) as caught:
            step()
        return caught.value


def _day(text: str) -> Date | None:
    return Date(**dict(zip(("year", "month", "day"), map(int, text.split("-")), strict=True))) if text else None


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    """Offices of a new database."""
    with Database(url) as database:
        yield Office(database)
