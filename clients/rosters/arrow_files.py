"""Cases from Parquet files and Arrow IPC files, which know their columns' types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from clients.rosters.chunks import Piece
from clients.rosters.errors import RosterFileError

__all__ = ["ArrowCases", "ParquetCases"]

_MAGIC: Final = b"ARROW1"
"""Begins an IPC file; a stream begins otherwise."""


class ParquetCases:
    """Cases in one Parquet file or several, read one after another.

    Attributes:
        files: the files, in the order in which they are read.
        rows: how many cases there are.
        columns: the schema of the first file.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self.files = tuple(files)
        counts = []
        schemas = []
        for path in self.files:
            with _readable(path, "Parquet"), pq.ParquetFile(path) as file:
                counts.append(file.metadata.num_rows)
                schemas.append(file.schema_arrow)
        self.rows: int | None = sum(counts)
        self.columns: pa.Schema | None = schemas[0]

    def pieces(self, batch_rows: int) -> Iterator[Piece]:
        """The cases, at most `batch_rows` at a time; a new file begins a new piece."""
        read = 0
        for path in self.files:
            with _readable(path, "Parquet"), pq.ParquetFile(path, pre_buffer=False, memory_map=False) as file:
                for batch in file.iter_batches(batch_size=batch_rows):
                    read += batch.num_rows
                    yield Piece(batch.num_rows, batch, None, (), read / max(self.rows or 0, 1))


class ArrowCases:
    """Cases in an Arrow IPC file (Feather version 2 is one) or stream.

    Attributes:
        files: the one file.
        rows: None: a stream does not say how many cases there are.
        columns: its schema.
    """

    def __init__(self, path: Path) -> None:
        self.files: tuple[Path, ...] = (path,)
        self.rows: int | None = None
        with _readable(path, "Arrow IPC"), _opened(path) as (_, reader):
            self.columns: pa.Schema | None = reader.schema

    def pieces(self, batch_rows: int) -> Iterator[Piece]:
        """The cases, at most `batch_rows` at a time."""
        (path,) = self.files
        size = max(path.stat().st_size, 1)
        with _readable(path, "Arrow IPC"), _opened(path) as (file, reader):
            count = reader.num_record_batches if isinstance(reader, pa.RecordBatchFileReader) else None
            batches = reader if count is None else (reader.get_batch(place) for place in range(count))
            for number, batch in enumerate(batches, 1):
                share = number / count if count else min(file.tell() / size, 1.0)
                for start in range(0, batch.num_rows, batch_rows):
                    rows = batch.slice(start, batch_rows)
                    yield Piece(rows.num_rows, rows, None, (), share)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[pa.NativeFile, pa.RecordBatchFileReader | pa.RecordBatchStreamReader]]:
    with pa.memory_map(str(path)) as file:
        is_file = file.read(len(_MAGIC)) == _MAGIC
        file.seek(0)
        with (pa.ipc.open_file if is_file else pa.ipc.open_stream)(file) as reader:
            yield file, reader


@contextmanager
def _readable(path: Path, form: str) -> Iterator[None]:
    """Says which file it is that cannot be read; Arrow's own words may quote what stands in it."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        message = f"{path} cannot be read as {form}: it is damaged, cut off, or something else."
        raise RosterFileError(message, "--format says how a file is written when its ending does not.") from error
