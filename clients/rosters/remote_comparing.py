"""Compares two versions over a roster from files, by a server: the same result as `comparing` gives."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final, Unpack

import numpy as np

from clients.rosters.batches import packed
from clients.rosters.chunks import Piece, numbered
from clients.rosters.comparing import ComparisonWatcher
from clients.rosters.deciding import prepared
from clients.rosters.ids import check_ids
from clients.rosters.reading import Cases
from clients.rosters.remote import violations_of
from clients.rosters.told_comparison import comparison_result
from engine.errors import FactsError
from engine.rosters.changes import ComparisonResult
from rollbook import CaseBatch, Client, ComparedRuleset, ComparisonRun, FactError, HowComparison

__all__ = ["compare_by_server"]

_USUAL_EXAMPLES: Final = 5


def compare_by_server(
    cases: Cases,
    client: Client,
    before: ComparedRuleset,
    after: ComparedRuleset,
    watcher: ComparisonWatcher,
    *,
    as_of: date,
    batch_rows: int,
    **how: Unpack[HowComparison],
) -> ComparisonResult:
    """What a server makes of the cases by two versions.

    Args:
        cases: the roster.
        client: asks the server.
        before, after: the versions.
        watcher: is told after each batch.
        as_of: the date of the decisions.
        batch_rows: rows that are read at a time; a batch that is sent has no more than the server takes.
        how: what else is asked; no example is told where `max_examples` is 0.

    Raises:
        RosterFileError: when the cases cannot be read, or have no such id column.
        FactsError: when a column is declared by neither version.
        RollbookError (of the SDK): whatever else the server refuses, or when it is gone.
    """
    how["id_columns"] = ids = tuple(how.get("id_columns", ()))
    check_ids(ids, cases.columns, ())
    examples = how.get("max_examples", _USUAL_EXAMPLES)
    how["max_examples"] = examples or 1  # a server gives one at least
    sending = _Sending()
    run = client.compare_rulesets(before, after, sending.batches(cases, batch_rows), as_of=as_of, **how)
    sending.run = run
    try:
        with run:
            for answer in run:
                share = sending.shares.pop(answer.sequence)
                watcher.compared(answer.case_count, answer.changed_count, share)
            found = run.comparison
    except FactError as error:
        raise FactsError(violations_of(error), error.message) from None
    unsent = len(sending.unread) + sending.large
    return comparison_result(run.started, found, row_of=sending.row_of, unsent=unsent, examples=examples)


class _Sending:
    """The cases of a roster as batches, numbered without the rows that cannot be read, which no server is told of.

    Attributes:
        run: what the batches are for; it takes none before it has started.
        shares: how much of the input is read with each batch, until its answer has come.
        unread: the rows that cannot be read, each less the number of those before it: that of the next one sent.
        large: how many cases do not fit in a message.
    """

    run: ComparisonRun

    def __init__(self) -> None:
        self.shares: dict[int, float] = {}
        self.unread = array("q")
        self.large = 0

    def batches(self, cases: Cases, batch_rows: int) -> Iterator[CaseBatch]:
        """The batches. Taken by a thread of the client's."""
        started = self.run.started
        sequence = 0
        for chunk in numbered(cases.pieces(batch_rows)):
            first = chunk.first_row - len(self.unread)
            self.unread.extend([first + row - place for place, row in _unread(chunk.piece)])
            # The server takes the id columns apart, since it knows which of them are facts.
            ready = prepared(replace(chunk, first_row=first), (), frozenset())
            sending = packed(ready, started.max_batch_cases, started.max_message_bytes)
            self.large += len(sending.rejects)
            for batch in sending.batches:
                self.shares[sequence] = chunk.piece.share
                yield batch.numbered(sequence)
                sequence += 1

    def row_of(self, sent: int) -> int:
        """The row in the roster of a row as it was sent."""
        return sent + bisect_right(self.unread, sent)


def _unread(piece: Piece) -> Iterator[tuple[int, int]]:
    """The rows of a piece that cannot be read, numbered."""
    if piece.places is None:
        return enumerate(())
    rows = np.setdiff1d(np.arange(piece.count), piece.places.to_numpy(zero_copy_only=False))
    return enumerate(rows.tolist())
