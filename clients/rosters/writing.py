"""Writes a table of decisions: Parquet, CSV or JSON lines, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from clients.rosters.formats import OutFormat
from clients.rosters.json_texts import json_texts

__all__ = ["Writer", "opened_writer"]

_ROWS: Final = 8192
"""Rows whose text is made at a time: it takes memory, and Arrow has room for 2 GB of it."""


class Writer(Protocol):
    """Takes batches one after another."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Writes the next rows."""
        ...


@contextmanager
def opened_writer(file: IO[bytes], form: OutFormat, schema: pa.Schema) -> Iterator[Writer]:
    """What writes batches of this schema to `file`; they are all there when the block ends.

    In CSV a column that is a list, a struct or a map is JSON text, a truth value `true` or `false`, and null an empty
    cell (empty text is `""`). In JSON lines each row is an object with all columns, null where there is nothing.
    """
    match form:
        case OutFormat.PARQUET:
            with pq.ParquetWriter(file, schema, compression="zstd") as parquet:
                yield _Parquet(parquet)
        case OutFormat.CSV:
            flat = pa.schema([pa.field(field.name, _flat(field.type)) for field in schema])
            with csv.CSVWriter(file, flat) as table:
                yield _Csv(table, flat)
        case OutFormat.JSONL:
            yield _Json(file)


class _Parquet:
    def __init__(self, file: pq.ParquetWriter) -> None:
        self._file = file

    def write(self, batch: pa.RecordBatch) -> None:
        self._file.write_batch(batch)


class _Csv:
    def __init__(self, file: csv.CSVWriter, schema: pa.Schema) -> None:
        self._file = file
        self._schema = schema

    def write(self, batch: pa.RecordBatch) -> None:
        for rows in _slices(batch):
            columns = [_cells(column) if _nested(column.type) else column for column in rows.columns]
            self._file.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))


class _Json:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, batch: pa.RecordBatch) -> None:
        for rows in _slices(batch):
            texts = json_texts(rows.to_struct_array())
            (whole,) = pc.binary_join(pa.ListArray.from_arrays([0, len(texts)], texts), "\n")
            self._file.write(whole.as_buffer())
            self._file.write(b"\n")


def _slices(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    return (batch.slice(start, _ROWS) for start in range(0, batch.num_rows, _ROWS))


def _nested(type_: pa.DataType) -> bool:
    return bool(pa.types.is_nested(type_))


def _flat(type_: pa.DataType) -> pa.DataType:
    return pa.string() if _nested(type_) else type_


def _cells(column: pa.Array) -> pa.Array:
    texts = json_texts(column)
    return texts if not column.null_count else pc.if_else(column.is_valid(), texts, pa.scalar(None, pa.string()))
