"""By which rules decisions differ: for many cases at once a short text each, and what such a text says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.rosters.changes import RuleDifference
from engine.rosters.differing import Mask, differing, item_changes

__all__ = ["difference_of", "differences"]

_ENDED, _BEGAN, _OTHERWISE, _APPLIES = "-", "+", "~", "?"
_SIGNS: Final = pa.array([_ENDED, _BEGAN, _OTHERWISE])
_BETWEEN: Final = "\n"
_APPLICABLE: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "": None}


def differences(before: pa.RecordBatch, after: pa.RecordBatch) -> pa.Array:
    """How the rules that hold differ in each row of two decision batches of the same cases: texts for `difference_of`.

    A text is empty where nothing differs, and within one call the same where the same differs.
    """
    changes = item_changes(before.column("held"), after.column("held"), ("rule", "element"), ("outcome",))
    names = pc.dictionary_encode(changes.identities[0])
    name_of = names.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    kinds = (changes.only_before, changes.only_after, changes.otherwise)
    most = 3 * len(names.dictionary) + 1
    parts = [rows * most + 3 * name_of[items] + kind for kind, (rows, items) in enumerate(kinds)]
    pairs = np.unique(np.concatenate(parts))  # a rule once, whatever its elements
    sign, name = pa.array(pairs % most % 3), pa.array(pairs % most // 3)
    texts = pc.binary_join_element_wise(_SIGNS.take(sign), names.dictionary.take(name), "")
    offsets = np.searchsorted(pairs // most, np.arange(before.num_rows + 1)).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), texts), _BETWEEN)
    return _with_scope(joined, before.column("applies"), after.column("applies"))


def difference_of(text: str, order: Mapping[str, int]) -> RuleDifference:
    """What a text of `differences` says; rules in the order of `order`, unknown ones at the end."""
    parts = text.split(_BETWEEN) if text else []

    def those(sign: str) -> tuple[str, ...]:
        found = [part[1:] for part in parts if part.startswith(sign)]
        return tuple(sorted(found, key=lambda id_: (order.get(id_, len(order)), id_)))

    scope = next((part[1:].split(">") for part in parts if part.startswith(_APPLIES)), None)
    applies = None if scope is None else (_APPLICABLE[scope[0]], _APPLICABLE[scope[1]])
    return RuleDifference(those(_ENDED), those(_BEGAN), those(_OTHERWISE), applies)


def _with_scope(texts: pa.Array, before: pa.Array, after: pa.Array) -> pa.Array:
    """The texts, and whether the ruleset applies where that changes."""
    changes: Mask = differing(before, after)
    if not changes.any():
        return texts
    one, other = (pc.fill_null(pc.cast(column, pa.string()), "") for column in (before, after))
    scope = pc.binary_join_element_wise(pa.scalar(f"{_BETWEEN}{_APPLIES}"), one, pa.scalar(">"), other, "")
    return pc.binary_join_element_wise(texts, pc.if_else(pa.array(changes), scope, pa.scalar("")), "")
