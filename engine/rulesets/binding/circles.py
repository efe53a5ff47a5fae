"""Finds circles: things that each wait for the next, and the last for the first."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

__all__ = ["circles", "order", "trail"]

_MOST = 50
_SHOWN = 12

Item = TypeVar("Item", bound=Hashable)


def order(reads: Mapping[Item, Iterable[Item]]) -> list[Item]:
    """The items so that each stands after those that it reads, else in the given order.

    Items that wait for each other in a circle are left out, and so are those that wait for one of them.
    """
    finished: dict[Item, bool] = {}
    placed: list[Item] = []
    for item in _walk(reads):
        ready = all(finished.get(other, False) for other in reads[item] if other in reads)
        finished[item] = ready
        if ready:
            placed.append(item)
    return placed


def _walk(reads: Mapping[Item, Iterable[Item]]) -> Iterator[Item]:
    """Every item, after those that it reads (as far as there is no circle)."""
    seen: set[Item] = set()
    for start in reads:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(tuple(reads[start])))]
        while stack:
            item, others = stack[-1]
            following = next((other for other in others if other in reads and other not in seen), None)
            if following is None:
                stack.pop()
                yield item
            else:
                seen.add(following)
                stack.append((following, iter(tuple(reads[following]))))


def circles(reads: Mapping[Item, Iterable[Item]]) -> list[list[Item]]:
    """Circles of items that wait for each other, each as the items in turn, the first not repeated; at most 50.

    There is one for every group of such items. Circles begin with the item that stands first in `reads`.
    """
    left = {item: [other for other in others if other in reads] for item, others in reads.items()}
    found: list[list[Item]] = []
    while len(found) < _MOST and (circle := _circle(left)) is not None:
        found.append(circle)
        within = set(circle)
        left = {
            item: [other for other in others if other not in within]
            for item, others in left.items()
            if item not in within
        }
    places = {item: place for place, item in enumerate(reads)}
    turned = [_turned(circle, places) for circle in found]
    return sorted(turned, key=lambda circle: places[circle[0]])


def trail(names: Sequence[str]) -> str:
    """A circle in words: `a → b → a`."""
    shown = [*names, names[0]] if len(names) <= _SHOWN else [*names[:_SHOWN], "…", names[0]]
    return " → ".join(shown)


def _turned(circle: list[Item], places: Mapping[Item, int]) -> list[Item]:
    first = min(range(len(circle)), key=lambda place: places[circle[place]])
    return [*circle[first:], *circle[:first]]


def _circle(reads: Mapping[Item, list[Item]]) -> list[Item] | None:
    done: set[Item] = set()
    for start in reads:
        trail: list[Item] = []
        on_trail: set[Item] = set()
        stack = [(start, iter(reads[start]))]
        if start in done:
            continue
        trail.append(start)
        on_trail.add(start)
        while stack:
            item, others = stack[-1]
            following = next((other for other in others if other not in done), None)
            if following is None:
                stack.pop()
                trail.pop()
                on_trail.discard(item)
                done.add(item)
            elif following in on_trail:
                return trail[trail.index(following) :]
            else:
                trail.append(following)
                on_trail.add(following)
                stack.append((following, iter(reads[following])))
    return None
