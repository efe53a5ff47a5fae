"""What is wrong with the files of a roster."""

from __future__ import annotations

__all__ = ["RosterFileError"]


class RosterFileError(Exception):
    """A file or folder of a roster that cannot be used.

    Attributes:
        message: what is wrong, with the file's name, without anything that stands in it.
        remedy: what to do about it; empty when the message already says so.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message} {remedy}".rstrip())
