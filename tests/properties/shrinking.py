"""Making a failing ruleset and case smaller, part by part, for as long as it still fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

__all__ = ["shrink"]

Failing = Callable[[dict[str, Any], dict[str, Any]], bool]
"""Whether a document and facts still fail in the same way."""


def shrink(
    document: dict[str, Any], facts: dict[str, Any], failing: Failing, *, seconds: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The smallest document and facts found within `seconds` that still fail."""
    until = time.monotonic() + seconds
    whole = {"document": document, "facts": facts}
    smaller = True
    while smaller and time.monotonic() < until:
        smaller = False
        for path in sorted(_paths(whole), key=len):
            candidate = _without(whole, path)
            if candidate is None or time.monotonic() > until:
                continue
            if failing(candidate["document"], candidate["facts"]):
                whole = candidate
                smaller = True
    return whole["document"], whole["facts"]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be taken away: below the document and the facts themselves."""
    keys = list(value) if isinstance(value, dict) else range(len(value) - 1, -1, -1) if isinstance(value, list) else []
    for key in keys:
        inner = (*path, key)
        if len(inner) > 1:
            yield inner
        yield from _paths(value[key], inner)


def _without(whole: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any] | None:
    """The same without what stands at `path`; None when nothing stands there any more."""
    copy: Any = deepcopy(whole)
    container = copy
    for key in path[:-1]:
        try:
            container = container[key]
        except (KeyError, IndexError, TypeError):
            return None
    try:
        del container[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    found: dict[str, Any] = copy
    return found
