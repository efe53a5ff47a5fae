"""Workers: several processes on one port."""

from __future__ import annotations

from pydantic import BaseModel, Field

__all__ = ["WorkerSettings"]


class WorkerSettings(BaseModel):
    """Workers: several processes on one port."""

    workers: int = Field(
        0,
        ge=0,
        le=256,
        description="Processes that serve, each on a core of its own, on one port, under one more that replaces those "
        "that die or hang. 0: this process serves, and nobody replaces it. In production use 1 or more, at most as "
        "many as there are cores.",
    )
    worker_answer_seconds: float = Field(
        10.0,
        gt=0,
        le=600,
        description="How long a worker may not answer when it is asked whether it is well, every second; then it is "
        "killed and replaced.",
    )
    worker_backoff_seconds: float = Field(
        30.0,
        ge=0,
        le=3600,
        description="A worker that died is replaced at once; one that dies again and again after half a second, one, "
        "two, and so on, up to this long. A minute without a death begins anew.",
    )
    max_connection_age_seconds: float = Field(
        300.0,
        ge=0,
        le=86_400,
        description="How long a connection lasts, give or take a tenth: its client then opens another, which may come "
        "to another worker, so that a new worker gets its share of the calls. 0: as long as the client likes.",
    )
    max_connection_age_grace_seconds: float = Field(
        3600.0,
        gt=0,
        le=86_400,
        description="How long the calls and streams of a connection that has reached its age may go on.",
    )
