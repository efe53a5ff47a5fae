"""Files that are written as a whole: whoever waits for one never reads half of it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: Path, text: str) -> None:
    """Writes the file at `path`, in the place of one that is there.

    Raises:
        OSError: when it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
