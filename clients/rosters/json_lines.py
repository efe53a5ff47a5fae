"""Cases from JSON lines: one JSON object a line, the facts of one case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa

from clients.rosters.chunks import Piece
from engine.errors import Reason
from engine.rosters import Reject

__all__ = ["JsonCases"]

LONGEST_LINE: Final = 16 * 1024**2
"""Bytes that one case may take; a longer line is a reject."""

_MOST_BYTES: Final = 64 * 1024**2
"""Bytes of lines after which a piece ends, so that long cases take no more memory than short ones."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class JsonCases:
    """Cases in a file of JSON lines. Blank lines are passed over and have no row number.

    Attributes:
        files: the one file.
        rows: None: nobody knows before it is read.
        columns: None: every line has its own.
    """

    def __init__(self, path: Path) -> None:
        self.files: tuple[Path, ...] = (path,)
        self.rows: int | None = None
        self.columns: pa.Schema | None = None

    def pieces(self, batch_rows: int) -> Iterator[Piece]:
        """The cases, at most `batch_rows` at a time; fewer when they are long."""
        (path,) = self.files
        size = max(path.stat().st_size, 1)
        with path.open("rb", buffering=1 << 20) as file:
            documents: list[bytes] = []
            places: list[int] = []
            rejects: list[Reject] = []
            length = count = 0
            for line in _lines(file):
                if line is None:
                    message = f"The line has more than {LONGEST_LINE // 1024**2} MB."
                    rejects.append(Reject(count, Reason.TOO_LARGE.value, message))
                else:
                    documents.append(line)
                    places.append(count)
                    length += len(line)
                count += 1
                if count == batch_rows or length >= _MOST_BYTES:
                    yield _piece(documents, places, rejects, file.tell() / size)
                    documents, places, rejects = [], [], []
                    length = count = 0
            if count:
                yield _piece(documents, places, rejects, 1.0)


def _piece(documents: list[bytes], places: list[int], rejects: list[Reject], share: float) -> Piece:
    gaps = pa.array(places, pa.int64()) if rejects else None
    return Piece(len(documents) + len(rejects), documents, gaps, tuple(rejects), share)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines that are not blank; None for one that is too long."""
    if file.read(len(_BYTE_ORDER_MARK)) != _BYTE_ORDER_MARK:
        file.seek(0)
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif stripped := line.strip():
            yield stripped
