"""What a version needs in order to decide cases that the other version decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.rosters.changes import Need, Undecided
from engine.rosters.differing import grouped, numbers_of, rows_of_items
from engine.rosters.model import Reject

__all__ = ["NeedCounts"]

_MOST_NEEDS: Final = 10_000
"""Different needs that are counted apart."""

_INDEX: Final = r"\[\d+\]"
_KIND_OF_REFUSED: Final = "refused"


@dataclass(slots=True)
class NeedCounts:
    """The cases that one version cannot decide although the other can, and what it needs."""

    indeterminate: int = 0
    refused: int = 0
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add_indeterminate(self, missing: pa.ListArray) -> None:
        """Counts cases by their `missing_outcome`; a case that lacks the same in several list items counts once."""
        self.indeterminate += len(missing)
        kinds, paths, _ = missing.flatten().flatten()
        paths = pc.replace_substring_regex(paths, _INDEX, "[]")
        rows = rows_of_items(missing)
        for places in grouped(numbers_of([kinds, paths])):
            first = int(places[0])
            self._add(kinds[first].as_py(), paths[first].as_py(), len(np.unique(rows[places])))

    def add_refused(self, rejects: Iterable[Reject]) -> None:
        """Counts cases whose facts are not accepted."""
        for reject in rejects:
            self.refused += 1
            for path in sorted({re.sub(_INDEX, "[]", violation.path) for violation in reject.violations}):
                self._add(_KIND_OF_REFUSED, path, 1)

    def result(self) -> Undecided:
        """What was counted; the most frequent need first."""
        found = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        needs = tuple(Need(kind, path, cases) for (kind, path), cases in found)
        return Undecided(self.indeterminate, self.refused, needs)

    def _add(self, kind: str, path: str, cases: int) -> None:
        if (kind, path) in self.counts or len(self.counts) < _MOST_NEEDS:
            self.counts[kind, path] = self.counts.get((kind, path), 0) + cases
