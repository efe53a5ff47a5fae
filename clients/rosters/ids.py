"""The id columns of a roster: they say which case a row is, are never read, and stand first in what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from clients.rosters.errors import RosterFileError
from engine.errors import Reason
from engine.rosters import Reject

__all__ = ["Columns", "Documents", "check_ids", "without_ids"]

Columns = Sequence[str]

Documents = Sequence[bytes | Mapping[str, Any]]
"""Cases as JSON: text, or what was read from it with numbers exact."""

_MOST_NAMED: Final = 20
"""Columns that a message lists."""

_decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


def check_ids(ids: Columns, columns: pa.Schema | None, written: Sequence[str]) -> None:
    """Whether these can be the id columns of a table.

    Args:
        ids: their names.
        columns: the table's columns, where it has them as a whole.
        written: the names of the other columns that are written.

    Raises:
        RosterFileError: when one is named twice, is not there, or is called as a column of the decisions.
    """
    for name in ids:
        if ids.count(name) > 1:
            raise RosterFileError(f"--id {name} is said twice.")
        if name in written:
            message = f"--id {name}: the decisions have a column of that name."
            raise RosterFileError(message, "Give the column of the cases another name.")
        if columns is not None and name not in columns.names:
            raise RosterFileError(f"--id {name}: the cases have no such column.", _which(name, columns.names))


def without_ids(
    cases: pa.RecordBatch | Sequence[bytes], places: pa.Array | None, ids: Columns, facts: frozenset[str]
) -> tuple[pa.RecordBatch | Documents, pa.Array | None, pa.RecordBatch, list[Reject]]:
    """The cases without the id columns, their places, the id columns, and the cases that cannot be read.

    A column that is an id and one of the `facts` stays a fact too. Ids in JSON are text or whole numbers; others become
    their JSON text.
    """
    if isinstance(cases, pa.RecordBatch):
        for name in ids:
            if name not in cases.schema.names:
                raise RosterFileError(f"--id {name}: a file has no such column.", _which(name, cases.schema.names))
        staying = [name for name in cases.schema.names if name not in ids or name.partition(".")[0] in facts]
        rows = (
            pa.RecordBatch.from_arrays([_plain(cases.column(name)) for name in ids], names=list(ids))
            if ids
            else _no_columns(cases.num_rows)
        )
        return cases.select(staying), places, rows, []
    if not ids:
        return cases, places, _no_columns(len(cases)), []
    return _from_documents(cases, places, ids, facts)


def _from_documents(
    documents: Sequence[bytes], places: pa.Array | None, ids: Columns, facts: frozenset[str]
) -> tuple[Documents, pa.Array | None, pa.RecordBatch, list[Reject]]:
    given: list[Mapping[str, Any]] = []
    apart = [name for name in ids if name not in facts]
    kept: list[int] = []
    rejects: list[Reject] = []
    values: list[list[Any]] = [[] for _ in ids]
    for place, document in enumerate(documents):
        case = _object(document)
        if case is None:
            row = place if places is None else places[place].as_py()
            rejects.append(Reject(row, Reason.FACT_INVALID.value, "The line is not a JSON object in UTF-8."))
            continue
        kept.append(place)
        for name, column in zip(ids, values, strict=True):
            column.append(case.get(name))
        for name in apart:
            case.pop(name, None)
        given.append(case)
    columns = pa.RecordBatch.from_arrays([_array(column) for column in values], names=list(ids))
    if rejects:
        here = pa.array(kept, pa.int64())
        places = here if places is None else places.take(here)
    return given, places, columns, rejects


def _object(document: bytes) -> dict[str, Any] | None:
    try:
        found = _decode(document)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _array(values: list[Any]) -> pa.Array:
    """Whole numbers where all are, else text."""
    if all(value is None or type(value) is int for value in values):
        try:
            return pa.array(values, pa.int64())
        except (OverflowError, pa.ArrowInvalid):
            pass
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        return str(value)
    return _encode(value).decode()


def _plain(column: pa.Array) -> pa.Array:
    return pc.dictionary_decode(column) if pa.types.is_dictionary(column.type) else column


def _no_columns(rows: int) -> pa.RecordBatch:
    """A batch with rows and without columns."""
    return pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))


def _which(name: str, names: Sequence[str]) -> str:
    if close := get_close_matches(name, names, 1):
        return f"Did you mean {close[0]}?"
    more = ", …" if len(names) > _MOST_NAMED else ""
    return f"Its columns are: {', '.join(names[:_MOST_NAMED])}{more}."
