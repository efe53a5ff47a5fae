"""The order in which rulesets build on each other: what another needs comes before it, calendars before all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

__all__ = ["in_order"]

_MENTION: Final = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*)#")


def in_order(texts: Mapping[str, str]) -> list[str]:
    """The keys of `texts`, in the order in which the documents need each other.

    Args:
        texts: documents by the resource name of a ruleset or calendar, or of a version.
    """
    parents = {name.partition("/versions/")[0]: name for name in sorted(texts)}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name in sorted(texts):
        needed = {parents.get(f"rulesets/{id_}", name) for id_ in _MENTION.findall(texts[name])}
        sorter.add(name, *(needed - {name}))
    try:
        order = list(sorter.static_order())
    except CycleError:  # the server says what is wrong with them
        order = sorted(texts)
    return sorted(order, key=lambda name: not name.startswith("calendars/"))
