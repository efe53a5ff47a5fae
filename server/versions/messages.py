"""Versions as the contract has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, get_args

from google.protobuf.timestamp_pb2 import Timestamp

from rollbook.v1 import version_pb2 as pb
from server.citations import date_message
from server.store.lifecycle_rows import Event, State, StoredVersion
from server.versions.names import resource

__all__ = ["STATES", "version_message"]

STATES: Final[Mapping[int, State]] = {
    pb.VersionState.Value(f"VERSION_STATE_{state.upper()}"): state for state in get_args(State)
}
"""The states by their numbers in the contract."""

_NUMBERS: Final = {state: pb.VersionState.Value(f"VERSION_STATE_{state.upper()}") for state in get_args(State)}


def version_message(version: StoredVersion, events: Iterable[Event] = (), *, texts: bool = False) -> pb.Version:
    """The version with what was done with it, and its texts where they are asked for."""
    message = pb.Version(
        name=resource(*version.key),
        state=_NUMBERS[version.state],
        title=version.title,
        publication=version.publication or 0,
        events=map(_event, events),
        source_yaml=version.text if texts else "",
        scenarios_yaml=version.scenarios if texts else "",
    )
    if version.first is not None:
        message.in_force_from.CopyFrom(date_message(version.first))
    if version.last is not None:
        message.in_force_until.CopyFrom(date_message(version.last))
    return message


def _event(event: Event) -> pb.VersionEvent:
    at = Timestamp(seconds=event.at // 1000, nanos=event.at % 1000 * 1_000_000)
    return pb.VersionEvent(action=event.action, caller=event.actor, at=at, comment=event.comment)
