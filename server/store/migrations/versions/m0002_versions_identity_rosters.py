"""The lifecycle of versions, callers and their tokens, and recorded rosters. Tables are added, none is changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0002"
down_revision = "0001"
serves_from = "0001"

_ID = sa.String(36).with_variant(UUID(as_uuid=False), "postgresql")
_TENANT, _NAME, _SHA256, _KIND = sa.String(64), sa.String(200), sa.String(64), sa.String(16)


def upgrade() -> None:
    """Makes the tables."""
    _versions()
    _identity()
    _rosters()


def _versions() -> None:
    op.create_table(
        "lifecycles",
        sa.Column("kind", _KIND, primary_key=True),
        sa.Column("name", _NAME, primary_key=True),
        sa.Column("version", _SHA256, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("scenarios", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("state", _KIND, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", _NAME, nullable=False),
        sa.Column("submitted_by", _NAME),
        sa.Column("approved_by", _NAME),
        sa.Column("published_by", _NAME),
        sa.Column("publication", sa.Integer, unique=True),
        sa.Column("in_force_from", sa.Date),
        sa.Column("in_force_until", sa.Date),
    )
    op.create_index("lifecycles_by_state", "lifecycles", ["state", "kind", "name"])
    op.create_table(
        "version_events",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("version", _SHA256, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", _NAME, nullable=False),
        sa.Column("action", _KIND, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
    )
    op.create_index("version_events_by_name", "version_events", ["kind", "name", "id"])
    numbers = op.create_table(
        "publications",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.bulk_insert(numbers, [{"id": 1, "number": 0}])


def _identity() -> None:
    op.create_table(
        "callers",
        sa.Column("name", _NAME, primary_key=True),
        sa.Column("tenants", sa.Text, nullable=False),
        sa.Column("grants", sa.Text, nullable=False),
        sa.Column("certificate", _NAME, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("caller", _NAME, nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
    )


def _rosters() -> None:
    op.create_table(
        "roster_runs",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("tenant", _TENANT, nullable=False),
        sa.Column("caller", _NAME, nullable=False),
        sa.Column("run_id", _TENANT),
        sa.Column("asked_sha256", _SHA256, nullable=False),
        sa.Column("ruleset", _NAME, nullable=False),
        sa.Column("version", _SHA256, nullable=False),
        sa.Column("builds_on", sa.Text, nullable=False),
        sa.Column("calendars", sa.Text, nullable=False),
        sa.Column("engine", _TENANT, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("rules_as_of", sa.Date, nullable=False),
        sa.Column("absent_is_none", sa.Boolean, nullable=False),
        sa.Column("source", _KIND, nullable=False),
        sa.Column("stream", sa.Integer, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("input_sha256", _SHA256),
        sa.Column("decided", sa.BigInteger, nullable=False),
        sa.Column("rejected", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("tenant", "caller", "run_id", name="roster_runs_of_caller"),
    )
    op.create_table(
        "roster_segments",
        sa.Column("run", _ID, primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", _SHA256, nullable=False),
        sa.Column("input_sha256", _SHA256, nullable=False),
        sa.Column("cases", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("written_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "roster_decisions",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("tenant", _TENANT, nullable=False),
        sa.Column("caller", _NAME, nullable=False),
        sa.Column("run", _ID, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("subject", _NAME, nullable=False),
        sa.Column("ruleset", _NAME, nullable=False),
        sa.Column("outcome", _NAME, nullable=False),
        sqlite_with_rowid=False,
    )
    known = sa.text("subject <> ''")
    of_subject = ["tenant", "subject", "id"]
    op.create_index(
        "roster_decisions_of_subject", "roster_decisions", of_subject, sqlite_where=known, postgresql_where=known
    )
    op.create_index("roster_decisions_of_ruleset", "roster_decisions", ["tenant", "ruleset", "id"])
    op.create_index("roster_decisions_of_run", "roster_decisions", ["run", "sequence", "id"])
