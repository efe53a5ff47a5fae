"""What is left out anywhere in a batch of cases: what is always there needs no thought about the unknown."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from engine.rosters.columns import NONE_SUFFIX, says_none
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["left_out"]


def left_out(cases: pa.RecordBatch, facts: FactGroup) -> frozenset[str]:
    """The paths of the facts and lists that are left out of a case of the batch, or of an item.

    For a fact that declares what none means, `path__none` is among them when none is said of it anywhere.

    Args:
        cases: a batch of cases, with every column of `case_schema`.
        facts: what the ruleset declares.
    """
    columns = dict(zip(cases.schema.names, cases.columns, strict=True))
    return frozenset(_of_group(facts, columns, all_there=True))


def _of_group(group: FactGroup, columns: dict[str, pa.Array], *, all_there: bool) -> Iterator[str]:
    for name, node in group.entries.items():
        yield from _of(node, columns[name], all_there=all_there)
        if says_none(node) and columns[name + NONE_SUFFIX].true_count:
            yield node.path + NONE_SUFFIX


def _of(node: FactNode, array: pa.Array, *, all_there: bool) -> Iterator[str]:
    missing = not all_there or array.null_count > 0
    match node:
        case FactGroup():
            inner = dict(zip((field.name for field in array.type), array.flatten(), strict=True))
            yield from _of_group(node, inner, all_there=not missing)
        case FactList():
            if missing:
                yield node.path
            yield from _of(node.element, array.flatten(), all_there=True)
        case Fact() if missing:
            yield node.path
        case Fact():
            return
