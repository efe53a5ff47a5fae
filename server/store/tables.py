"""The tables of the database, as the newest migration leaves them. Only migrations make or change them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

__all__ = [
    "ID",
    "NAME",
    "SHA256",
    "TENANT",
    "audit",
    "decisions",
    "holds",
    "metadata",
    "requests",
    "retention",
    "schema_state",
    "versions",
]

metadata: Final = MetaData()
"""All tables."""

ID: Final = String(36).with_variant(UUID(as_uuid=False), "postgresql")
"""A UUIDv7, so rows sort by the time at which they were made."""

TENANT: Final = String(64)
NAME: Final = String(200)
SHA256: Final = String(64)

decisions: Final = Table(
    "decisions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", TENANT, nullable=False),
    Column("caller", NAME, nullable=False),
    Column("request_id", TENANT),  # null where the caller sent none
    Column("subject", NAME, nullable=False),  # empty where the caller sent none; so are school and case_id
    Column("school", NAME, nullable=False),
    Column("ruleset", NAME, nullable=False),  # district/name
    Column("version", SHA256, nullable=False),
    Column("builds_on", Text, nullable=False),  # JSON: version by ruleset
    Column("calendars", Text, nullable=False),  # JSON: version by calendar
    Column("engine", TENANT, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("rules_as_of", Date, nullable=False),
    Column("absent_is_none", Boolean, nullable=False),
    Column("facts", Text, nullable=False),  # canonical JSON
    Column("outcome", NAME, nullable=False),  # `indeterminate` where there is none
    Column("rules", Text, nullable=False),  # JSON: the ids of the rules that hold
    Column("decision", LargeBinary, nullable=False),  # rollbook.v1.Decision, as it was sent
    Column("decided_at", BigInteger, nullable=False),  # milliseconds since 1970, UTC; the id begins with them
    Index(
        "decisions_of_subject",
        "tenant",
        "subject",
        "id",
        sqlite_where=text("subject <> ''"),
        postgresql_where=text("subject <> ''"),
    ),
    Index("decisions_of_ruleset", "tenant", "ruleset", "id"),
)
"""Decisions of mode RECORD, one row for each ruleset and case."""

requests: Final = Table(
    "requests",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("caller", NAME, primary_key=True),
    Column("request_id", TENANT, primary_key=True),
    Column("body", LargeBinary, nullable=False),  # SHA-256 of what was asked
    Column("reply", LargeBinary, nullable=False),  # the reply, of each decision only its id
    sqlite_with_rowid=False,
)
"""Requests that have been decided, by the id that the caller keeps over retries."""

versions: Final = Table(
    "versions",
    metadata,
    Column("kind", String(16), primary_key=True),  # ruleset or calendar
    Column("name", NAME, primary_key=True),
    Column("version", SHA256, primary_key=True),
    Column("text", Text, nullable=False),  # YAML, as its author wrote it
    Column("first_used_at", BigInteger, nullable=False),
)
"""Every document that a decision was made by."""

retention: Final = Table(
    "retention",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("ruleset", NAME, primary_key=True),
    Column("days", Integer, nullable=False),
)
"""How long decisions are kept; those of a ruleset that is not here are kept for ever."""

holds: Final = Table(
    "holds",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", TENANT, nullable=False),
    Column("subject", NAME, nullable=False),  # empty: every subject
    Column("ruleset", NAME, nullable=False),  # empty: every ruleset
    Column("reason", Text, nullable=False),
    Column("placed_at", BigInteger, nullable=False),
    Column("released_at", BigInteger),
)
"""Legal holds: nothing that they cover is deleted until they are released."""

audit: Final = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", TENANT, nullable=False),  # empty: of no one district
    Column("at", BigInteger, nullable=False),
    Column("actor", NAME, nullable=False),
    Column("action", TENANT, nullable=False),
    Column("details", Text, nullable=False),  # JSON; never a fact, never a subject
)
"""What was done to the log, and by whom."""

schema_state: Final = Table(
    "schema_state",
    metadata,
    Column("revision", TENANT, primary_key=True),
    Column("serves_from", TENANT, nullable=False),  # the oldest revision whose servers can work with this one
)
"""One row: which migration was the last, and which servers it serves."""
