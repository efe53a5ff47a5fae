"""Tables of the versions of rulesets and calendars: their lifecycle, and what is published."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text

from server.store.tables import ID, NAME, SHA256, metadata

__all__ = ["lifecycles", "publications", "version_events"]

_KIND = String(16)
_STATE = String(16)

lifecycles: Final = Table(
    "lifecycles",
    metadata,
    Column("kind", _KIND, primary_key=True),  # ruleset or calendar
    Column("name", NAME, primary_key=True),  # district/name, or the calendar's
    Column("version", SHA256, primary_key=True),
    Column("text", Text, nullable=False),  # YAML, as its author wrote it; never changes
    Column("scenarios", Text, nullable=False),  # YAML; empty where there are none; changes only while it is a draft
    Column("title", Text, nullable=False, server_default=""),  # as the text has it, for lists
    Column("state", _STATE, nullable=False),  # draft, submitted, approved, published, retired
    Column("created_at", BigInteger, nullable=False),  # milliseconds since 1970, UTC, as all times
    Column("created_by", NAME, nullable=False),
    Column("submitted_by", NAME),  # who may not approve it
    Column("approved_by", NAME),
    Column("published_by", NAME),
    Column("publication", Integer, unique=True),  # of two versions in force on one day the larger number decides
    Column("in_force_from", Date),  # of a published version; null: without a beginning
    Column("in_force_until", Date),  # that day included; null: without an end
    Index("lifecycles_by_state", "state", "kind", "name"),
)
"""Versions on their way from draft to retired. What is published is here; what was used stands in `versions` too."""

version_events: Final = Table(
    "version_events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", _KIND, nullable=False),
    Column("name", NAME, nullable=False),
    Column("version", SHA256, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", NAME, nullable=False),
    Column("action", _STATE, nullable=False),  # created, changed (its scenarios), submitted, returned,
    # approved, published, retired, discarded
    Column("comment", Text, nullable=False),
    Index("version_events_by_name", "kind", "name", "id"),
)
"""What was done to versions, and by whom; nothing deletes it."""

publications: Final = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True),  # 1
    Column("number", Integer, nullable=False),  # counts publications and retirements
)
"""One row, which every server looks at: when the number has changed it reads what is published anew."""
