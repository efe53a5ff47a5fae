"""Requests about versions, from Python values."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from rollbook.requests import date_message
from rollbook.v1 import version_pb2
from rollbook.v1 import version_service_pb2 as pb
from rollbook.versions import VersionState

__all__ = ["LONG_SECONDS", "create", "listing", "publish", "resource"]

LONG_SECONDS = 60.0
"""What calls may take that have the server check a document or run its scenarios, unless more is said."""


def resource(name: str) -> str:
    """The resource name of `lausd/grade-marking`, or of a name that is one already; empty stays empty."""
    return name if not name or name.startswith(("rulesets/", "calendars/")) else f"rulesets/{name}"


def create(parent: str, source_yaml: str, scenarios_yaml: str, comment: str) -> pb.CreateVersionRequest:
    """Asks to store a document."""
    return pb.CreateVersionRequest(
        parent=resource(parent), source_yaml=source_yaml, scenarios_yaml=scenarios_yaml, comment=comment
    )


def listing(parent: str, states: Iterable[VersionState], page_size: int) -> pb.ListVersionsRequest:
    """Asks for a page of versions."""
    numbers = [version_pb2.VersionState.Value(f"VERSION_STATE_{state.name}") for state in states]
    return pb.ListVersionsRequest(parent=resource(parent), states=numbers, page_size=page_size)


def publish(
    name: str, comment: str, first: datetime.date | None, last: datetime.date | None
) -> pb.PublishVersionRequest:
    """Asks to publish a version."""
    return pb.PublishVersionRequest(
        name=resource(name), comment=comment, in_force_from=date_message(first), in_force_until=date_message(last)
    )
