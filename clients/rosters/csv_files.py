"""Cases from CSV: cells are text, an empty one is left out; a line with more or fewer than the header is a reject."""

from __future__ import annotations

import io
from array import array
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from clients.rosters.chunks import Piece
from clients.rosters.errors import RosterFileError
from engine.errors import Reason, Violation
from engine.rosters import Reject

__all__ = ["CsvCases"]

_BLOCK: Final = 8 * 1024**2
"""Bytes that are read at a time; a line may not have more."""

_LAST: Final = b"\x1eend of the table\x1e"
"""Stands in a line of our own after the last one: where it is missing, a quote was opened and swallowed it."""

_AFTER_HEADER: Final = 2
"""What Arrow counts as the number of the first row after the header."""

_QUOTES: Final = "Quotes around a cell come in pairs; one inside a quoted cell is doubled."


class CsvCases:
    """Cases in a CSV file with a header, in UTF-8, with commas. Blank lines are passed over and have no row number.

    Attributes:
        files: the one file.
        rows: None: nobody knows before it is read.
        columns: the names in the header, all of them text.
    """

    def __init__(self, path: Path) -> None:
        self.files: tuple[Path, ...] = (path,)
        self.rows: int | None = None
        with path.open("rb") as file:
            names = _header(path, file)
        self.columns: pa.Schema | None = pa.schema([pa.field(name, pa.string()) for name in names])

    def pieces(self, batch_rows: int) -> Iterator[Piece]:
        """The cases, `batch_rows` rows of the file at a time, those that cannot be read among them."""
        (path,) = self.files
        assert self.columns is not None
        size = max(path.stat().st_size, 1)
        with path.open("rb") as file:
            lines = _Lines(path, file, len(self.columns))
            waiting = _Waiting(len(self.columns))
            for batch in lines.batches():
                waiting.take(batch, lines.bad)
                while waiting.known >= waiting.first + batch_rows:
                    yield waiting.piece(batch_rows, self.columns, min(lines.read_bytes / size, 1.0))
            waiting.end(lines.bad)
            while left := waiting.known - waiting.first:
                yield waiting.piece(min(left, batch_rows), self.columns, 1.0)


class _Bad:
    """The lines with too many or too few cells: their rows and cells, in few bytes, since a file may have millions."""

    def __init__(self) -> None:
        self.rows = array("q")
        self.cells = array("l")

    def add(self, row: Any) -> str:
        self.rows.append(row.number - _AFTER_HEADER)
        self.cells.append(row.actual_columns)
        return "skip"


class _Lines:
    """The lines of a file as batches of bytes; those that have other cells than the header are in `bad`."""

    def __init__(self, path: Path, file: BinaryIO, columns: int) -> None:
        self._path = path
        self._columns = columns
        self._source = _Ended(file, b"\n" + _LAST + b"," * (columns - 1) + b"\n")
        self.bad = _Bad()

    @property
    def read_bytes(self) -> int:
        return self._source.read_bytes

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches, without the line of our own at the end.

        Raises:
            RosterFileError: when a line is too long, or a quote is not closed.
        """
        ended = False
        count = 0
        try:
            with pc.open_csv(self._source, *_options(self.bad)) as reader:
                for batch in reader:
                    rows = batch.num_rows
                    if rows and batch.column(0)[rows - 1].as_py() == _LAST:
                        ended, batch = True, batch.slice(0, rows - 1)  # noqa: PLW2901 - the line is ours
                    count += batch.num_rows
                    yield batch
        except pa.ArrowInvalid as error:
            raise self._broken(count) from error
        if not ended:
            raise self._broken(count)

    def _broken(self, count: int) -> RosterFileError:
        row = count + len(self.bad.rows)
        message = (
            f"{self._path}: after row {row} or somewhat later a quote is opened and never closed, or a line has more "
            f"than {_BLOCK // 1024**2} MB."
        )
        return RosterFileError(message, _QUOTES)


class _Waiting:
    """Rows that are read and wait for their piece to be full."""

    def __init__(self, columns: int) -> None:
        self._batches: deque[tuple[pa.RecordBatch, Any]] = deque()
        self._columns = columns
        self._bad = _Bad()
        self._next_bad = 0
        self.first = 0
        self.known = 0  # every row before this one is here, or known to be bad

    def take(self, batch: pa.RecordBatch, bad: _Bad) -> None:
        """Takes the next rows that can be read."""
        if not batch.num_rows:
            return
        rows = _numbers(self.known, batch.num_rows, bad)
        self._batches.append((batch, rows))
        self._bad = bad
        self.known = int(rows[-1]) + 1

    def end(self, bad: _Bad) -> None:
        """No row follows that can be read."""
        self._bad = bad
        if len(bad.rows):
            self.known = max(self.known, bad.rows[-1] + 1)

    def piece(self, count: int, columns: pa.Schema, share: float) -> Piece:
        """The next `count` rows."""
        first, end = self.first, self.first + count
        self.first = end
        bad = self._bad_before(end)
        batches = list(self._batches_before(end))
        places = np.concatenate([rows for _, rows in batches]) - first if batches else np.empty(0, np.int64)
        cases = [batch for batch, _ in batches]
        texts, unreadable = _texts(cases, columns)
        if unreadable:
            good = np.array([place for place in range(len(places)) if place not in unreadable], np.int64)
            texts = texts.take(pa.array(good))
            rejects = [_not_text(int(places[place]), path) for place, path in unreadable.items()]
            places = places[good]
        else:
            rejects = []
        rejects += [_wrong_cells(row - first, cells, self._columns) for row, cells in bad]
        rejects.sort(key=lambda reject: reject.row)
        return Piece(count, texts, pa.array(places, pa.int64()) if rejects else None, tuple(rejects), share)

    def _bad_before(self, end: int) -> list[tuple[int, int]]:
        found = []
        while self._next_bad < len(self._bad.rows) and self._bad.rows[self._next_bad] < end:
            found.append((self._bad.rows[self._next_bad], self._bad.cells[self._next_bad]))
            self._next_bad += 1
        return found

    def _batches_before(self, end: int) -> Iterator[tuple[pa.RecordBatch, Any]]:
        while self._batches and self._batches[0][1][0] < end:
            batch, rows = self._batches.popleft()
            count = int(np.searchsorted(rows, end))
            if count < len(rows):
                self._batches.appendleft((batch.slice(count), rows[count:]))
            yield batch.slice(0, count), rows[:count]


class _Ended(io.RawIOBase):
    """A file with `last` after its end; it counts the bytes that are read."""

    def __init__(self, file: BinaryIO, last: bytes) -> None:
        self._file = file
        self._last = last
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._file.read(-1 if size is None else size)
        self.read_bytes += len(data)
        if not data:
            data, self._last = self._last, b""
        return data


def _header(path: Path, file: BinaryIO) -> list[str]:
    """The names of the columns.

    Raises:
        RosterFileError: when there is no header, or a name in it is empty or stands there twice.
    """
    try:
        with pc.open_csv(_Ended(file, b""), *_options(_Bad())) as reader:
            names: list[str] = reader.schema.names
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        message = f"{path} has no header line in UTF-8 that can be read."
        raise RosterFileError(message, "The first line names the columns, with commas between them.") from error
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise RosterFileError(f"{path}: the header names a column twice: {', '.join(twice)}.")
    if "" in names:
        raise RosterFileError(f"{path}: column {names.index('') + 1} has no name in the header.")
    return names


def _options(bad: _Bad) -> tuple[pc.ReadOptions, pc.ParseOptions, pc.ConvertOptions]:
    """One thread, since Arrow numbers bad lines on one only; bytes, since one that is not UTF-8 would end it all."""
    return (
        pc.ReadOptions(block_size=_BLOCK, use_threads=False),
        pc.ParseOptions(newlines_in_values=True, invalid_row_handler=bad.add),
        pc.ConvertOptions(
            check_utf8=False,
            default_column_type=pa.binary(),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,  # many systems write quotes around every cell
        ),
    )


def _numbers(first: int, count: int, bad: _Bad) -> Any:
    """The rows that the next `count` good lines are, the first of them at `first` or after bad ones."""
    between = bad.rows[bisect_left(bad.rows, first) :]
    if not len(between):
        return np.arange(first, first + count, dtype=np.int64)
    candidates = np.arange(first, first + count + len(between), dtype=np.int64)
    return np.setdiff1d(candidates, np.array(between, np.int64), assume_unique=True)[:count]


def _texts(batches: list[pa.RecordBatch], columns: pa.Schema) -> tuple[pa.RecordBatch, dict[int, str]]:
    """The batches as one of text, and the column of the first cell that is not UTF-8, by its place."""
    unreadable: dict[int, str] = {}
    arrays = []
    for place, name in enumerate(columns.names):
        column = pa.concat_arrays([batch.column(place) for batch in batches]) if batches else pa.array([], pa.binary())
        try:
            arrays.append(column.cast(pa.string()))
        except pa.ArrowInvalid:
            texts = [_text(cell) for cell in column.to_pylist()]
            for row, text in enumerate(texts):
                if text is False:
                    unreadable.setdefault(row, name)
            arrays.append(pa.array([None if text is False else text for text in texts], pa.string()))
    return pa.RecordBatch.from_arrays(arrays, schema=columns), unreadable


def _text(cell: bytes | None) -> str | bool | None:
    try:
        return None if cell is None else cell.decode()
    except UnicodeDecodeError:
        return False


def _wrong_cells(row: int, cells: int, expected: int) -> Reject:
    message = f"The line has {cells} cells; the header has {expected}."
    return Reject(row, Reason.FACT_INVALID.value, message)


def _not_text(row: int, column: str) -> Reject:
    violation = Violation(column, "text in UTF-8", "This is not UTF-8.")
    return Reject(row, Reason.FACT_INVALID.value, "A cell cannot be read.", (violation,))
