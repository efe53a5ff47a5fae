"""How the server and a child process that decides rosters talk: frames over two pipes."""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import IO, Final, NamedTuple

__all__ = ["Frame", "Kind", "read_frame", "write_frame"]

_HEAD: Final = Struct("<BIQ")


class Kind(IntEnum):
    """What a frame is: the first three go to the child, the others come from it."""

    ASSIGNMENT = 1
    """What to do; the body is an `Assignment`."""
    BATCH = 2
    """A message of the stream after the header, as it came."""
    END = 3
    """There are no more batches."""
    ACCEPTED = 4
    """The assignment has come: the child had not ended meanwhile."""
    ANSWER = 5
    """A message for the client; the note is a `Tally`."""
    LAST = 6
    """The last message for the client; the child waits for another assignment."""
    REFUSED = 7
    """The stream is refused: the body is a `Refused`. The child ends."""
    FAULT = 8
    """A fault of ours: the body is a `Fault`. The child ends."""


class Frame(NamedTuple):
    """A frame; what note and body are depends on its kind."""

    kind: Kind
    note: bytes
    body: bytes


def write_frame(out: IO[bytes], kind: Kind, body: bytes = b"", note: bytes = b"") -> None:
    """Writes a frame.

    Raises:
        OSError: when nobody reads any more.
    """
    out.write(_HEAD.pack(kind, len(note), len(body)) + note)
    out.write(body)
    out.flush()


def read_frame(source: IO[bytes]) -> Frame:
    """Reads a frame.

    Raises:
        EOFError: when there is none any more, or only a part of one.
    """
    kind, note, body = _HEAD.unpack(_read(source, _HEAD.size))
    return Frame(Kind(kind), _read(source, note), _read(source, body))


def _read(source: IO[bytes], size: int) -> bytes:
    found = source.read(size) if size else b""
    if len(found) < size:
        raise EOFError
    return found
