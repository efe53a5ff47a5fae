"""Where the server listens."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field

__all__ = ["ListeningSettings"]


class ListeningSettings(BaseModel):
    """Where the server listens."""

    address: str = Field(
        "127.0.0.1",
        description="The address to listen on for calls. `0.0.0.0` is every IPv4 address of the machine.",
    )
    port: int = Field(
        7420, ge=0, le=65535, description="The port for calls. 0 takes a free one; `port_file` tells which."
    )
    port_file: Path | None = Field(
        None,
        description="A file that the port is written to once the server listens, for whoever started it with port 0. "
        "It is removed when the server stops.",
    )
    metrics_address: str = Field("127.0.0.1", description="The address to listen on for the metrics page.")
    metrics_port: int = Field(
        7421, ge=0, le=65535, description="The port of the metrics page (Prometheus, HTTP). 0 takes a free one."
    )
    metrics: bool = Field(True, description="Whether the metrics page is served; decisions are counted anyhow.")
