"""The process: its core, how it stops, what it writes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

__all__ = ["ProcessSettings"]


class ProcessSettings(BaseModel):
    """The process: its core, how it stops, what it writes."""

    pin_core: Literal["auto", "off"] | int = Field(
        "auto",
        description="The processor core that the server stays on: it is about twice as fast when its threads do not "
        "hop between cores. `auto` takes the last one that it may use, a number that one, `off` none.",
    )
    batch_scheduling: bool = Field(
        False,
        description="Whether the threads of a server that stays on one core run as SCHED_BATCH: they do not interrupt "
        "each other then, which is worth a fifth more calls under load; but neither do they interrupt anything else on "
        "that core, so calls take milliseconds where the core is shared.",
    )
    drain_delay_seconds: float = Field(
        0.0,
        ge=0,
        le=600,
        description="When told to stop: how long it goes on taking calls while its health already says NOT_SERVING, so "
        "that load balancers notice.",
    )
    drain_grace_seconds: float = Field(
        30.0,
        ge=0,
        le=3600,
        description="When told to stop: how long calls in flight may take to finish before they are cancelled.",
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="How log lines are written: `json`, `text` for people, or `auto`: text on a terminal."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least grave log lines that are written."
    )
