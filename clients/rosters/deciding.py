"""Who decides the chunks of a roster, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from clients.rosters.chunks import Chunk
from clients.rosters.ids import Columns, Documents, without_ids
from engine.rosters import Decided, Reject
from engine.rosters.model import Detail
from engine.rosters.rows import schema_of

__all__ = ["Answer", "Asked", "Decider", "Prepared", "prepared"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about every case, and of what: the same for the whole run, and columns of what is written.

    Attributes:
        ruleset, version: the ruleset's id, and the hash of the version that decides.
        as_of, rules_as_of: the dates of the decisions, and of the rules.
        absent_is_none: whether facts left out are none where they declare what that means.
        calendars: the version of each calendar read, by name.
        builds_on: the version of each ruleset built on, by id.
        engine: the version of Rollbook that decides.
        detail: `decisions` or `outcomes`.
        recorded: whether the decisions are in the decision log of a server.
    """

    ruleset: str
    version: str
    as_of: date
    rules_as_of: date
    absent_is_none: bool
    calendars: Mapping[str, str]
    builds_on: Mapping[str, str]
    engine: str
    detail: Detail
    recorded: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The columns of the decisions."""
        schema = schema_of(self.detail)
        return schema.append(pa.field("decision_id", pa.string())) if self.recorded else schema


@dataclass(frozen=True, slots=True)
class Prepared:
    """A chunk that is ready to be decided.

    Attributes:
        chunk: as it was read.
        cases: its cases without the id columns: columns, or JSON documents.
        places: which rows of the chunk they are (int64, from 0); None when they are all there.
        ids: the id columns of these rows.
        rejects: the rows that cannot be read, by their number in the roster.
    """

    chunk: Chunk
    cases: pa.RecordBatch | Documents
    places: pa.Array | None
    ids: pa.RecordBatch
    rejects: tuple[Reject, ...]

    def answered(self, decided: Decided) -> Answer:
        """The answer to this chunk.

        Args:
            decided: its decisions and rejects; their rows count the cases of this chunk from 0.
        """
        rows = decided.decisions.column("row")
        numbers = self.numbers(rows)
        ids = self.ids.take(rows)
        at_row = decided.decisions.schema.names.index("row")
        decisions = decided.decisions.set_column(at_row, "row", numbers)
        columns = [*ids.columns, *decisions.columns]
        schema = pa.schema([*ids.schema, *decisions.schema])
        refused = [
            (replace(reject, row=self._number(reject.row)), self._ids_at(reject.row)) for reject in decided.rejects
        ]
        refused += [(reject, {}) for reject in self.rejects]
        refused.sort(key=lambda pair: pair[0].row)
        return Answer(self.chunk, pa.RecordBatch.from_arrays(columns, schema=schema), tuple(refused))

    def numbers(self, rows: pa.Array) -> pa.Array:
        """The numbers in the roster of rows that count the cases of this chunk from 0."""
        places = rows if self.places is None else self.places.take(rows)
        return pa.array(np.asarray(places) + self.chunk.first_row, pa.int64())

    def _number(self, row: int) -> int:
        return self.chunk.first_row + (row if self.places is None else int(self.places[row].as_py()))

    def _ids_at(self, row: int) -> dict[str, Any]:
        return {name: self.ids.column(name)[row].as_py() for name in self.ids.schema.names}


@dataclass(frozen=True, slots=True)
class Answer:
    """A chunk that is decided.

    Attributes:
        chunk: as it was read.
        decisions: id columns, then those of the decisions, one row per case that is decided.
        rejects: the other rows, in their order, each with its ids; none where the row could not be read.
    """

    chunk: Chunk
    decisions: pa.RecordBatch
    rejects: tuple[tuple[Reject, Mapping[str, Any]], ...]


class Decider(Protocol):
    """Decides a roster: this process, or a server.

    Attributes:
        asked: what is asked.
        facts: the names of the columns of facts, at the top.
        one_by_one: why cases are decided one by one, which is slower; empty when they are decided all at once.
        run_id: the id of the run in a server's decision log; empty where nothing is recorded.
        answered: whether anything was decided.
    """

    asked: Asked
    facts: frozenset[str]
    one_by_one: tuple[str, ...]
    run_id: str
    answered: bool

    def decide(self, chunks: Iterable[Prepared]) -> Iterator[Answer]:
        """The answer to each chunk, in their order; reads the next only when it is time to."""
        ...


def prepared(chunk: Chunk, ids: Columns, facts: frozenset[str]) -> Prepared:
    """The chunk with its id columns apart; one that is called as one of the `facts` is both.

    Raises:
        RosterFileError: when an id column is not there.
    """
    piece = chunk.piece
    cases, places, id_columns, refused = without_ids(piece.cases, piece.places, ids, facts)
    rejects = [replace(reject, row=chunk.first_row + reject.row) for reject in (*piece.rejects, *refused)]
    return Prepared(chunk, cases, places, id_columns, tuple(rejects))
