"""The cases of a chunk as batches that a server takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
import pyarrow as pa

from clients.rosters.deciding import Prepared
from engine.errors import Reason
from engine.rosters import Reject
from rollbook import CaseBatch

__all__ = ["Batch", "Packed", "packed", "read_stream", "with_ids"]

_MOST_CASES: Final = 10_000
"""Cases of a batch, where the server takes so many: larger ones take more memory and are hardly faster."""

_BESIDES: Final = 1024
"""Bytes of a message that are not cases."""

_WORD: Final = 2**63


@dataclass(frozen=True, slots=True)
class Batch:
    """Some cases of a chunk, ready to be sent: an Arrow IPC stream, or JSON lines.

    `first_row` is that of the chunk and the place of the first case in it, so that answers tell places in the chunk.
    """

    first_row: int
    arrow: bytes = b""
    json_lines: bytes = b""

    def numbered(self, sequence: int) -> CaseBatch:
        """The batch with its number."""
        return CaseBatch(sequence, self.first_row, self.arrow, self.json_lines)


@dataclass(frozen=True, slots=True)
class Packed:
    """A chunk as it is sent.

    Attributes:
        batches: its cases, in their order; none when it has none.
        rejects: the cases that do not fit in a message, by their place in the chunk.
    """

    batches: tuple[Batch, ...]
    rejects: tuple[Reject, ...]


def packed(chunk: Prepared, most_cases: int, most_bytes: int) -> Packed:
    """The cases of a chunk as batches.

    Args:
        chunk: the chunk.
        most_cases, most_bytes: what the server takes in one message.
    """
    most_cases, most_bytes = min(most_cases, _MOST_CASES), most_bytes - _BESIDES
    first_row = chunk.chunk.first_row
    large: list[int] = []
    if isinstance(chunk.cases, pa.RecordBatch):
        batches = [
            Batch(first_row + start, arrow=stream)
            for first, cases in _slices(chunk.cases, most_cases)
            for start, stream in _streams(first, cases, most_bytes, large)
        ]
    else:
        lines = [case if isinstance(case, bytes) else _line(case) for case in chunk.cases]
        texts = _texts(lines, most_cases, most_bytes, large)
        batches = [Batch(first_row + start, json_lines=text) for start, text in texts]
    message = f"The case has more bytes than the server takes in a message, which are {most_bytes + _BESIDES}."
    return Packed(tuple(batches), tuple(Reject(place, Reason.TOO_LARGE.value, message) for place in large))


def with_ids(chunk: Prepared) -> Prepared:
    """The chunk with its id columns among the cases, as a server is sent them that records the decisions."""
    if isinstance(chunk.cases, pa.RecordBatch):
        cases = chunk.cases
        for name in chunk.ids.schema.names:
            if name not in cases.schema.names:
                cases = cases.append_column(name, chunk.ids.column(name))
        return replace(chunk, cases=cases)
    if not chunk.ids.num_columns:
        return chunk
    # ids are parted from documents only where these were read
    parted = zip(chunk.ids.to_pylist(), chunk.cases, strict=True)
    return replace(chunk, cases=[ids | dict(case) for ids, case in parted if not isinstance(case, bytes)])


def read_stream(stream: bytes) -> pa.RecordBatch:
    """The one batch of an Arrow IPC stream."""
    with pa.ipc.open_stream(stream) as reader:
        return reader.read_next_batch()


def _slices(cases: pa.RecordBatch, rows: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    return ((start, cases.slice(start, rows)) for start in range(0, cases.num_rows, rows))


def _streams(first: int, cases: pa.RecordBatch, most_bytes: int, large: list[int]) -> Iterator[tuple[int, bytes]]:
    """The cases as a stream, or the halves of them as two while they are too many bytes."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, cases.schema, options=options) as writer:
        writer.write_batch(cases)
    stream = sink.getvalue()
    if stream.size <= most_bytes:
        yield first, stream.to_pybytes()
    elif cases.num_rows == 1:
        large.append(first)
    else:
        half = cases.num_rows // 2
        yield from _streams(first, cases.slice(0, half), most_bytes, large)
        yield from _streams(first + half, cases.slice(half), most_bytes, large)


def _texts(lines: list[bytes], most_cases: int, most_bytes: int, large: list[int]) -> Iterator[tuple[int, bytes]]:
    """The lines, as many together as fit."""
    start = size = 0
    for place, line in enumerate(lines):
        too_large = len(line) > most_bytes
        if place > start and (too_large or place - start == most_cases or size + len(line) > most_bytes):
            yield start, b"\n".join(lines[start:place])
            start, size = place, 0
        if too_large:
            large.append(place)
            start = place + 1
        else:
            size += len(line) + 1
    if start < len(lines):
        yield start, b"\n".join(lines[start:])


def _line(case: Mapping[str, Any]) -> bytes:
    try:
        return _encode(case)
    except OverflowError:  # whole numbers of more than 64 bits, which the server is to refuse with their place
        return _encode(_written_out(case))


_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


def _written_out(value: Any) -> Any:
    match value:
        case int() if not -_WORD <= value < _WORD:
            return msgspec.Raw(str(value).encode())
        case dict():
            return {name: _written_out(one) for name, one in value.items()}
        case list():
            return [_written_out(one) for one in value]
        case _:
            return value
