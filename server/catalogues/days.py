"""On which days which published versions are in force together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.store.published import PublishedVersion

__all__ = ["InForce", "Span", "spans"]

InForce = Mapping[tuple[str, str], PublishedVersion]
"""The version that decides, by kind and name."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which the same versions are in force; `first` and `last` are among them."""

    first: date
    last: date
    in_force: InForce


def spans(published: Sequence[PublishedVersion]) -> Iterator[Span]:
    """All days from the first to the last that a date can be, in as few spans as there can be.

    On each day the largest publication number of a name that is in force wins.
    """
    starts = {date.min}
    for version in published:
        if version.first is not None:
            starts.add(version.first)
        if version.last is not None and version.last < date.max:
            starts.add(version.last + timedelta(days=1))
    ordered = sorted(starts)
    in_order = sorted(published, key=lambda version: version.publication)
    first, in_force = date.min, _on(date.min, in_order)
    for start in ordered[1:]:
        then = _on(start, in_order)
        if _publications(then) != _publications(in_force):
            yield Span(first, start - timedelta(days=1), in_force)
            first, in_force = start, then
    yield Span(first, date.max, in_force)


def _on(day: date, in_order: Sequence[PublishedVersion]) -> dict[tuple[str, str], PublishedVersion]:
    return {
        (version.kind, version.name): version
        for version in in_order
        if (version.first is None or version.first <= day) and (version.last is None or day <= version.last)
    }


def _publications(in_force: InForce) -> set[int]:
    return {version.publication for version in in_force.values()}
