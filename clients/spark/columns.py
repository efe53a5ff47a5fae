"""The columns of a roster that is a table of Spark."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from clients.spark.errors import SparkJobError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["check_names", "quoted"]

_WHOLE: Final = frozenset({"tinyint", "smallint", "int", "bigint"})


def quoted(name: str) -> str:
    """The name as Spark reads it in expressions: a point in it makes it no path."""
    return f"`{name.replace('`', '``')}`"


def check_names(cases: DataFrame, ids: Sequence[str], row: str | None, written: Sequence[str]) -> None:
    """Passes when the id columns and the column of the row numbers can be that.

    Args:
        cases: the roster.
        ids: the id columns.
        row: the column of the row numbers; None when there is none.
        written: the names of the other columns that are written.

    Raises:
        SparkJobError: when one is not there, or stands in the way of another. Spark takes `Row` and `row` for one.
    """
    names = [name.casefold() for name in cases.columns]
    if twice := [name for place, name in enumerate(names) if name in names[:place]]:
        message = f"Two columns of the cases are called {twice[0]}."
        raise SparkJobError(message, "Spark does not tell upper from lower case in names; rename one.")
    taken = {name.casefold() for name in written}
    for place, name in enumerate(ids):
        _check_there(name, cases.columns)
        if name in ids[:place]:
            message = f"The id column {name} is named twice."
            raise SparkJobError(message)
        if name.casefold() in taken:
            message = f"The id column {name} is called as a column of the decisions."
            raise SparkJobError(message, "Give the column of the cases another name.")
    if row is not None:
        _check_there(row, cases.columns)
        if cases.schema[row].dataType.simpleString() not in _WHOLE:
            message = f"The column {row} cannot number rows: it has no whole numbers."
            raise SparkJobError(message)


def _check_there(name: str, names: Sequence[str]) -> None:
    if name not in names:
        close = get_close_matches(name, names, 1)
        remedy = f"Did you mean {close[0]}?" if close else f"Its columns are: {', '.join(names[:20])}."
        message = f"The roster has no column {name}."
        raise SparkJobError(message, remedy)
