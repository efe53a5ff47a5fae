"""What the server decides by."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

__all__ = ["SourceSettings"]


class SourceSettings(BaseModel):
    """What the server decides by."""

    rulesets_source: Literal["folder", "database"] = Field(
        "folder",
        description="Where rulesets and calendars come from: `folder`, in which any edit is live, for development; or "
        "`database`, where a version decides once it is published, for production. With `database` the folder is never "
        "read.",
    )
    rulesets: Path = Field(
        Path("rulesets"), description="The folder of rulesets: `<district>/<name>/ruleset.yaml` below it."
    )
    watch: bool = Field(
        True, description="Whether changes in the folder of rulesets are taken up while the server runs."
    )
    reload_settle_seconds: float = Field(
        1.0,
        gt=0,
        le=60,
        description="How long the folder of rulesets must be quiet after a change before the rulesets are read again.",
    )
