"""In which aspects decisions differ, for many cases at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from engine.rosters.changes import Aspect
from engine.rosters.differing import Mask, Places, differing, grouped, item_changes, numbers_of
from engine.rosters.telling import read_results

__all__ = ["aspects"]

_OWED = ("action", "text", "by", "to", "force", "element")
_DUE = ("due", "due_unknown")
_DEADLINE = ("starts_on", "due", "status", "met_on", "unknown")
_CAUSE = ("kind", "path", "detail")


def aspects(before: pa.RecordBatch, after: pa.RecordBatch) -> dict[Aspect, Mask]:
    """Which rows of two decision batches of the same cases differ in which aspect, the rules apart.

    The order of rules, obligations and deadlines says nothing; nor does which rule it is that owes something.
    """

    def items(column: str, identity: Sequence[str], content: Sequence[str]) -> tuple[Mask, Mask]:
        """Where there are other items, and where the same ones say something else."""
        one, other = before.column(column), after.column(column)
        rows = np.flatnonzero(differing(one, other))
        at = pa.array(rows)
        found = item_changes(one.take(at), other.take(at), identity, content)
        others = _at(before.num_rows, rows[found.only_before[0]], rows[found.only_after[0]])
        return others, _at(before.num_rows, rows[found.otherwise[0]])

    def columns(*names: str) -> Mask:
        masks = [differing(before.column(name), after.column(name)) for name in names]
        found: Mask = np.logical_or.reduce(masks)
        return found

    owed, due = items("obligations", _OWED, _DUE)
    deadlines, states = items("deadlines", ("name", "element"), _DEADLINE)
    _, messages = items("held", ("rule", "element"), ("because", "cites"))
    outcome_causes, _ = items("missing_outcome", _CAUSE, ())
    detail_causes, _ = items("missing_details", _CAUSE, ())
    return {
        Aspect.OBLIGATIONS: owed,
        Aspect.DUE_DATES: due,
        Aspect.DEADLINES: deadlines | states,
        Aspect.RESULTS: _other_results(before.column("results"), after.column("results")),
        Aspect.MESSAGES: messages | columns("because", "cites"),
        Aspect.MISSING: outcome_causes | detail_causes | columns("candidates", "may_have_no_outcome"),
    }


def _at(rows: int, *places: Places) -> Mask:
    mask = np.zeros(rows, np.bool_)
    mask[np.concatenate(places)] = True
    return mask


def _other_results(before: pa.Array, after: pa.Array) -> Mask:
    """Where the results are others; the same names in another order are the same results."""
    mask = differing(before, after)
    places = np.flatnonzero(mask)
    one, other = before.take(pa.array(places)), after.take(pa.array(places))
    for same in grouped(numbers_of([one, other])):
        first = int(same[0])
        mask[places[same]] = read_results(one[first].as_py()) != read_results(other[first].as_py())
    return mask
