"""The answers of executors: one table for decisions and rejects, because a function of Spark has one schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from engine.rosters import Reject
from engine.rosters.model import Detail
from engine.rosters.schemas import schema_of

__all__ = ["REJECT", "REJECT_TYPE", "answer_schema", "decided_rows", "rejected_rows"]

REJECT: Final = "reject"
"""The column that says why a row is not decided; null in the others."""

_VIOLATION: Final = pa.struct({"path": pa.string(), "expected": pa.string(), "message": pa.string()})
REJECT_TYPE: Final = pa.struct(
    {"reason": pa.string(), "message": pa.string(), "violations": pa.list_(_VIOLATION)},
)


def answer_schema(detail: Detail) -> pa.Schema:
    """The columns after the id columns: those of a decision, and why a row is rejected; then only `row` is not null."""
    return schema_of(detail).append(pa.field(REJECT, REJECT_TYPE))


def decided_rows(decisions: pa.RecordBatch, apart: pa.RecordBatch) -> pa.RecordBatch:
    """The answers of rows that are decided.

    Args:
        decisions: their decisions, whose `row` is the place in the batch of cases.
        apart: id columns of the batch of cases, then the row numbers.
    """
    places = decisions.column("row")
    others = [decisions.column(name) for name in decisions.schema.names if name != "row"]
    columns = [*apart.take(places).columns, *others, pa.nulls(decisions.num_rows, REJECT_TYPE)]
    names = [*_names(apart), *(name for name in decisions.schema.names if name != "row"), REJECT]
    return pa.RecordBatch.from_arrays(columns, names=names)


def rejected_rows(rejects: Sequence[Reject], apart: pa.RecordBatch, detail: Detail) -> pa.RecordBatch:
    """The answers of rows that are not; the arguments are those of `decided_rows`."""
    ordered = sorted(rejects, key=lambda reject: reject.row)
    places = pa.array([reject.row for reject in ordered], pa.int64())
    others = [field for field in schema_of(detail) if field.name != "row"]
    columns = [*apart.take(places).columns, *(pa.nulls(len(ordered), field.type) for field in others)]
    columns.append(pa.array([_said(reject) for reject in ordered], REJECT_TYPE))
    return pa.RecordBatch.from_arrays(columns, names=[*_names(apart), *(field.name for field in others), REJECT])


def _names(apart: pa.RecordBatch) -> list[str]:
    return [*apart.schema.names[:-1], "row"]


def _said(reject: Reject) -> dict[str, object]:
    violations = [
        {"path": place.path, "expected": place.expected, "message": place.message} for place in reject.violations
    ]
    return {"reason": reject.reason, "message": reject.message, "violations": violations}
