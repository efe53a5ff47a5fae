"""Batches of cases from what callers have: Arrow columns as CSV, Parquet and Arrow streams give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from engine.errors import FactsError, Reason, RollbookError, Violation
from engine.rosters.columns import case_schema
from engine.rosters.conformed import Conformed, batch_of, kept
from engine.rosters.documents import from_documents, ids_of_documents
from engine.rosters.model import Reject
from engine.rosters.places import Place
from engine.rosters.sources import Sources
from engine.rulesets.facts import FactGroup, FactNode
from engine.rulesets.findings import did_you_mean

__all__ = ["Conformed", "conform", "declared", "from_documents", "ids_of_documents"]


def conform(
    batch: pa.RecordBatch,
    facts: FactGroup,
    *,
    first_row: int,
    ids: Sequence[str] = (),
    empty_is_left_out: bool = False,
) -> Conformed:
    """The batch as a batch of cases; columns that are so already are not copied.

    A fact stands in a column of its path (`student.grade_level`) or within structs; a list in a list, or as JSON text;
    numbers in any width, floats where they are exact; days, truths and numbers also as text. A cell that cannot be read
    makes a reject of its row. What the ruleset demands of a fact beyond its type (bounds, choices) is not looked at.

    Args:
        batch: the cases, a row each.
        facts: what the ruleset declares.
        first_row: the number of the first row in the roster.
        ids: columns that are no facts, kept apart. One that is a fact too is both.
        empty_is_left_out: whether an empty string is left out, as it is in CSV, where strings are declared. Elsewhere
            it always is.

    Raises:
        FactsError: FACT_INVALID for the batch when a column is no declared fact, or can say none of its kind.
        RollbookError: REQUEST_INVALID when the batch is damaged, or has no column of an id.
    """
    columns = _columns(batch)
    apart = [_id(columns, name) for name in ids]
    given = {name: array for name, array in columns.items() if name not in ids or declared(facts, name)}
    sources = Sources(empty_is_left_out=empty_is_left_out)
    arrays = sources.group(facts, given, batch.num_rows, Place(), "")
    if sources.unfit:
        raise FactsError(tuple(sources.unfit), "The columns are not what the ruleset declares.")
    told = sources.troubles.rows
    rejects = tuple(Reject.of(first_row + row, FactsError(tuple(told[row]))) for row in sorted(told))
    kept_apart = pa.schema([pa.field(name, array.type) for name, array in zip(ids, apart, strict=True)])
    cases = batch_of(arrays, case_schema(facts), batch.num_rows)
    return kept(cases, batch_of(apart, kept_apart, batch.num_rows), rejects, first_row)


def _columns(batch: pa.RecordBatch) -> Mapping[str, pa.Array]:
    """The columns by name.

    Raises:
        RollbookError: REQUEST_INVALID when the batch is damaged, or two columns have one name.
    """
    try:
        batch.validate(full=True)  # one from elsewhere may point outside its own memory
    except (pa.ArrowException, ValueError):
        raise RollbookError(Reason.REQUEST_INVALID, "The batch of cases is damaged and cannot be read.") from None
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    if len(columns) < batch.num_columns:
        raise RollbookError(Reason.REQUEST_INVALID, "Two columns have the same name.")
    return columns


def _id(columns: Mapping[str, pa.Array], name: str) -> pa.Array:
    if name in columns:
        return columns[name]
    remedy = did_you_mean(name, columns) or "Name the columns that there are."
    violation = Violation(name[:200], "a column of the roster", "There is no column of this name.")
    raise RollbookError(Reason.REQUEST_INVALID, "The roster has no such id column.", (violation,), remedy=remedy)


def declared(facts: FactGroup, column: str) -> bool:
    """Whether a fact, list or group is called as the column."""
    node: FactNode | None = facts
    for name in column.split("."):
        node = node.entries.get(name) if isinstance(node, FactGroup) else None
    return node is not None
