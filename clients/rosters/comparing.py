"""Compares two versions over a roster from files: what a change of rules would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import pyarrow as pa

from clients.rosters.chunks import numbered
from clients.rosters.deciding import Prepared, prepared
from clients.rosters.ids import check_ids
from clients.rosters.reading import Cases
from engine.rosters import Decided, Question, Reject, RosterEngine
from engine.rosters.changes import ComparisonResult
from engine.rosters.columns import case_schema
from engine.rosters.comparing import Comparison
from engine.rosters.conforming import conform, from_documents
from engine.rosters.sharing import shared_columns, shared_document

__all__ = ["ComparedSide", "ComparisonWatcher", "compare_roster"]


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One of the two versions, and what it is asked."""

    engine: RosterEngine
    question: Question


class ComparisonWatcher(Protocol):
    """Is told how a comparison goes."""

    def compared(self, cases: int, changed: int, share: float) -> None:
        """So many cases are compared, so many have another outcome, and `share` (0 to 1) of the input is read."""
        ...


def compare_roster(
    cases: Cases,
    before: ComparedSide,
    after: ComparedSide,
    watcher: ComparisonWatcher,
    *,
    ids: Sequence[str] = (),
    batch_rows: int,
    examples: int,
) -> ComparisonResult:
    """What the two versions make of the cases; a column that only one of them declares is for that one alone.

    Args:
        cases: the roster.
        before, after: the versions.
        watcher: is told after each batch.
        ids: the id columns, told with examples.
        batch_rows: rows that are read and decided at a time.
        examples: how many examples of each change, at most.

    Raises:
        RosterFileError: when the cases cannot be read, or have no such id column.
        RollbookError: when a column is declared by neither version, or a calendar lacks.
    """
    check_ids(ids, cases.columns, ())
    facts = frozenset(name for side in (before, after) for name in case_schema(side.engine.ruleset.facts).names)
    comparison = Comparison(before.engine.ruleset, after.engine.ruleset, examples=examples)
    for chunk in numbered(cases.pieces(batch_rows)):
        ready = prepared(chunk, ids, facts)
        one, other = _decided(ready, before, after), _decided(ready, after, before)
        comparison.add(one, other, ready.ids, ready.numbers(pa.array(range(ready.ids.num_rows), pa.int64())))
        watcher.compared(comparison.cases, comparison.changed, chunk.piece.share)
    return comparison.result()


def _decided(ready: Prepared, side: ComparedSide, other: ComparedSide) -> Decided:
    """What one version says about a chunk; rows count over the whole roster."""
    facts, others = side.engine.ruleset.facts, other.engine.ruleset.facts
    if isinstance(ready.cases, pa.RecordBatch):
        conformed = conform(shared_columns(ready.cases, facts, others), facts, first_row=0)
    else:
        documents = [shared_document(document, facts, others) for document in ready.cases]
        conformed = from_documents(documents, facts, first_row=0)
    decided = side.engine.decide(conformed.cases, side.question, rows=conformed.rows)
    rejects = (*conformed.rejects, *decided.rejects)
    numbers = ready.numbers(decided.decisions.column("row"))
    place = decided.decisions.schema.get_field_index("row")
    return Decided(decided.decisions.set_column(place, "row", numbers), (*ready.rejects, *_numbered(ready, rejects)))


def _numbered(ready: Prepared, rejects: Sequence[Reject]) -> Iterator[Reject]:
    numbers = ready.numbers(pa.array([reject.row for reject in rejects], pa.int64())).to_pylist()
    return (replace(reject, row=number) for reject, number in zip(rejects, numbers, strict=True))
