"""Random cases of a ruleset: facts, facts left out, and facts that are wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from tests.properties.making_facts import FactsMade, Leaf, Listing

__all__ = ["DAYS", "as_json", "leave_out", "make_case", "shuffled", "spoil"]

_START: Final = date(2019, 1, 1)
DAYS: Final = tuple(_START + timedelta(days=offset) for offset in (0, 1, 14, 15, 30, 31, 58, 59, 89, 90, 180, 365))
"""Days that facts, parameters and decisions are taken from, so that boundaries are met often."""

_TEXTS: Final = ("math", "ela", "art", "B-12", "", "a b", "Résumé")
_DATE_TIMES: Final = (
    "2019-01-01T08:00:00",
    "2019-01-15T08:30:00Z",
    "2019-01-31T23:59:59-07:00",
    "2019-03-01T00:00:00+02:00",
)
_DAYS_DURATIONS: Final = ("P0D", "P1D", "P3D", "P10D", "PT12H", "P14D")
_MONTHS_DURATIONS: Final = ("P0M", "P1M", "P6M", "P1Y", "P1Y2M", "P6Y")


def make_case(random: Random, facts: FactsMade) -> dict[str, Any]:
    """A case in which every fact is said."""
    found: dict[str, Any] = {
        group: {leaf.name: _value(random, leaf) for leaf in leaves} for group, leaves in facts.groups.items()
    }
    found |= {leaf.name: _value(random, leaf) for leaf in facts.top}
    return found | {listing.name: _items(random, listing) for listing in facts.lists}


def _items(random: Random, listing: Listing) -> list[Any]:
    count = random.choice((0, 1, 1, 2, 2, 3, 4))
    if listing.item is not None:
        return [_value(random, listing.item) for _ in range(count)]
    items = []
    for _ in range(count):
        item: dict[str, Any] = {leaf.name: _value(random, leaf) for leaf in listing.entries}
        if listing.inner is not None:
            item[listing.inner.name] = _items(random, listing.inner)
        items.append(item)
    for key in listing.unique_by:
        for item, value in zip(items, random.sample(range(9), count), strict=True):
            item[key] = value
    return items


def _value(random: Random, leaf: Leaf) -> Any:
    if leaf.optional and random.random() < 0.3:
        return None
    match leaf.kind:
        case "string":
            return random.choice(leaf.choices or _TEXTS)
        case "integer":
            return random.choice((0, 1, 2, 2, 3, 3, 4, 5, 6, 14, 15, 16))
        case "decimal":
            return random.choice((Decimal(0), Decimal("0.5"), Decimal("1.25"), Decimal("2.50"), Decimal(3), 2, 0.1))
        case "boolean":
            return random.random() < 0.5
        case "date" | "event":
            day = random.choice(DAYS)
            return day.isoformat() if random.random() < 0.9 else day
        case "date-time":
            return random.choice(_DATE_TIMES)
        case "days-duration":
            return random.choice(_DAYS_DURATIONS)
        case _:
            return random.choice(_MONTHS_DURATIONS)


Place = tuple[Any, Any]
"""A container, and the key or index within it."""


def _places(value: Any) -> Iterator[Place]:
    """Every entry and item within `value`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _places(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from _places(inner)


def leave_out(random: Random, facts: dict[str, Any], rate: float) -> dict[str, Any]:
    """The same case with about `rate` of its facts left out, inside list items too; groups and lists more rarely."""
    thinner: dict[str, Any] = deepcopy(facts)
    for container, key in list(_places(thinner)):
        if not isinstance(container, dict) or key not in container:
            continue
        share = rate / 4 if isinstance(container[key], dict | list) else rate
        if random.random() < share:
            if container[key] is not None and random.random() < 0.1:
                continue
            del container[key]
    return thinner


def shuffled(random: Random, value: Any) -> Any:
    """The same facts with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(random, value[key]) for key in keys}
    return [shuffled(random, item) for item in value] if isinstance(value, list) else value


_WRONG: Final[dict[str, tuple[Any, ...]]] = {
    "string": (5, True, [], {}, Decimal("1.5")),
    "integer": (1.5, "5", True, [3], {}, Decimal("2.25"), 2**60),
    "decimal": ("much", True, {}, [], "1,5"),
    "boolean": ("true", 1, 0, [], {}),
    "date": ("2018-02-30", "20190101", "2019-1-1", 5, True, {}, "2019-01-01T00:00:00"),
    "event": ("2018-13-01", "soon", 20190101, [], "2019/01/01"),
    "date-time": ("2019-01-01", "2019-01-01 10:00:00", 5, "10:00:00", {}),
    "days-duration": ("P1M", "10", 10, "P", True),
    "months-duration": ("P1D", "6 months", 6, "PY", []),
}


def spoil(random: Random, facts: dict[str, Any], declared: FactsMade) -> tuple[dict[str, Any], int]:
    """The same case with one to three things wrong in it, and how many there are."""
    wrong: dict[str, Any] = deepcopy(facts)
    spots = [*_spots(wrong, declared)]
    random.shuffle(spots)
    count = min(len(spots), random.choice((1, 1, 2, 3)))
    for container, key, leaf in spots[:count]:
        container[key] = random.choice(_wrong_values(leaf))
    if random.random() < 0.3 or not count:
        random.choice([wrong, *(group for group in wrong.values() if isinstance(group, dict))])["colour_of_hair"] = 1
        count += 1
    return wrong, count


def _wrong_values(leaf: Leaf | None) -> tuple[Any, ...]:
    if leaf is None:
        return (5, "text", True)
    values = _WRONG[leaf.kind]
    if leaf.choices:
        values += ("none of them",)
    if leaf.bounds:
        values += (-1, 21)
    if leaf.places is not None:
        values += (Decimal("0.125"),)
    return values


def _spots(facts: dict[str, Any], declared: FactsMade) -> Iterator[tuple[Any, Any, Leaf | None]]:
    for group, leaves in declared.groups.items():
        if isinstance(facts.get(group), dict):
            yield from ((facts[group], leaf.name, leaf) for leaf in leaves)
    yield from ((facts, leaf.name, leaf) for leaf in declared.top)
    for listing in declared.lists:
        if isinstance(facts.get(listing.name), list):
            items = facts[listing.name]
            if listing.item is not None:
                yield from ((items, index, listing.item) for index in range(len(items)))
            else:
                yield from ((item, leaf.name, leaf) for item in items for leaf in listing.entries)
        else:
            yield facts, listing.name, None


def as_json(value: Any) -> bytes:
    """The facts as the text of a JSON object; decimals as they are written."""
    return _json(value).encode()


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {_json(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value.isoformat() if isinstance(value, date) else value)
