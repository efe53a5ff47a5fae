"""Calls: how many, how large, how long."""

from __future__ import annotations

from pydantic import BaseModel, Field

__all__ = ["CallSettings"]


class CallSettings(BaseModel):
    """Calls: how many, how large, how long."""

    threads: int = Field(
        64, ge=64, le=1024, description="Threads that decide, at most. They are started as they are needed."
    )
    max_concurrent_calls: int = Field(
        256,
        ge=1,
        le=100_000,
        description="Calls in flight, waiting ones too; one more is refused at once with OVERLOADED. Health checks and "
        "streams are not counted.",
    )
    stream_threads: int = Field(
        256,
        ge=1,
        le=10_000,
        description="Streams that may be open (watchers of the health, reflection); one more is refused with "
        "OVERLOADED. Each has a thread of its own, apart from those that decide.",
    )
    message_seconds: float = Field(
        10.0,
        gt=0,
        le=3600,
        description="How long a caller may take to send the message of a call that it has opened; then it is cut off. "
        "While half as many callers as there are threads are waited for, the patience is a quarter of a second.",
    )
    max_message_bytes: int = Field(
        4 * 1024 * 1024,
        ge=1024,
        le=256 * 1024 * 1024,
        description="Bytes of a request. A larger one is refused with TOO_LARGE. One of more than twice as many, "
        "and more than `roster_max_message_bytes`, is refused by the transport with RESOURCE_EXHAUSTED, before it is "
        "read.",
    )
    max_nesting: int = Field(32, ge=1, le=64, description="Levels of objects and lists within the facts of one case.")
    max_steps: int = Field(
        1_000_000,
        ge=1000,
        le=1_000_000_000,
        description="Steps that the expressions of a ruleset may take for one case; an item looked at in a loop is a "
        "step. A case that needs more is refused with LIMIT_EXCEEDED.",
    )
    max_batch_cases: int = Field(500, ge=1, le=500, description="Cases of one DecideBatch call.")
