"""Queries that are planned once and asked about batch after batch.

DuckDB plans a query over an object that gives a stream of Arrow batches; which batches those are can change from one
asking to the next. Planning a ruleset's query takes as long as deciding tens of thousands of cases.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import PythonUDFType

from engine.rosters.inference import Asked
from engine.rosters.model import RosterSettings
from engine.rosters.program import PLACE, Program

__all__ = ["Database", "Query"]

_CHUNK: Final = 32_768
"""Cases that a thread of a query takes at a time."""


class Database:
    """Where the queries of one ruleset run. Safe to be used by many threads."""

    def __init__(self, settings: RosterSettings) -> None:
        self._connection = duckdb.connect(":memory:", config=_configuration(settings))
        self._functions: set[str] = set()
        self._lock = Lock()

    def query(self, program: Program) -> Query:
        """The query that `program` is, not planned yet."""
        with self._lock:
            for asked in program.asked:
                if asked.name not in self._functions:
                    self._functions.add(asked.name)
                    self._connection.create_function(
                        asked.name, _holding(asked), ["BIGINT"], "BIGINT", type=PythonUDFType.ARROW, side_effects=False
                    )
        return Query(program, self._connection)


class Query:
    """One query; as many threads as want can ask it at once, each with a plan of its own."""

    def __init__(self, program: Program, connection: duckdb.DuckDBPyConnection) -> None:
        """Use `Database.query`."""
        self.program = program
        self._connection = connection
        self._idle: list[_Planned] = []

    def ask(self, cases: pa.RecordBatch) -> pa.Table:
        """The result for a batch of cases, in its order.

        Raises:
            duckdb.Error: what the query fails with.
        """
        places = np.arange(cases.num_rows)
        whole = cases.append_column(PLACE, pa.array(places))
        table = pa.Table.from_batches([whole.slice(start, _CHUNK) for start in range(0, cases.num_rows, _CHUNK)])
        try:
            planned = self._idle.pop()
        except IndexError:
            planned = _Planned(self._connection.cursor(), self.program.text, table)
        found = planned.ask(table)
        self._idle.append(planned)  # one that failed is not asked again
        order = np.asarray(found.column(PLACE))
        # DuckDB keeps the order; a decision that stood beside another case would be the worst of mistakes.
        return found if np.array_equal(order, places) else found.take(pa.array(np.argsort(order)))


class _Planned:
    """A plan, which one thread at a time asks."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, text: str, table: pa.Table) -> None:
        self._cursor = cursor
        self._cases = _Cases(table)
        cursor.register("cases", self._cases)
        cursor.execute(f"PREPARE decided AS {text}")

    def ask(self, table: pa.Table) -> pa.Table:
        self._cases.table = table
        found: pa.Table = self._cursor.sql("EXECUTE decided").to_arrow_table()
        self._cases.table = table.slice(0, 0)  # the cases are not kept until the next batch comes
        return found


class _Cases:
    """Stands for the cases in a plan, whichever batch they are of."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        return self.table.schema.__arrow_c_schema__()


def _holding(asked: Asked) -> Callable[[Any], Any]:
    """Asks a component that has no table, once for each pattern that occurs."""

    def holding(patterns: Any) -> Any:
        found, places = np.unique(np.asarray(patterns.fill_null(0)), return_inverse=True)
        held = np.array([asked.component.holds(int(pattern)) for pattern in found], dtype=np.int64)
        return pa.array(held[places])

    return holding


def _configuration(settings: RosterSettings) -> dict[str, Any]:
    """What DuckDB may use; it reads no files but those that it spills into."""
    configuration: dict[str, Any] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "preserve_insertion_order": True,
        "enable_external_access": False,
    }
    if settings.spill_folder is not None:
        configuration["temp_directory"] = settings.spill_folder
    return configuration
