"""What keeps a backup from being made or restored."""

from __future__ import annotations

__all__ = ["BackupError"]


class BackupError(Exception):
    """A backup cannot be made, read or restored; the text says why, `remedy` what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message)
