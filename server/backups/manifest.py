"""What a backup says of itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["DATABASE", "FORMAT", "MANIFEST", "ROSTERS", "Manifest", "Member"]

FORMAT: Final = 1
"""The newest form of backups that this release reads and writes."""

MANIFEST: Final = "manifest.json"
DATABASE: Final = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
"""The file of the database within the backup, by its kind."""

ROSTERS: Final = "rosters/"
"""What the names of segments of recorded rosters begin with."""

_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _inside(name: str) -> str:
    """A name that leads nowhere but below the folder that it is written to."""
    parts = PurePosixPath(name).parts
    # one slash between parts: what follows a second would be a path from the root once the first part is taken off
    if (
        not parts
        or str(PurePosixPath(name)) != name
        or name.startswith("/")
        or "\\" in name
        or "\0" in name
        or not {"..", "."}.isdisjoint(parts)
    ):
        message = "must be the path of a file below a folder"
        raise ValueError(message)
    return name


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Model):
    """One file of a backup: its name, its size in bytes, the SHA-256 of what is in it."""

    name: Annotated[str, AfterValidator(_inside)]
    size: int = Field(ge=0)
    sha256: _Sha256


class Manifest(_Model):
    """The manifest.

    Attributes:
        format: which form the backup has.
        release: of Rollbook, that made it.
        kind: of the database.
        database: the version of the database's own program, such as `PostgreSQL 15.14`.
        schema_revision: of the database.
        made_at: when what is in it was true; every decision that was answered before is in it.
        newest_decision: the id of the newest one; empty where there is none.
        counts: rows, by table.
        files: the database, then the segments of recorded rosters.
    """

    format: int = Field(ge=1)
    release: str
    kind: Literal["sqlite", "postgresql"]
    database: str
    schema_revision: str = Field(pattern=r"^[0-9]{4}$")
    made_at: datetime
    newest_decision: str
    counts: dict[str, int]
    files: tuple[Member, ...]

    @property
    def decisions(self) -> int:
        """How many decisions are in it, those of recorded rosters too."""
        return self.counts.get("decisions", 0) + self.counts.get("roster_decisions", 0)
