"""Reads the text of a document's file."""

from __future__ import annotations

from pathlib import Path

from engine.errors import RulesetError
from engine.rulesets.problems import Problem
from engine.rulesets.yaml_source import MAX_BYTES

__all__ = ["read_file"]


def read_file(path: Path) -> str:
    """The text of a file, UTF-8; of one that is too large, only as much as shows it.

    Raises:
        RulesetError: when it cannot be read, or is not UTF-8.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, f"The file cannot be read: {error.strerror}.") from None
    if len(raw) > MAX_BYTES:
        return raw.decode("utf-8", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, "The file is not UTF-8 text.", line) from None


def _unreadable(path: Path, message: str, line: int = 1) -> RulesetError:
    return RulesetError((Problem("error", str(path), line, 1, "", "unreadable", message),))
