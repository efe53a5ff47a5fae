"""Batches of a recorded roster, as a child process does it: decided once, written as segments, answered from them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from engine.errors import Violation
from engine.rosters.conforming import Conformed
from engine.rosters.model import Reject
from rollbook.v1.roster_pb2 import CaseBatch
from server.errors import RefusalError
from server.ids import new_decision_ids
from server.requests import invalid
from server.rosters.assignment import Known, Recording, Written
from server.rosters.segments import DECISION_ID, Segment, decoded, encoded, read_file, write_file

__all__ = ["Decide", "Recorded", "SegmentWriter"]

_MOST_CHARACTERS: Final = 200
_TOO_LONG: Final = (
    f"The case id, the subject or the school has more than {_MOST_CHARACTERS} characters, or one of code 0. Send the "
    "opaque id of your system."
)
_NAMED: Final = ("case_id", "subject", "school")

Decide = Callable[[Conformed], tuple[pa.RecordBatch, Conformed, tuple[Reject, ...]]]
"""Decides cases: the decisions, their cases with their ids, and all rejects."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A batch that is in a segment.

    Attributes:
        segment: what stands in it.
        written: the file that is to be entered in the log; None where it is there already.
    """

    segment: Segment
    written: Written | None


class SegmentWriter:
    """Writes the segments of one run.

    Args:
        recording: how decisions are recorded.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._folder = Path(recording.folder)

    def record(self, batch: CaseBatch, read: Callable[[], Conformed], decide: Decide) -> Recorded:
        """The decisions of a batch: those that are recorded for its number, or new ones, on the disk.

        Raises:
            RefusalError: REQUEST_ID_REUSED where a batch of the number has other cases; LOG_UNAVAILABLE when the
                segment cannot be written or read.
            SegmentError: when the segment has changed since it was written.
        """
        asked = hashlib.sha256(batch.SerializeToString(deterministic=True)).hexdigest()
        if (known := self._recording.known.get(batch.sequence)) is not None:
            return Recorded(self._again(known, asked), None)
        cases, refused = self._readable(read())
        decisions, decided, rejects = decide(cases)
        rejects = tuple(sorted((*rejects, *refused), key=lambda reject: reject.row))
        segment = Segment(self._named(decided), decided.ids, decided.cases, decisions, rejects)
        return Recorded(segment, self._write(batch.sequence, segment, asked))

    def _again(self, known: Known, asked: str) -> Segment:
        if known.input_sha256 != asked:
            message = "A batch of this number with other cases was recorded in this run. Begin another run."
            raise RefusalError("REQUEST_ID_REUSED", message)
        try:
            return decoded(read_file(self._folder / known.file, known.sha256))
        except OSError:
            raise _unavailable() from None

    def _write(self, sequence: int, segment: Segment, asked: str) -> Written:
        about = {**self._recording.about, "sequence": str(sequence)}
        try:
            raw = encoded(segment, about)
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            violation = Violation(
                "batch.arrow", "id columns of texts, numbers, dates or truths", "They cannot be kept."
            )
            invalid((violation,))
        name = f"{sequence}-{self._recording.stream}.parquet"
        try:
            sha256 = write_file(self._folder / name, raw)
        except OSError:
            raise _unavailable() from None
        return Written(
            sequence=sequence,
            file=name,
            sha256=sha256,
            input_sha256=asked,
            rejected=len(segment.rejects),
            ids=segment.decision_ids.to_pylist(),
            subjects=segment.named.column("subject").to_pylist(),
            outcomes=segment.decisions.column("outcome").to_pylist(),
        )

    def _named(self, decided: Conformed) -> pa.RecordBatch:
        """Ids of decisions, and whose they are."""
        columns: dict[str, pa.Array] = {DECISION_ID: pa.array(new_decision_ids(len(decided.rows)), pa.string())}
        columns |= {name: self._texts(decided, name) for name in _NAMED}
        return pa.record_batch(columns)

    def _readable(self, cases: Conformed) -> tuple[Conformed, tuple[Reject, ...]]:
        """The cases whose ids can be stored, and rejects for the others."""
        count = len(cases.rows)
        good = pa.array([True] * count, pa.bool_())
        for name in _NAMED:
            texts = self._texts(cases, name)
            fits = pc.less_equal(pc.utf8_length(texts), _MOST_CHARACTERS)
            good = pc.and_(good, pc.and_(fits, pc.invert(pc.match_substring_regex(texts, r"\x00"))))
        if good.true_count == count:
            return cases, ()
        refused = cases.rows.filter(pc.invert(good)).to_pylist()
        kept = replace(cases, cases=cases.cases.filter(good), rows=cases.rows.filter(good), ids=cases.ids.filter(good))
        return kept, tuple(Reject(row, "REQUEST_INVALID", _TOO_LONG) for row in refused)

    def _texts(self, cases: Conformed, name: str) -> pa.Array:
        """An id column as texts; empty where it says nothing."""
        column: str = getattr(self._recording, name)
        if not column:
            return pa.array([""] * len(cases.rows), pa.string())
        array = cases.ids.column(column)
        try:
            return pc.fill_null(array.cast(pa.string()), "")
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            violation = Violation(f"header.{name}_column", "a column of texts or numbers", "It has neither.")
            return invalid((violation,))


def _unavailable() -> RefusalError:
    message = "The segment of the roster cannot be written or read, so the batch is not answered; try again."
    return RefusalError("LOG_UNAVAILABLE", message)
