"""Tables of who may call: callers, what they may do, and their tokens."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table, Text

from server.store.tables import NAME, metadata

__all__ = ["callers", "tokens"]

callers: Final = Table(
    "callers",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("tenants", Text, nullable=False),  # JSON: the districts whose students it may decide about and read of
    Column("grants", Text, nullable=False),  # JSON: [{"role": "decide", "rulesets": ["lausd/*"]}]
    Column("certificate", NAME, unique=True),  # the name in its client certificate; null where it has none
    Column("created_at", BigInteger, nullable=False),  # milliseconds since 1970, UTC, as all times
    Column("disabled_at", BigInteger),
)
"""Who may call, by token or certificate. Callers with a JWT need not stand here."""

tokens: Final = Table(
    "tokens",
    metadata,
    Column("id", String(32), primary_key=True),  # the part of the token that is no secret
    Column("caller", NAME, nullable=False),
    Column("secret_sha256", LargeBinary, nullable=False),  # the token itself is stored nowhere
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("note", Text, nullable=False),
)
"""API tokens."""
