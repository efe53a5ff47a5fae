"""Tables of recorded roster runs: the runs, the segments that hold their decisions, and where each decision stands."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, String, Table, Text, UniqueConstraint, text

from server.store.tables import ID, NAME, SHA256, TENANT, metadata

__all__ = ["roster_decisions", "roster_runs", "roster_segments"]

roster_runs: Final = Table(
    "roster_runs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", TENANT, nullable=False),
    Column("caller", NAME, nullable=False),
    Column("run_id", TENANT),  # the caller's own id, kept when the run is resumed; null where it gave none
    Column("asked_sha256", SHA256, nullable=False),  # of what the header asks, so that an id is not used for two runs
    Column("ruleset", NAME, nullable=False),
    Column("version", SHA256, nullable=False),
    Column("builds_on", Text, nullable=False),  # JSON: version by ruleset
    Column("calendars", Text, nullable=False),  # JSON: version by calendar
    Column("engine", TENANT, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("rules_as_of", Date, nullable=False),
    Column("absent_is_none", Boolean, nullable=False),
    Column("source", String(16), nullable=False),  # where the ruleset was read from: folder or database
    Column("stream", Integer, nullable=False),  # how often it was begun or resumed; only the last one may add to it
    Column("started_at", BigInteger, nullable=False),  # milliseconds since 1970, UTC
    Column("ended_at", BigInteger),  # null while it runs, and where it broke off
    Column("input_sha256", SHA256),  # of the hashes of its batches' cases, in order; once it has ended
    Column("decided", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    UniqueConstraint("tenant", "caller", "run_id", name="roster_runs_of_caller"),
)
"""Recorded rosters, one row each."""

roster_segments: Final = Table(
    "roster_segments",
    metadata,
    Column("run", ID, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),  # the batch's number, as the client counts
    Column("file", Text, nullable=False),  # below the folder of segments
    Column("sha256", SHA256, nullable=False),  # of the file
    Column("input_sha256", SHA256, nullable=False),  # of the batch's cases as they were sent
    Column("cases", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("written_at", BigInteger, nullable=False),
)
"""Parquet files with the decisions of one batch each, flushed before the batch is answered."""

roster_decisions: Final = Table(
    "roster_decisions",
    metadata,
    Column("id", ID, primary_key=True),  # the decision's
    Column("tenant", TENANT, nullable=False),
    Column("caller", NAME, nullable=False),
    Column("run", ID, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("subject", NAME, nullable=False),  # empty where none was sent
    Column("ruleset", NAME, nullable=False),
    Column("outcome", NAME, nullable=False),
    Index(
        "roster_decisions_of_subject",
        "tenant",
        "subject",
        "id",
        sqlite_where=text("subject <> ''"),
        postgresql_where=text("subject <> ''"),
    ),
    Index("roster_decisions_of_ruleset", "tenant", "ruleset", "id"),
    Index("roster_decisions_of_run", "run", "sequence", "id"),
    sqlite_with_rowid=False,
)
"""Where each decision of a recorded roster stands."""
