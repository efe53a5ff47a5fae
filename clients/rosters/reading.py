"""Reads a table of cases, in whichever form it is, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from clients.rosters.arrow_files import ArrowCases, ParquetCases
from clients.rosters.chunks import Piece
from clients.rosters.csv_files import CsvCases
from clients.rosters.errors import RosterFileError
from clients.rosters.formats import CasesFormat, cases_format
from clients.rosters.json_lines import JsonCases

__all__ = ["BATCH_ROWS", "Cases", "open_cases"]

BATCH_ROWS = 100_000
"""Cases that are read, decided and written at a time, unless somebody says otherwise."""


class Cases(Protocol):
    """A table of cases in files.

    Attributes:
        files: the files, in the order in which they are read.
        rows: how many rows there are, where that is known before they are read.
        columns: the columns, where the table has them as a whole.
    """

    files: tuple[Path, ...]
    rows: int | None
    columns: pa.Schema | None

    def pieces(self, batch_rows: int) -> Iterator[Piece]:
        """The cases, at most `batch_rows` rows at a time."""
        ...


def open_cases(source: str | Path, form: CasesFormat | None = None) -> Cases:
    """The cases in a file, or in the Parquet files of a folder (searched to its depths) or a pattern (`in/*.parquet`).

    Args:
        source: the file, folder or pattern.
        form: how they are written; the ending says so when None.

    Raises:
        RosterFileError: when there is nothing of that name, or it cannot be read.
    """
    path = Path(source)
    if path.is_dir():
        found = sorted(file for file in path.rglob("*.parquet") if not _hidden(file.relative_to(path)))
        return _parquet(found, form, f"there is no *.parquet in the folder {path}.")
    if not path.exists() and any(mark in str(source) for mark in "*?["):
        found = sorted(Path(name) for name in glob(str(source), recursive=True))  # noqa: PTH207 - also absolute ones
        if len(found) == 1:
            return open_cases(found[0], form)
        return _parquet(found, form, f"there is no file {source}.")
    if not path.exists():
        message = f"there is no file {path}."
        raise RosterFileError(message)
    match form or cases_format(path):
        case CasesFormat.PARQUET:
            return ParquetCases([path])
        case CasesFormat.ARROW:
            return ArrowCases(path)
        case CasesFormat.CSV:
            return CsvCases(path)
        case CasesFormat.JSONL:
            return JsonCases(path)


def _parquet(found: list[Path], form: CasesFormat | None, nothing: str) -> Cases:
    if not found:
        raise RosterFileError(nothing)
    if form not in {None, CasesFormat.PARQUET} or any(file.suffix.lower() != ".parquet" for file in found):
        message = "several files are read as one table only when all are Parquet, named *.parquet."
        raise RosterFileError(message, "Give one file of another form at a time.")
    return ParquetCases(found)


def _hidden(path: Path) -> bool:
    """What Spark and others put beside the data: `_temporary`, `_SUCCESS`, `.part.crc`."""
    return any(part.startswith(("_", ".")) for part in path.parts)
