"""The rulesets and calendars that a document may refer to, handed to a child process before what is asked of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from engine.documents import Documents

__all__ = ["handed_over", "taken_over"]

_NONE: Final = b"null\n"


class _Given(msgspec.Struct):
    """A folder, or texts."""

    folder: str = ""
    rulesets: dict[str, str] = {}
    calendars: dict[str, str] = {}
    absent: str = ""


def handed_over(documents: Documents | None) -> bytes:
    """Documents as one line; a folder only by its name."""
    if documents is None:
        return _NONE
    from engine.documents import FolderDocuments

    if isinstance(documents, FolderDocuments):
        given = _Given(folder=str(documents.folder.resolve()))
    else:
        rulesets = {id_: documents.ruleset(id_) or "" for id_ in documents.rulesets()}
        calendars = {name: documents.calendar(name) or "" for name in documents.calendars()}
        given = _Given("", rulesets, calendars, documents.absent)
    return msgspec.json.encode(given) + b"\n"


def taken_over(raw: bytes) -> tuple[Documents | None, bytes]:
    """The documents of the first line, and what follows it."""
    line, _, rest = raw.partition(b"\n")
    given = msgspec.json.decode(line, type=_Given | None)
    if given is None:  # who needs no documents need not wait for what reads them
        return None, rest
    from engine.documents import FolderDocuments, GivenDocuments

    if given.folder:
        return FolderDocuments(Path(given.folder)), rest
    return GivenDocuments(given.rulesets, given.calendars, absent=given.absent), rest
