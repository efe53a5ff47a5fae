"""The database, and the log in it."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr

__all__ = ["DatabaseSettings"]


class DatabaseSettings(BaseModel):
    """The database, and the log in it."""

    database_url: SecretStr | None = Field(
        None,
        description="The database that decisions of MODE_RECORD are logged in: "
        "`sqlite:////var/lib/rollbook/rollbook.db` or `postgresql://user@host/database`; `rollbook migrate` prepares "
        "it. Without one MODE_RECORD is refused with NOT_SERVED. Keep a password out of it: PostgreSQL's own "
        "`PGPASSFILE` serves.",
    )
    log_seconds: float = Field(
        5.0,
        gt=0,
        le=60,
        description="How long a decision may wait to be on disk; then the call is answered LOG_UNAVAILABLE.",
    )
    log_exports: int = Field(
        4,
        ge=1,
        le=256,
        description="Exports of the log that may run at the same time; one more is refused with OVERLOADED. One that "
        "takes nothing for `roster_idle_seconds` is cut off.",
    )
