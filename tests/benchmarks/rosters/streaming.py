"""A roster larger than memory: Parquet in, decisions written as Parquet, batch by batch."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from engine.rosters import Question, RosterEngine, RosterSettings
from engine.rosters.rows import DECISION_SCHEMA
from tests.benchmarks.peers import load_engine
from tests.benchmarks.rosters.cases import AS_OF, make_batch, make_batches
from tests.benchmarks.rosters.children import Round, run_in_child

__all__ = ["stream"]

_DIFFERENT: Final = 1_000_000
"""Cases of the file; a longer roster has them again under other numbers."""


def stream(cases: int, threads: int) -> Round:
    """Decides so many cases in a process of its own, all of each decision."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "cases.parquet"
        with pq.ParquetWriter(file, make_batch(1).schema) as writer:
            for batch in make_batches(min(cases, _DIFFERENT)):
                writer.write_batch(batch)
        return run_in_child(threads, _decide, file, cases, threads)


def _decide(file: Path, cases: int, threads: int) -> int:
    engine = RosterEngine.build(load_engine(), RosterSettings(threads=threads))
    question, row = Question(AS_OF), 0
    with pq.ParquetWriter(file.with_name("decisions.parquet"), DECISION_SCHEMA) as writer:
        for batch in _batches(file, cases):
            writer.write_batch(engine.decide(batch, question, first_row=row).decisions)
            row += batch.num_rows
    return row


def _batches(file: Path, cases: int) -> Iterator[pa.RecordBatch]:
    """The row groups of the file, again and again, until there are so many cases."""
    with pq.ParquetFile(file) as read:
        for group in cycle(range(read.num_row_groups)):
            (batch,) = read.read_row_group(group).combine_chunks().to_batches()
            yield batch.slice(0, cases)
            cases -= batch.num_rows
            if cases <= 0:
                return
