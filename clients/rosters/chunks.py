"""A roster while it is read: chunks of cases with their row numbers, and the rows that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from engine.rosters import Reject

__all__ = ["Chunk", "Piece", "numbered"]


@dataclass(frozen=True, slots=True)
class Piece:
    """What a reader reads at a time.

    Attributes:
        count: rows of the input in it, those that cannot be read among them.
        cases: those that can be read: a batch of columns, or a JSON document each.
        places: which of the `count` rows they are (int64, from 0, ascending); None when they are all there.
        rejects: the rows that cannot be read, in their order; their `row` counts from the piece's first.
        share: how much of the input is read with it, 0 to 1.
    """

    count: int
    cases: pa.RecordBatch | Sequence[bytes]
    places: pa.Array | None
    rejects: tuple[Reject, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece with its place in the roster. The same input read with the same settings has the same chunks.

    Attributes:
        number: its own number, from 0.
        first_row: the number of its first row in the whole roster, from 0.
        piece: what stands in it.
    """

    number: int
    first_row: int
    piece: Piece


def numbered(pieces: Iterable[Piece]) -> Iterator[Chunk]:
    """The pieces of a whole roster as chunks."""
    first_row = 0
    for number, piece in enumerate(pieces):
        yield Chunk(number, first_row, piece)
        first_row += piece.count
