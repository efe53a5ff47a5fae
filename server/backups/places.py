"""Where segments of recorded rosters are."""

from __future__ import annotations

from pathlib import Path

from server.config import Settings
from server.store.database import Database

__all__ = ["segment_folder"]


def segment_folder(settings: Settings, database: Database) -> Path | None:
    """The folder that the settings name, else the one beside a SQLite file; None where nothing says it."""
    said = getattr(settings, "roster_log_folder", None)
    if said is not None:
        return Path(said)
    return None if database.file is None else database.file.with_name(f"{database.file.name}.rosters")
