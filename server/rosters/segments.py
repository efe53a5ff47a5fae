"""Segments: Parquet files, each with the decisions of one batch of a recorded roster and what they were made from."""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.rosters.model import Reject
from engine.rosters.schemas import DECISION_SCHEMA

__all__ = [
    "DECISION_ID",
    "Groups",
    "Segment",
    "SegmentError",
    "decoded",
    "encoded",
    "read_file",
    "rows_in",
    "without",
    "write_file",
]

DECISION_ID: Final = "decision_id"
_NAMED: Final = (DECISION_ID, "case_id", "subject", "school")
_FACTS: Final = "facts."
"""What the names of the columns of facts begin with."""
_IDS: Final = "ids."
"""What the names of the caller's id columns begin with."""
_REJECTS: Final = b"rollbook.rejects"
_ABOUT: Final = b"rollbook.run"
_ROWS_OF_GROUP: Final = 10_000
"""Rows of a row group, which is what is read for one decision."""


class SegmentError(Exception):
    """A segment is not what was recorded: another file, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What stands in a segment: in each of the tables a row for each decision, in the order of their ids.

    Attributes:
        named: texts: decision id, case id, subject, school; empty where none was sent.
        ids: the caller's id columns.
        cases: the facts, a batch of cases.
        decisions: DECISION_SCHEMA.
        rejects: the cases of the batch that were refused.
    """

    named: pa.RecordBatch
    ids: pa.RecordBatch
    cases: pa.RecordBatch
    decisions: pa.RecordBatch
    rejects: tuple[Reject, ...] = ()

    def at(self, places: Sequence[int]) -> Segment:
        """Some of the decisions, by their places in it, without the rejects."""
        taken = pa.array(places, pa.int64())
        ids = self.ids.take(taken) if self.ids.num_columns else self.ids.slice(0, len(places))
        return Segment(self.named.take(taken), ids, self.cases.take(taken), self.decisions.take(taken))

    @property
    def decision_ids(self) -> pa.Array:
        """The ids of the decisions, ascending."""
        return self.named.column(DECISION_ID)


def encoded(segment: Segment, about: Mapping[str, Any]) -> bytes:
    """The segment as a file; `about` is what stands in it for whoever finds the file alone.

    Raises:
        ArrowException: when an id column is of a type that Parquet has not.
    """
    parts = ((segment.named, ""), (segment.ids, _IDS), (segment.cases, _FACTS), (segment.decisions, ""))
    names = [prefix + name for part, prefix in parts for name in part.schema.names]
    columns = [column for part, _ in parts for column in part.columns]
    metadata = {_REJECTS: msgspec.json.encode(segment.rejects), _ABOUT: msgspec.json.encode(about)}
    return _written(pa.table(columns, names=names).replace_schema_metadata(metadata))


def decoded(raw: bytes) -> Segment:
    """The segment in a file."""
    with pq.ParquetFile(pa.BufferReader(raw)) as file:
        return _segment(file.read(use_threads=False))


class Groups:
    """The row groups of a file, of which one is read for one decision.

    Args:
        raw: the file.
    """

    def __init__(self, raw: bytes) -> None:
        self._file = pq.ParquetFile(pa.BufferReader(raw))
        groups = [self._file.metadata.row_group(number) for number in range(self._file.metadata.num_row_groups)]
        place = self._file.schema_arrow.names.index(DECISION_ID)
        self._lasts = [group.column(place).statistics.max for group in groups if group.num_rows]

    def of(self, decision_id: str) -> int | None:
        """The number of the group in which the decision stands, if it stands in any: ids ascend over the file."""
        number = bisect_left(self._lasts, decision_id)
        return number if number < len(self._lasts) else None

    def read(self, number: int) -> Segment:
        """The group of that number, as a segment."""
        return _segment(self._file.read_row_group(number, use_threads=False))


def without(raw: bytes, ids: Collection[str]) -> bytes:
    """The file without these decisions; the rejects stay, which say nothing of a subject."""
    with pq.ParquetFile(pa.BufferReader(raw)) as file:
        table = file.read(use_threads=False)
    staying = pc.invert(pc.is_in(table.column(DECISION_ID), pa.array(ids, pa.string())))
    return _written(table.filter(staying))


def rows_in(raw: bytes) -> int:
    """How many decisions stand in a file."""
    count: int = pq.read_metadata(pa.BufferReader(raw)).num_rows
    return count


def write_file(path: Path, raw: bytes) -> str:
    """Writes a file that is there as a whole or not at all, flushed to the disk, and gives its SHA-256.

    Raises:
        OSError: when it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - opened above, for its owner only
        file.write(raw)
        file.flush()
        os.fsync(descriptor)
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return hashlib.sha256(raw).hexdigest()


def read_file(path: Path, sha256: str) -> bytes:
    """The file, if it is the one that was written.

    Raises:
        OSError: when it cannot be read.
        SegmentError: when it has changed since.
    """
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != sha256:
        message = "A segment of a recorded roster has changed since it was written."
        raise SegmentError(message)
    return raw


def _written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        _ROWS_OF_GROUP,
        compression="zstd",
        # ids say which group is to be read; those of other columns take a sixth of the time and are read by nobody
        write_statistics=[DECISION_ID],
        # items keep their Arrow name, so that what is read has the very types that were written
        use_compliant_nested_type=False,
    )
    raw: bytes = sink.getvalue().to_pybytes()
    return raw


def _segment(table: pa.Table) -> Segment:
    metadata = table.schema.metadata or {}
    rejects = msgspec.json.decode(metadata.get(_REJECTS, b"[]"), type=tuple[Reject, ...])
    whole = table.combine_chunks()
    return Segment(
        _part(whole, {name: name for name in _NAMED}),
        _part(whole, _prefixed(whole, _IDS)),
        _part(whole, _prefixed(whole, _FACTS)),
        _part(whole, {name: name for name in DECISION_SCHEMA.names}),
        rejects,
    )


def _prefixed(table: pa.Table, prefix: str) -> dict[str, str]:
    return {name: name.removeprefix(prefix) for name in table.schema.names if name.startswith(prefix)}


def _part(table: pa.Table, names: Mapping[str, str]) -> pa.RecordBatch:
    """Some of the columns under other names; without columns it still has its rows."""
    if not names:
        return pa.RecordBatch.from_struct_array(pa.array([{}] * table.num_rows, pa.struct([])))
    chunks = [table.column(name).combine_chunks() for name in names]
    return pa.record_batch(chunks, names=[*names.values()])
