"""Columns drawn at random, whole arrays at a time, some of their cells left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Codes", "Draw", "Flags", "struct"]

Codes = npt.NDArray[np.int64]
"""Places in a list of values, or numbers, or days since 1970."""
Flags = npt.NDArray[np.bool_]


class Draw:
    """Draws the columns of one batch of cases, or of the items of its lists.

    Attributes:
        random: where chance comes from.
        length: cells of each column.
        hidden: by the path of a fact, the cells in which it is left out.
    """

    def __init__(self, random: np.random.Generator, length: int, hidden: Mapping[str, Flags]) -> None:
        self.random = random
        self.length = length
        self.hidden = hidden

    def chance(self, share: float) -> Flags:
        """True in about that share of the cells."""
        return self.random.random(self.length) < share

    def codes(self, weights: Sequence[float]) -> Codes:
        """Places, each as often as its weight says."""
        steps = np.cumsum(weights)
        codes: Codes = np.searchsorted(steps, self.random.random(self.length) * steps[-1], side="right")
        return codes

    def integers(self, first: int, last: int) -> Codes:
        """Numbers from `first` to `last`, both included."""
        return self.random.integers(first, last + 1, self.length)

    def days(self, first: Codes, last: Codes) -> Codes:
        """A day from `first` to `last` of its cell, both included."""
        return self.random.integers(first, last + 1)

    def column(self, path: str, values: Any, type_: pa.DataType | None = None) -> pa.Array:
        """A column of numbers or flags."""
        return pa.array(values, mask=self.hidden.get(path)).cast(type_ or pa.from_numpy_dtype(values.dtype))

    def texts(self, path: str, codes: Codes, texts: Sequence[str]) -> pa.Array:
        """A column of texts."""
        places = pa.array(codes.astype(np.int8), mask=self.hidden.get(path))
        return pa.DictionaryArray.from_arrays(places, pa.array(texts)).cast(pa.string())

    def dates(self, path: str, days: Codes) -> pa.Array:
        """A column of days."""
        return pa.array(days.astype(np.int32), mask=self.hidden.get(path)).cast(pa.date32())

    def optional(self, path: str, values: pa.Array, none: Flags) -> tuple[pa.Array, pa.Array]:
        """A column with null where the fact is none or left out, and the column that says where it is none."""
        said = pa.array(none, mask=self.hidden.get(path))
        return pa.compute.if_else(pa.array(none), pa.scalar(None, values.type), values), said


def struct(**fields: pa.Array) -> pa.StructArray:
    """A group of columns."""
    return pa.StructArray.from_arrays([*fields.values()], [*fields])
