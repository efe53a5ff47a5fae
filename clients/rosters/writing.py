"""Writes a table of decisions: Parquet, CSV or JSON lines, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, Protocol

import msgspec
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from clients.rosters.formats import OutFormat

__all__ = ["Writer", "opened_writer"]

JSON_TEXT: Final = "results"
"""The columns and fields of this name hold JSON text."""


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
            with pc.CSVWriter(file, flat) as csv:
                yield _Csv(csv, flat)
        case OutFormat.JSONL:
            yield _Json(file)


class _Parquet:
    def __init__(self, file: pq.ParquetWriter) -> None:
        self._file = file

    def write(self, batch: pa.RecordBatch) -> None:
        self._file.write_batch(batch)


class _Csv:
    def __init__(self, file: pc.CSVWriter, schema: pa.Schema) -> None:
        self._file = file
        self._schema = schema

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [_json_texts(column) if _nested(column.type) else column for column in batch.columns]
        self._file.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))


class _Json:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, batch: pa.RecordBatch) -> None:
        names = batch.schema.names
        values = [
            _raw(column) if name == JSON_TEXT else _ready(column)
            for name, column in zip(names, batch.columns, strict=True)
        ]
        rows = (dict(zip(names, row, strict=True)) for row in zip(*values, strict=True))
        self._file.write(_encoder.encode_lines(rows))


def _unwritable(value: Any) -> str:
    """What JSON has no form for, as text; only id columns have such values."""
    return value.hex() if isinstance(value, bytes) else str(value)


_encoder: Final = msgspec.json.Encoder(enc_hook=_unwritable, decimal_format="number")


def _nested(type_: pa.DataType) -> bool:
    return bool(pa.types.is_nested(type_))


def _flat(type_: pa.DataType) -> pa.DataType:
    return pa.string() if _nested(type_) else type_


def _json_texts(column: pa.Array) -> pa.Array:
    encode = _encoder.encode
    return pa.array([None if value is None else encode(value) for value in _ready(column)], pa.binary()).cast(
        pa.string()
    )


def _ready(column: pa.Array) -> list[Any]:
    """The values as JSON writes them: maps as objects, JSON text as what it says."""
    values: list[Any] = column.to_pylist()
    made = _maker(column.type)
    return values if made is None else [None if value is None else made(value) for value in values]


def _raw(column: pa.Array) -> list[Any]:
    return [None if value is None else msgspec.Raw(value.encode()) for value in column.to_pylist()]


def _maker(type_: pa.DataType) -> Callable[[Any], Any] | None:
    """What has to be done to a value of this type before it is written; None for nothing."""
    if pa.types.is_map(type_):
        return dict
    if (
        pa.types.is_list(type_)
        and pa.types.is_struct(type_.value_type)
        and type_.value_type.get_field_index(JSON_TEXT) >= 0
    ):
        return _results_inside
    return None


def _results_inside(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**item, JSON_TEXT: msgspec.Raw(item[JSON_TEXT].encode())} for item in items]
