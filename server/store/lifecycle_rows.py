"""The rows of the lifecycle of versions, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

__all__ = ["Action", "Event", "Kind", "State", "StoredVersion", "VersionKey"]

Kind = Literal["ruleset", "calendar"]

State = Literal["draft", "submitted", "approved", "published", "retired"]

Action = Literal["created", "changed", "submitted", "returned", "approved", "published", "retired", "discarded"]
"""What is done with a version; `changed` says that its scenarios were replaced while it was a draft."""


class VersionKey(NamedTuple):
    """Which version: `name` is `lausd/grade-marking` or `westlake`, `version` the SHA-256 of the canonical form."""

    kind: Kind
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version as it stands.

    Attributes:
        kind, name, version: which it is.
        title: as its text has it.
        text: the document, YAML, as its author wrote it; never changes.
        scenarios: YAML; empty where there are none. They change only while it is a draft.
        state: how far it has come.
        created_at: milliseconds since 1970.
        created_by, submitted_by, approved_by, published_by: who did it last; None where nobody has.
        publication: of two published versions that are in force on one day the larger number decides; None before.
        first, last: the days on which it is in force, both included; None before it is published, and where it has no
            beginning or end.
    """

    kind: Kind
    name: str
    version: str
    title: str
    text: str
    scenarios: str
    state: State
    created_at: int
    created_by: str
    submitted_by: str | None
    approved_by: str | None
    published_by: str | None
    publication: int | None
    first: date | None
    last: date | None

    @property
    def key(self) -> VersionKey:
        """What it is stored under."""
        return VersionKey(self.kind, self.name, self.version)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done with a version, at that time in milliseconds since 1970."""

    action: Action
    actor: str
    at: int
    comment: str
