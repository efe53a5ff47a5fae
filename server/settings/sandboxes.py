"""Child processes that check rulesets."""

from __future__ import annotations

from pydantic import BaseModel, Field

__all__ = ["SandboxSettings"]


class SandboxSettings(BaseModel):
    """Child processes that check rulesets."""

    sandboxes: int = Field(
        2,
        ge=1,
        le=64,
        description="Child processes that may check rulesets or run scenarios at the same time; further calls wait.",
    )
    sandbox_waiting: int = Field(
        8,
        ge=0,
        le=1000,
        description="Calls that may wait for such a child process; one more is refused with OVERLOADED.",
    )
    sandbox_seconds: float = Field(
        30.0,
        gt=0,
        le=3600,
        description="Processor time that such a child process may take; by the clock four times as much.",
    )
    sandbox_megabytes: int = Field(
        1024, ge=256, le=1024 * 1024, description="Address space of such a child process, in MiB."
    )
