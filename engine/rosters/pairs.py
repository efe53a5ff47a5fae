"""The decisions of two versions about the same cases, put beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.rosters.changes import REFUSED
from engine.rosters.differing import Mask, Places, differing
from engine.rosters.model import Decided, Reject
from engine.rosters.rows import DECISION_SCHEMA

__all__ = ["Pairs", "Side"]


@dataclass(frozen=True)
class Side:
    """What one version says about the cases of a batch."""

    decided: Decided

    @cached_property
    def rows(self) -> Places:
        """The rows that it decides, ascending."""
        return _rows(self.decided.decisions)

    @cached_property
    def rejects(self) -> Mapping[int, Reject]:
        """The other cases, by row."""
        return {reject.row: reject for reject in self.decided.rejects}

    def outcomes(self, rows: Places) -> pa.Array:
        """Its outcome for each of these rows, all of which it was asked; `REFUSED` for those that it rejects."""
        found = self.decided.decisions.column("outcome")
        if len(rows) == len(self.rows):
            return found
        at = np.searchsorted(self.rows, rows)
        at[at == len(self.rows)] = 0
        decided = np.isin(rows, self.rows, assume_unique=True)
        return pc.fill_null(found.take(pa.array(at, mask=~decided)), REFUSED)

    def decision(self, row: int) -> dict[str, Any]:
        """Its decision about one row."""
        at = int(np.searchsorted(self.rows, row))
        return _values(self.decided.decisions, at)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The cases that both versions decide: two decision batches of the same rows, in the same order."""

    before: pa.RecordBatch
    after: pa.RecordBatch

    @classmethod
    def of(cls, before: Side, after: Side) -> Pairs:
        """The cases that both sides decide."""
        one, other = before.decided.decisions, after.decided.decisions
        if not np.array_equal(before.rows, after.rows):
            _, at_one, at_other = np.intersect1d(before.rows, after.rows, assume_unique=True, return_indices=True)
            one, other = one.take(pa.array(at_one)), other.take(pa.array(at_other))
        return cls(one, other)

    def __len__(self) -> int:
        return int(self.before.num_rows)

    @property
    def rows(self) -> Places:
        """Their rows, ascending."""
        return _rows(self.before)

    def where(self, mask: Mask) -> Pairs:
        """Those of them for which the mask is true."""
        chosen = pa.array(mask)
        return replace(self, before=self.before.filter(chosen), after=self.after.filter(chosen))

    def that_differ(self) -> Pairs:
        """Those whose decisions differ in anything, be it only in an order."""
        mask = np.zeros(len(self), np.bool_)
        for one, other in zip(self.before.columns, self.after.columns, strict=True):
            mask |= differing(one, other)
        return self.where(mask)

    def decisions(self, place: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Both decisions of the case at a place."""
        return _values(self.before, place), _values(self.after, place)


def _values(decisions: pa.RecordBatch, place: int) -> dict[str, Any]:
    """A row as Python values; days as text, because tables reach further than Python's dates."""
    row = decisions.slice(place, 1)
    values: dict[str, Any] = row.cast(_TOLD).to_pylist()[0]
    return values


def _days_as_text(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_date(type_):
        return pa.string()
    if pa.types.is_list(type_):
        return pa.list_(_days_as_text(type_.value_type))
    if pa.types.is_struct(type_):
        return pa.struct([(field.name, _days_as_text(field.type)) for field in type_])
    return type_


def _rows(decisions: pa.RecordBatch) -> Places:
    rows: Places = decisions.column("row").to_numpy(zero_copy_only=False)
    return rows


_TOLD: Final = pa.schema([(field.name, _days_as_text(field.type)) for field in DECISION_SCHEMA])
