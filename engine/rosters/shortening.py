"""The short form of decisions that are there as a whole."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.rosters.schemas import OUTCOME_SCHEMA, TEXTS

__all__ = ["shortened"]


def shortened(decisions: pa.RecordBatch) -> pa.RecordBatch:
    """The decisions (DECISION_SCHEMA, with whatever other columns beside) as OUTCOME_SCHEMA has them."""
    columns = {name: decisions.column(name) for name in OUTCOME_SCHEMA.names if name != "rules"}
    columns["rules"] = _rules(decisions.column("held"))
    return pa.record_batch([columns[name] for name in OUTCOME_SCHEMA.names], schema=OUTCOME_SCHEMA)


def _rules(held: pa.ListArray) -> pa.ListArray:
    """The rules of each row, each once, in their order."""
    rules = held.flatten().field("rule")
    rows = np.repeat(np.arange(len(held)), np.asarray(held.value_lengths()))
    codes = np.asarray(rules.dictionary_encode().indices, dtype=np.int64)
    # of each pair of a row and a rule the first; pairs ascend by row, whatever their rules are
    _, firsts = np.unique(rows * (int(codes.max(initial=0)) + 1) + codes, return_index=True)
    firsts.sort()
    counts = np.bincount(rows[firsts], minlength=len(held))
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    kept = pc.take(rules, pa.array(firsts))
    return pa.ListArray.from_arrays(pa.array(offsets), kept).cast(TEXTS)
