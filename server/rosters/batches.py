"""A batch of cases as it was sent, to the columns that a roster engine takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from engine.errors import Violation
from engine.rosters.conforming import Conformed, conform, declared, from_documents, ids_of_documents
from engine.rosters.model import Reject
from engine.rosters.sharing import shared_columns, shared_document
from engine.rulesets.facts import FactGroup
from rollbook.v1.roster_pb2 import CaseBatch, StructCases
from server.errors import RefusalError, too_large
from server.facts import plain_facts
from server.requests import invalid

__all__ = ["Reader", "Sent"]

_ARROW: Final = "an Arrow IPC stream: a schema and one record batch"
_FORMS: Final = "`arrow`, `json_lines` or `structs`"
_MOST_ROW: Final = 2**62


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch as it was sent: a table or documents.

    Attributes:
        first_row: the row of its first case.
        count: how many cases there are.
        id_columns: columns that are no facts.
        refused: cases that are none, by row; in `documents` nothing stands for each.
    """

    first_row: int
    count: int
    id_columns: tuple[str, ...]
    table: pa.RecordBatch | None = None
    documents: Sequence[bytes | str | Mapping[str, Any]] = ()
    refused: Mapping[int, Reject] = field(default_factory=dict)

    def conformed(self, facts: FactGroup) -> Conformed:
        """The cases that can be read as `facts`, and the rejects.

        Raises:
            RollbookError: FACT_INVALID for a column that is not declared.
        """
        if self.table is not None:
            return conform(self.table, facts, first_row=self.first_row, ids=self.id_columns)
        read = from_documents(self.documents, facts, first_row=self.first_row, ids=self.id_columns)
        return _without(read, self.refused) if self.refused else read

    def shared(self, facts: FactGroup, other: FactGroup) -> Conformed:
        """The same without what only `other` declares."""
        if self.table is None:
            documents = [shared_document(document, facts, other) for document in self.documents]
            return replace(self, documents=documents).conformed(facts)
        names = [name for name in self.table.schema.names if name not in self.id_columns or declared(facts, name)]
        cases = shared_columns(self.table.select(names), facts, other) if names else self.table.select([])
        return replace(self, table=cases, id_columns=()).conformed(facts)

    def ids(self) -> pa.RecordBatch:
        """The id columns of all cases; null for one that is no case."""
        if self.table is not None:
            return self.table.select(list(self.id_columns))
        return ids_of_documents(self.documents, self.id_columns)


class Reader:
    """Reads the batches of one stream.

    Args:
        id_columns: columns that are no facts.
        most_cases: cases that a batch may have.
        most_levels: levels of objects and lists that the facts of a Struct may have.
    """

    def __init__(self, id_columns: Sequence[str], most_cases: int, most_levels: int) -> None:
        self._id_columns = tuple(id_columns)
        self._most_cases = most_cases
        self._most_levels = most_levels
        self._sequences: set[int] = set()

    def read(self, batch: CaseBatch) -> Sent:
        """What was sent.

        Raises:
            RefusalError: REQUEST_INVALID for a batch without cases, a number that came before, what is no Arrow, or an
                id column that is not there; TOO_LARGE for too many cases.
        """
        self._check(batch)
        form = batch.WhichOneof("cases")
        if form == "arrow":
            return self._of_columns(_table(batch.arrow), batch.first_row)
        if form == "json_lines":
            return self._of_lines(batch.json_lines, batch.first_row)
        if form == "structs":
            return self._of_structs(batch.structs, batch.first_row)
        return invalid((Violation("batch.cases", _FORMS, "The batch has no cases in any form."),))

    def _check(self, batch: CaseBatch) -> None:
        sequence = batch.sequence
        if sequence < 0 or sequence in self._sequences:
            message = "The number is negative." if sequence < 0 else "A batch with this number came before."
            invalid((Violation("batch.sequence", "a number from 0 on that no batch of the stream has", message),))
        if not 0 <= batch.first_row < _MOST_ROW:
            invalid((Violation("batch.first_row", "a number from 0 on", "There is no such row."),))
        self._sequences.add(sequence)

    def _check_count(self, count: int, path: str) -> None:
        if count > self._most_cases:
            raise too_large("batch-cases", self._most_cases, count, "The batch has too many cases.", path)

    def _of_columns(self, table: pa.RecordBatch, first_row: int) -> Sent:
        self._check_count(table.num_rows, "batch.arrow")
        missing = [name for name in self._id_columns if name not in table.schema.names]
        if missing:
            message = "An id column of the header is not in the batch."
            invalid(Violation("batch.arrow", f"a column {name}", message) for name in missing)
        return Sent(first_row, table.num_rows, self._id_columns, table=table)

    def _of_lines(self, text: bytes, first_row: int) -> Sent:
        lines = text.removesuffix(b"\n").split(b"\n") if text else []
        self._check_count(len(lines), "batch.json_lines")
        documents = [line.strip() or b"{}" for line in lines]
        return Sent(first_row, len(lines), self._id_columns, documents=documents)

    def _of_structs(self, structs: StructCases, first_row: int) -> Sent:
        """The cases; one that is nested too deeply, or has a value of no kind, is refused alone."""
        self._check_count(len(structs.cases), "batch.structs")
        given: list[dict[str, Any]] = []
        refused: dict[int, Reject] = {}
        for row, struct in enumerate(structs.cases, first_row):
            try:
                given.append(plain_facts(struct, self._most_levels))
            except RefusalError as error:
                refused[row] = Reject(row, error.reason, error.message, error.violations)
                given.append({})
        return Sent(first_row, len(given), self._id_columns, documents=given, refused=refused)


def _without(read: Conformed, refused: Mapping[int, Reject]) -> Conformed:
    staying = pc.invert(pc.is_in(read.rows, pa.array(refused, pa.int64())))
    rejects = sorted((*read.rejects, *refused.values()), key=lambda reject: reject.row)
    cases, ids = read.cases.filter(staying), read.ids.filter(staying)
    return Conformed(cases, read.rows.filter(staying), ids, tuple(rejects))


def _table(raw: bytes) -> pa.RecordBatch:
    """The rows of an Arrow IPC stream.

    Raises:
        RefusalError: REQUEST_INVALID when it is none.
    """
    try:
        with pa.ipc.open_stream(raw) as stream:
            schema, batches = stream.schema, list(stream)
        if len(batches) == 1:
            return batches[0]  # looked through when it is conformed
        for batch in batches:
            batch.validate(full=True)  # before anything follows what may point elsewhere
        table = pa.Table.from_batches(batches, schema).combine_chunks()
        return table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], schema=schema)
    except (pa.ArrowException, OSError, ValueError):
        return invalid((Violation("batch.arrow", _ARROW, "This is no Arrow IPC stream, or it is broken."),))
