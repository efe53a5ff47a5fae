"""The decision log: decisions, requests, versions, and what is done to keep or delete them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0001"
down_revision = None
serves_from = "0001"


def upgrade() -> None:
    """Makes the tables."""
    id_ = sa.String(36).with_variant(UUID(as_uuid=False), "postgresql")
    tenant, name, sha256 = sa.String(64), sa.String(200), sa.String(64)
    op.create_table(
        "decisions",
        sa.Column("id", id_, primary_key=True),
        sa.Column("tenant", tenant, nullable=False),
        sa.Column("caller", name, nullable=False),
        sa.Column("request_id", tenant),
        sa.Column("subject", name, nullable=False),
        sa.Column("school", name, nullable=False),
        sa.Column("ruleset", name, nullable=False),
        sa.Column("version", sha256, nullable=False),
        sa.Column("builds_on", sa.Text, nullable=False),
        sa.Column("calendars", sa.Text, nullable=False),
        sa.Column("engine", tenant, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("rules_as_of", sa.Date, nullable=False),
        sa.Column("absent_is_none", sa.Boolean, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("outcome", name, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("decision", sa.LargeBinary, nullable=False),
        sa.Column("decided_at", sa.BigInteger, nullable=False),
    )
    known = sa.text("subject <> ''")
    op.create_index(
        "decisions_of_subject", "decisions", ["tenant", "subject", "id"], sqlite_where=known, postgresql_where=known
    )
    op.create_index("decisions_of_ruleset", "decisions", ["tenant", "ruleset", "id"])
    op.create_table(
        "requests",
        sa.Column("tenant", tenant, primary_key=True),
        sa.Column("caller", name, primary_key=True),
        sa.Column("request_id", tenant, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("reply", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "versions",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("name", name, primary_key=True),
        sa.Column("version", sha256, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("first_used_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "retention",
        sa.Column("tenant", tenant, primary_key=True),
        sa.Column("ruleset", name, primary_key=True),
        sa.Column("days", sa.Integer, nullable=False),
    )
    op.create_table(
        "holds",
        sa.Column("id", id_, primary_key=True),
        sa.Column("tenant", tenant, nullable=False),
        sa.Column("subject", name, nullable=False),
        sa.Column("ruleset", name, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("placed_at", sa.BigInteger, nullable=False),
        sa.Column("released_at", sa.BigInteger),
    )
    op.create_table(
        "audit",
        sa.Column("id", id_, primary_key=True),
        sa.Column("tenant", tenant, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", name, nullable=False),
        sa.Column("action", tenant, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
    )
    state = op.create_table(
        "schema_state",
        sa.Column("revision", tenant, primary_key=True),
        sa.Column("serves_from", tenant, nullable=False),
    )
    op.bulk_insert(state, [{"revision": revision, "serves_from": serves_from}])
