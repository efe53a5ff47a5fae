"""What goes into the log and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

__all__ = ["Document", "Entry", "LoggedRow", "Placed", "RequestKey", "Row", "Run", "StoredRequest"]


class Document(NamedTuple):
    """A version of a ruleset or calendar: `name` is `lausd/grade-marking` or `westlake`, `text` its YAML."""

    kind: Literal["ruleset", "calendar"]
    name: str
    version: str
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is stored under."""
        return self.kind, self.name, self.version


class RequestKey(NamedTuple):
    """The id that a caller gave a request."""

    tenant: str
    caller: str
    request_id: str


class Row(NamedTuple):
    """One decision as a row, in the order of the table's columns.

    Attributes:
        request_id: None where the caller sent none.
        builds_on, calendars: JSON, the version of each ruleset and calendar.
        as_of, rules_as_of: as 2018-09-14.
        facts: canonical JSON, what the ruleset declares of it.
        rules: JSON, the ids of the rules that hold.
        decision: the message `rollbook.v1.Decision` that is sent.
        decided_at: milliseconds since 1970.
    """

    id: str
    tenant: str
    caller: str
    request_id: str | None
    subject: str
    school: str
    ruleset: str
    version: str
    builds_on: str
    calendars: str
    engine: str
    as_of: str
    rules_as_of: str
    absent_is_none: bool
    facts: str
    outcome: str
    rules: str
    decision: bytes
    decided_at: int


@dataclass(frozen=True, slots=True)
class Entry:
    """The decisions of one call, which are logged together or not at all.

    Attributes:
        key: the request, or None where the caller gave it no id.
        body: the SHA-256 of what was asked.
        reply: the reply, of each decision only its id.
        rows: the decisions.
        documents: the versions that they were made by and that may not be stored yet.
    """

    key: RequestKey | None
    body: bytes
    reply: bytes
    rows: tuple[Row, ...]
    documents: tuple[Document, ...] = ()


class StoredRequest(NamedTuple):
    """A request that has been decided: the hash of what was asked, and the reply with only the ids of decisions."""

    body: bytes
    reply: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded roster: what is the same for all of its decisions, and whose it is.

    Attributes:
        id: a UUIDv7.
        run_id: the caller's id of it, or None.
        asked_sha256: the hash of what is asked.
        builds_on, calendars: JSON, the version of each ruleset and calendar.
        source: where the ruleset was read from: `folder` or `database`.
    """

    id: str
    tenant: str
    caller: str
    run_id: str | None
    asked_sha256: str
    ruleset: str
    version: str
    builds_on: str
    calendars: str
    engine: str
    as_of: date
    rules_as_of: date
    absent_is_none: bool
    source: str

    @property
    def versions(self) -> tuple[str, ...]:
        """By what it decides."""
        return self.ruleset, self.version, self.builds_on, self.calendars, self.engine, self.source


@dataclass(frozen=True, slots=True)
class Placed:
    """A decision of a recorded roster, which stands in a segment.

    Attributes:
        id: the decision's.
        run: the roster.
        sequence: the number of the batch.
        file, sha256: the segment's file, below the folder of segments, and its hash.
    """

    id: str
    run: Run
    sequence: int
    file: str
    sha256: str

    @property
    def ruleset(self) -> str:
        """The ruleset that decided."""
        return self.run.ruleset

    @property
    def request_id(self) -> str:
        """The caller's id of the run."""
        return self.run.run_id or ""


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """A decision as it was logged; fields as in `Row`, JSON read.

    Attributes:
        roster_run: the recorded roster that it was made in; empty for others.
    """

    id: str
    tenant: str
    caller: str
    request_id: str
    subject: str
    school: str
    ruleset: str
    version: str
    builds_on: dict[str, str]
    calendars: dict[str, str]
    engine: str
    as_of: date
    rules_as_of: date
    absent_is_none: bool
    facts: str
    outcome: str
    decision: bytes
    decided_at: int
    roster_run: str = ""
