"""Which versions decide on which days: of those in force on a day the newest publication, ruleset by ruleset."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from engine.documents import GivenDocuments
from engine.rulesets.neighbours import Neighbours
from server.versions.asked import Dated, Kind

__all__ = [
    "Days",
    "Surroundings",
    "builders",
    "days_of",
    "deciding",
    "mentioned",
    "related",
    "stretches",
    "surroundings",
]

_MENTION: Final = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*)#")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` through `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        if self.first == date.min and self.last == date.max:
            return "every day"
        if self.last == date.max:
            return f"days from {self.first}"
        return f"days through {self.last}" if self.first == date.min else f"days from {self.first} through {self.last}"

    def nearest(self, day: date) -> date:
        """`day`, or the one of these days that is nearest to it."""
        return min(max(day, self.first), self.last)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Rulesets that decide together on some days.

    Attributes:
        rulesets: a ruleset and those that it builds on, by id.
        days: on which days these decide.
    """

    rulesets: Mapping[str, Dated]
    days: tuple[Days, ...]

    def neighbours(self) -> Neighbours:
        """Finds these rulesets, and says of others that they are not in force."""
        texts = {name: version.text for name, version in self.rulesets.items()}
        return Neighbours(GivenDocuments(texts, absent=f"no version of it is in force on {self.days[0]}."))


def days_of(version: Dated) -> Days:
    """The days on which it is in force."""
    return Days(version.first or date.min, version.last or date.max)


def deciding(versions: Iterable[Dated], kind: Kind, day: date) -> dict[str, Dated]:
    """The versions that decide, or are counted in, on `day`, by name."""
    found: dict[str, Dated] = {}
    for version in versions:
        if version.kind == kind and day in days_of(version):
            before = found.get(version.name)
            if before is None or before.publication < version.publication:
                found[version.name] = version
    return found


def surroundings(root: str, versions: Collection[Dated], days: Days) -> list[Surroundings]:
    """What the ruleset `root` decides together with on `days`: each combination once, in the order of the days."""
    found: dict[tuple[tuple[str, str], ...], tuple[dict[str, Dated], list[Days]]] = {}
    for stretch in stretches(versions, days):
        by_name = deciding(versions, "ruleset", stretch.first)
        reached = {name: by_name[name] for name in sorted(_reached(root, by_name)) if name in by_name}
        key = tuple((name, version.version) for name, version in reached.items())
        _, parts = found.setdefault(key, (reached, []))
        if parts and parts[-1].last + _DAY == stretch.first:
            parts[-1] = Days(parts[-1].first, stretch.last)
        else:
            parts.append(stretch)
    return [Surroundings(rulesets, tuple(parts)) for rulesets, parts in found.values()]


def mentioned(text: str) -> frozenset[str]:
    """The rulesets whose rules a document may name; some that it only writes about too."""
    return frozenset(_MENTION.findall(text))


def related(roots: Iterable[str], versions: Collection[Dated]) -> frozenset[str]:
    """These rulesets, those of `versions` that build on them, and all that any of these builds on."""
    names = set(roots) | builders(roots, versions)
    while more := {name for one in versions if one.name in names for name in mentioned(one.text)} - names:
        names |= more
    return frozenset(names)


def builders(roots: Iterable[str], versions: Collection[Dated]) -> frozenset[str]:
    """The rulesets of `versions` that may build on one of `roots`, directly or through others."""
    names = set(roots)
    while more := {one.name for one in versions if one.name not in names and mentioned(one.text) & names}:
        names |= more
    return frozenset(names.difference(roots))


def _reached(root: str, by_name: Mapping[str, Dated]) -> set[str]:
    """The ruleset and those that it builds on, directly or through others."""
    names = {root}
    while more := {name for one in names if one in by_name for name in mentioned(by_name[one].text)} - names:
        names |= more
    return names


def stretches(versions: Iterable[Dated], days: Days) -> Iterator[Days]:
    """`days` in parts on each of which the same versions are in force."""
    begins = {days.first}
    for version in versions:
        own = days_of(version)
        begins |= {day for day in (own.first, own.last + _DAY if own.last < date.max else None) if day and day in days}
    ordered = sorted(begins)
    for place, first in enumerate(ordered):
        yield Days(first, ordered[place + 1] - _DAY if place + 1 < len(ordered) else days.last)
