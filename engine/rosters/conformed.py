"""A batch of cases that can be decided, with what was kept apart and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from engine.rosters.model import Reject

__all__ = ["Conformed", "batch_of", "kept"]


@dataclass(frozen=True, slots=True)
class Conformed:
    """A batch of cases that a roster engine takes.

    Attributes:
        cases: every column of `case_schema`, without the rows that cannot be read.
        rows: the number of each of them in the roster, int64.
        ids: their id columns, in the order that was asked for; no columns when none was.
        rejects: the rows that cannot be read, in their order.
    """

    cases: pa.RecordBatch
    rows: pa.Array
    ids: pa.RecordBatch
    rejects: tuple[Reject, ...]


def kept(cases: pa.RecordBatch, ids: pa.RecordBatch, rejects: tuple[Reject, ...], first_row: int) -> Conformed:
    """The batch without the rows that are rejected."""
    count = cases.num_rows
    rows = pa.array(np.arange(first_row, first_row + count, dtype=np.int64))
    if not rejects:
        return Conformed(cases, rows, ids, ())
    refused = {reject.row - first_row for reject in rejects}
    staying = pa.array([place for place in range(count) if place not in refused], pa.int64())
    cases, ids = (batch_of([one.take(staying) for one in batch], batch.schema, len(staying)) for batch in (cases, ids))
    return Conformed(cases, rows.take(staying), ids, rejects)


def batch_of(columns: Sequence[pa.Array], schema: pa.Schema, rows: int) -> pa.RecordBatch:
    """The columns as a batch; one without columns still has its rows."""
    if not columns:
        return pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))
    return pa.record_batch(list(columns), schema=schema)
