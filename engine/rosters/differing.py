"""Where two columns differ: row by row, and item by item where the rows are lists whose order says nothing.

Everything here is done column by column, so that rows that are the same cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["ItemChanges", "Mask", "Places", "differing", "grouped", "item_changes", "numbers_of", "rows_of_items"]

Mask = npt.NDArray[np.bool_]
"""True for some of the rows."""

Places = npt.NDArray[np.int64]
"""Places, or numbers that stand for something, from 0."""

_BETWEEN: Final = "\x1f"
"""Between the texts of a list that are compared as one: the unit separator, which no document may contain."""


def differing(before: pa.Array, after: pa.Array) -> Mask:
    """Which rows of two columns of the same type and length differ: null equals null, list items in their order.

    A list that is null equals an empty one.
    """
    if pa.types.is_list(before.type):
        return _differing_lists(before, after)
    unequal: Mask = _mask(pc.is_null(before)) != _mask(pc.is_null(after))
    if pa.types.is_struct(before.type):
        for one, other in zip(before.flatten(), after.flatten(), strict=True):
            unequal |= differing(one, other)
        return unequal
    return unequal | _mask(pc.fill_null(pc.not_equal(before, after), False))


def _differing_lists(before: pa.Array, after: pa.Array) -> Mask:
    one, other = _lengths(before), _lengths(after)
    found: Mask = one != other
    if found.any():
        same = pa.array(~found)
        before, after = before.filter(same), after.filter(same)
    places = np.repeat(np.flatnonzero(~found), one[~found])
    found[places[differing(before.flatten(), after.flatten())]] = True
    return found


@dataclass(frozen=True, slots=True)
class ItemChanges:
    """What differs between two columns of lists of structures, whatever the order of the items.

    Each of the first three is a pair of arrays of one length: the rows, ascending, and the number of an item's
    identity in each.

    Attributes:
        only_before: items that the first column has, and the second has not, or less often.
        only_after: the other way round.
        otherwise: items that both have equally often, with other contents.
        identities: the fields that identify an item: an array per field, by the number of the identity.
    """

    only_before: tuple[Places, Places]
    only_after: tuple[Places, Places]
    otherwise: tuple[Places, Places]
    identities: tuple[pa.Array, ...]


def item_changes(before: pa.Array, after: pa.Array, identity: Sequence[str], content: Sequence[str]) -> ItemChanges:
    """How the items of each row differ between two columns LIST<STRUCT> of the same length.

    Args:
        before, after: the columns.
        identity: the fields by which an item is the same item.
        content: the fields in which the same item can differ; none leaves `otherwise` empty.
    """
    rows = np.concatenate([rows_of_items(before), rows_of_items(after)])
    weights = np.ones(len(rows))
    weights[_lengths(before).sum() :] = -1
    identities = [_together(before, after, name) for name in identity]
    same = numbers_of(identities)
    _, first = np.unique(same, return_index=True)
    items, surplus, item_of = _surplus(rows, same, weights)
    only_before, only_after = items[:, surplus > 0], items[:, surplus < 0]
    otherwise = items[:, :0]
    if content:
        exact = numbers_of([pa.array(same), *(_together(before, after, name) for name in content)])
        _, exact_surplus, exact_of = _surplus(rows, exact, weights)
        other = np.zeros(len(surplus), np.bool_)
        other[item_of[exact_surplus[exact_of] != 0]] = True
        otherwise = items[:, other & (surplus == 0)]
    return ItemChanges(
        (only_before[0], only_before[1]),
        (only_after[0], only_after[1]),
        (otherwise[0], otherwise[1]),
        tuple(column.take(pa.array(first)) for column in identities),
    )


def rows_of_items(column: pa.Array) -> Places:
    """For each item of a column of lists the row that it is in, ascending."""
    return np.repeat(np.arange(len(column), dtype=np.int64), _lengths(column))


def numbers_of(columns: Sequence[pa.Array]) -> Places:
    """A number for each place, from 0 without a gap, the same where all columns are the same; null equals null."""
    numbers, most = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        codes = pc.dictionary_encode(_comparable(column), null_encoding="encode")
        kinds = max(len(codes.dictionary), 1)
        numbers = _without_gaps(numbers * kinds + codes.indices.to_numpy(zero_copy_only=False), most * kinds)
        most = int(numbers.max(initial=0)) + 1
    return numbers


def _without_gaps(numbers: Places, most: int) -> Places:
    """The numbers (all less than `most`) renumbered, in the same order."""
    if most > 4 * len(numbers) + 1024:
        return np.unique(numbers, return_inverse=True)[1].astype(np.int64)
    seen = np.zeros(most, np.int64)
    seen[numbers] = 1
    renumbered: Places = (np.cumsum(seen) - 1)[numbers]
    return renumbered


def grouped(numbers: Places) -> list[Places]:
    """The places of each distinct number (from 0), ascending; the smallest number first."""
    if not len(numbers):
        return []
    small = numbers.astype(np.uint16) if numbers.max() < 1 << 16 else numbers  # NumPy sorts those by counting
    order = np.argsort(small, kind="stable").astype(np.int64)
    return np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)


def _surplus(rows: Places, numbers: Places, weights: npt.NDArray[np.float64]) -> tuple[Places, Places, Places]:
    """The distinct items (their rows above, their numbers below), the weight of each, and the item at each place."""
    most = int(numbers.max(initial=0)) + 1
    pairs, item_of = np.unique(rows * most + numbers, return_inverse=True)
    sums = np.bincount(item_of, weights=weights, minlength=len(pairs)).astype(np.int64)
    return np.stack([pairs // most, pairs % most]), sums, item_of


def _together(before: pa.ListArray, after: pa.ListArray, name: str) -> pa.Array:
    """One field of all the items, those of `before` first."""
    field = before.type.value_type.get_field_index(name)
    return pa.concat_arrays([column.flatten().flatten()[field] for column in (before, after)])


def _comparable(column: pa.Array) -> pa.Array:
    """A column of lists of texts as one of texts, equal where the lists are; others as they are."""
    return pc.binary_join(column, _BETWEEN) if pa.types.is_list(column.type) else column


def _lengths(column: pa.Array) -> Places:
    lengths: Places = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths


def _mask(column: Any) -> Mask:
    found: Mask = column.to_numpy(zero_copy_only=False).astype(np.bool_)
    return found
