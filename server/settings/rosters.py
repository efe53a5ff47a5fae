"""Whole rosters."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field

__all__ = ["RosterSettings"]


class RosterSettings(BaseModel):
    """Whole rosters."""

    rosters: int = Field(
        2,
        ge=1,
        le=64,
        description="Rosters that may be decided or compared at the same time, each in a child process of its own; one "
        "more is refused at once with OVERLOADED.",
    )
    roster_memory: str = Field(
        "1GB",
        pattern=r"^[1-9][0-9]{0,5} ?(MB|GB|MiB|GiB)$",
        description="What the queries of one roster may use of memory, such as `512MB` or `4GB`. What they need beyond "
        "it they put in the spill folder; without one they are refused with LIMIT_EXCEEDED.",
    )
    roster_threads: int = Field(
        1,
        ge=1,
        le=256,
        description="Threads that decide one roster. Child processes stay away from the core that the server is pinned "
        "to where there are others enough.",
    )
    roster_spill_folder: Path | None = Field(
        None,
        description="A folder for what the queries of rosters cannot keep in memory. Facts of cases stand there while "
        "a roster is decided, so it should be on an encrypted disk. Without one nothing is written to disk.",
    )
    roster_max_batch_cases: int = Field(
        20_000,
        ge=1,
        le=1_000_000,
        description="Cases of one batch of a roster; a larger one is refused with TOO_LARGE.",
    )
    roster_max_message_bytes: int = Field(
        16 * 1024 * 1024,
        ge=1024,
        le=512 * 1024 * 1024,
        description="Bytes of one message of a roster; a larger one is refused with TOO_LARGE. The transport takes "
        "every message up to this size, or to twice `max_message_bytes`, before it is looked at.",
    )
    roster_log_folder: Path | None = Field(
        None,
        description="The folder for the decisions of recorded rosters, on an encrypted local disk, readable by the "
        "server's user only; servers on one PostgreSQL database need one folder that they share. Without it the folder "
        "is `<file>.rosters` beside a SQLite database, and with PostgreSQL rosters of MODE_RECORD are refused with "
        "NOT_SERVED.",
    )
    roster_idle_seconds: float = Field(
        300.0,
        gt=0,
        le=86_400,
        description="How long the client of a roster may neither send a batch nor take an answer; then it is cut off, "
        "and can go on with a new call. A child process without work ends after the same time.",
    )
