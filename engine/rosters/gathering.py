"""Lists of structures for each case, gathered from parts that come rule by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Part", "Places", "gathered"]

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """Structures of which some fields are the same throughout.

    Attributes:
        cases: the case of each, ascending.
        same: the fields that have one value.
        columns: the other fields, a value for each structure.
        elements: the element of each, for parts that belong to elements of a list; empty otherwise.
        rank: parts of one rule have the same; they are ordered by element first.
    """

    cases: Places
    same: Mapping[str, Any]
    columns: Mapping[str, pa.Array]
    elements: Places = field(default_factory=lambda: np.zeros(0, np.int64))
    rank: int = 0


def gathered(type_: pa.StructType, parts: Sequence[Part], total: int) -> pa.Array:
    """A list for each of `total` cases: its structures, part by part, those of one rule element by element."""
    parts = [part for part in parts if len(part.cases)]
    if not parts:
        return pa.ListArray.from_arrays(pa.array(np.zeros(total + 1, np.int32)), pa.array([], type_))
    order = _order(parts)
    fields = [_field(one, parts, order) for one in type_]
    cases = np.concatenate([part.cases for part in parts])
    offsets = np.concatenate(([0], np.cumsum(np.bincount(cases, minlength=total)))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.StructArray.from_arrays(fields, fields=list(type_)))


def _order(parts: Sequence[Part]) -> Places:
    cases = np.concatenate([part.cases for part in parts])
    if not any(len(part.elements) for part in parts):
        return np.argsort(cases, kind="stable")
    rank = np.concatenate([np.full(len(part.cases), part.rank) for part in parts])
    element = np.concatenate([part.elements if len(part.elements) else np.zeros(len(part.cases)) for part in parts])
    return np.lexsort((element, rank, cases))


def _field(one: pa.Field, parts: Sequence[Part], order: Places) -> pa.Array:
    """The values of a field in their order; what is the same for a part stands once in what they are taken from."""
    sources: list[pa.Array] = []
    places: list[Places] = []
    start = 0
    for part in parts:
        count = len(part.cases)
        column = part.columns.get(one.name)
        if column is None:
            sources.append(pa.array([part.same[one.name]], one.type))
            places.append(np.full(count, start))
        else:
            sources.append(column.cast(one.type))
            places.append(np.arange(start, start + count))
        start += len(sources[-1])
    return pa.concat_arrays(sources).take(pa.array(np.concatenate(places)[order]))
