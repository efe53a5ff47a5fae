"""What became of the cases of a roster, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct, field

from engine.decisions import INDETERMINATE

__all__ = ["Tally"]


class Tally(Struct, frozen=True):
    """What became of some cases.

    Attributes:
        decided: cases with a decision.
        complete: those that no further fact can change.
        indeterminate: those whose outcome is not known.
        rejected: rows without a decision.
        outcomes: cases by outcome, `indeterminate` among them.
        rules: cases in which a rule holds, by its id.
    """

    decided: int = 0
    complete: int = 0
    indeterminate: int = 0
    rejected: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, decisions: pa.RecordBatch, rejected: int) -> Tally:
        """The tally of a batch of decisions, in either detail, and of the rows rejected beside them."""
        outcomes = _counts(decisions.column("outcome"))
        return cls(
            decisions.num_rows,
            decisions.column("complete").true_count,
            outcomes.get(INDETERMINATE, 0),
            rejected,
            outcomes,
            _rules(decisions),
        )

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.decided + other.decided,
            self.complete + other.complete,
            self.indeterminate + other.indeterminate,
            self.rejected + other.rejected,
            Counter(self.outcomes) + Counter(other.outcomes),
            Counter(self.rules) + Counter(other.rules),
        )

    @property
    def rows(self) -> int:
        """Rows of the roster, those without a decision among them."""
        return self.decided + self.rejected


def _counts(texts: pa.Array) -> dict[str, int]:
    return {pair["values"]: pair["counts"] for pair in pc.value_counts(texts).to_pylist()}


def _rules(decisions: pa.RecordBatch) -> dict[str, int]:
    """In how many cases each rule holds; one with `each` counts once per case."""
    if "rules" in decisions.schema.names:
        return _counts(decisions.column("rules").flatten())
    held = decisions.column("held")
    rules = held.flatten().field("rule").dictionary_encode()
    if not len(rules):
        return {}
    names: list[str] = rules.dictionary.to_pylist()
    cases = np.asarray(pc.list_parent_indices(held), np.int64)
    pairs = np.unique(cases * len(names) + np.asarray(rules.indices, np.int64))
    counts = np.bincount(pairs % len(names), minlength=len(names))
    return {name: int(count) for name, count in zip(names, counts, strict=True) if count}
