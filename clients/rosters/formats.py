"""Which form a table is written in, by the ending of its name."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from clients.rosters.errors import RosterFileError

__all__ = ["CasesFormat", "OutFormat", "cases_format", "out_format"]


class CasesFormat(StrEnum):
    """How a table of cases is written."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"
    ARROW = "arrow"


class OutFormat(StrEnum):
    """How a table of decisions is written."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


_CASES: Final = {
    ".parquet": CasesFormat.PARQUET,
    ".csv": CasesFormat.CSV,
    ".jsonl": CasesFormat.JSONL,
    ".ndjson": CasesFormat.JSONL,
    ".arrow": CasesFormat.ARROW,
    ".feather": CasesFormat.ARROW,
}
_OUT: Final = {
    ".parquet": OutFormat.PARQUET,
    ".csv": OutFormat.CSV,
    ".jsonl": OutFormat.JSONL,
    ".ndjson": OutFormat.JSONL,
}


def cases_format(path: Path) -> CasesFormat:
    """How the cases in the file `path` are written.

    Raises:
        RosterFileError: when the ending does not say so.
    """
    if (found := _CASES.get(path.suffix.lower())) is not None:
        return found
    message = f"{path}: the ending does not say how the cases are written."
    raise RosterFileError(message, f"Name it {_endings(_CASES)}, or say --format {'|'.join(CasesFormat)}.")


def out_format(path: Path) -> OutFormat:
    """How decisions are written to the file `path`.

    Raises:
        RosterFileError: when the ending does not say so.
    """
    if (found := _OUT.get(path.suffix.lower())) is not None:
        return found
    message = f"{path}: the ending does not say how to write the decisions."
    raise RosterFileError(message, f"Name it {_endings(_OUT)}.")


def _endings(known: dict[str, CasesFormat] | dict[str, OutFormat]) -> str:
    *most, last = known
    return f"{', '.join(most)} or {last}"
