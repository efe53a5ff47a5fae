"""Random declarations of facts: every type, groups, lists of groups and of single facts, facts that may be none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

__all__ = ["KINDS", "FactsMade", "Leaf", "Listing", "make_facts"]

KINDS: Final = (
    "string",
    "integer",
    "decimal",
    "boolean",
    "date",
    "date-time",
    "days-duration",
    "months-duration",
    "event",
)

_WEIGHTS: Final = (18, 16, 7, 20, 10, 4, 4, 4, 9)
_WEIGHTS_IN_SQL: Final = (18, 16, 7, 20, 10, 0, 0, 0, 9)
"""Without the kinds that rosters leave to the case engine."""

_GROUPS: Final = ("student", "mark", "period", "enrollment", "program")
_LISTS: Final = ("notices", "meetings", "absences")
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("area", "level", "reason", "language", "school_kind", "source"),
    "integer": ("days", "tardies", "attempts", "grade", "pages", "children"),
    "decimal": ("average", "weight", "share", "hours"),
    "boolean": ("excused", "foster", "enrolled", "informed", "appealed", "urgent", "signed", "agreed"),
    "date": ("born", "started", "midpoint", "ends", "noted"),
    "date-time": ("called_at", "opened_at", "seen_at"),
    "days-duration": ("wait", "pause_length", "notice_time"),
    "months-duration": ("age_then", "term_length", "residence"),
    "event": ("sent", "held", "answered", "refused"),
}
_CHOICES: Final = (
    ("low", "mid", "high"),
    ("K", "1", "2", "3", "4"),
    ("yes", "no"),
    ("conference", "written-report", "other", "N/A"),
)


@dataclass(frozen=True)
class Leaf:
    """A single fact: its name among its siblings, the path that an expression writes, and how it is declared."""

    name: str
    path: str
    kind: str
    optional: bool = False
    choices: tuple[str, ...] = ()
    ordered: bool = False
    places: int | None = None
    bounds: tuple[int, int] | None = None
    deprecated: bool = False

    def declaration(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": self.kind}
        if self.optional and (self.kind != "event" or len(self.name) % 2):
            found["none"] = "nothing yet"
        if self.choices:
            found["one_of"] = list(self.choices)
        if self.ordered:
            found["ordered"] = True
        if self.places is not None:
            found["places"] = self.places
        if self.bounds:
            found["at_least"], found["at_most"] = self.bounds
        if self.deprecated:
            found["deprecated"] = "no longer asked"
        return found


@dataclass(frozen=True)
class Listing:
    """A list of facts: of groups (with `entries`, and perhaps a list within them) or of single facts (`item`)."""

    name: str
    entries: tuple[Leaf, ...] = ()
    item: Leaf | None = None
    inner: Listing | None = None
    unique_by: tuple[str, ...] = ()
    sorted_by: str | None = None

    def declaration(self) -> dict[str, Any]:
        if self.item is not None:
            return {"list_of": self.item.declaration()}
        entries: dict[str, Any] = {leaf.name: leaf.declaration() for leaf in self.entries}
        if self.inner is not None:
            entries[self.inner.name] = self.inner.declaration()
        found: dict[str, Any] = {"list_of": entries}
        if self.unique_by:
            found["unique_by"] = list(self.unique_by)
        if self.sorted_by:
            found["sorted_by"] = self.sorted_by
        return found


@dataclass
class FactsMade:
    """The facts of a ruleset: groups by name, single facts at the top, lists."""

    groups: dict[str, list[Leaf]] = field(default_factory=dict)
    top: list[Leaf] = field(default_factory=list)
    lists: list[Listing] = field(default_factory=list)

    def single(self) -> Iterator[Leaf]:
        """Every fact outside lists."""
        for leaves in self.groups.values():
            yield from leaves
        yield from self.top

    def declarations(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            group: {leaf.name: leaf.declaration() for leaf in leaves} for group, leaves in self.groups.items()
        }
        found |= {leaf.name: leaf.declaration() for leaf in self.top}
        return found | {listing.name: listing.declaration() for listing in self.lists}


class _Names:
    """Names that were not used yet, so that no name of a list item means two things."""

    def __init__(self, random: Random, *, in_sql: bool) -> None:
        self._random = random
        self.in_sql = in_sql
        self._used: set[str] = set()

    def fresh(self, kind: str) -> str:
        names = [name for name in _NAMES[kind] if name not in self._used]
        base = self._random.choice(names or list(_NAMES[kind]))
        name, count = base, 2
        while name in self._used:
            name, count = f"{base}{count}", count + 1
        self._used.add(name)
        return name


def make_facts(random: Random, size: int, *, in_sql: bool = False) -> FactsMade:
    """About `size` facts outside lists, and up to two lists; with `in_sql` only of kinds that SQL reads."""
    made = FactsMade()
    names = _Names(random, in_sql=in_sql)
    groups = random.sample(_GROUPS, random.randint(1, 2 if size < 8 else 3))
    for group in groups:
        count = max(1, size // len(groups))
        made.groups[group] = [_leaf(random, names, f"{group}.") for _ in range(count)]
    if random.random() < 0.15:
        made.top.append(_leaf(random, names, ""))
    for name in random.sample(_LISTS, random.choice((0, 1, 1, 1, 2))):
        made.lists.append(_listing(random, names, name))
    return made


def _leaf(random: Random, names: _Names, prefix: str, kind: str | None = None) -> Leaf:
    kind = kind or random.choices(KINDS, _WEIGHTS_IN_SQL if names.in_sql else _WEIGHTS)[0]
    name = names.fresh(kind)
    choices: tuple[str, ...] = ()
    if kind == "string" and random.random() < 0.75:
        choices = random.choice(_CHOICES)
    return Leaf(
        name=name,
        path=prefix + name,
        kind=kind,
        optional=kind == "event" or random.random() < 0.2,
        choices=choices,
        ordered=bool(choices) and random.random() < 0.5,
        places=2 if kind == "decimal" and (random.random() < 0.5 or names.in_sql) else None,
        bounds=(0, 20) if kind in {"integer", "decimal"} and random.random() < 0.3 else None,
        deprecated=random.random() < 0.02,
    )


def _listing(random: Random, names: _Names, name: str) -> Listing:
    if random.random() < 0.2:
        item = _leaf(random, names, "", random.choice(("string", "integer", "date", "boolean", "decimal")))
        return Listing(name, item=item)
    entries = [_leaf(random, names, "") for _ in range(random.randint(2, 4))]
    unique_by: tuple[str, ...] = ()
    sorted_by = None
    if random.random() < 0.15:
        key = _leaf(random, names, "", "integer")
        entries.append(Leaf(key.name, key.path, "integer"))
        unique_by = (key.name,)
    if random.random() < 0.25:
        key = _leaf(random, names, "", random.choice(("date", "integer")))
        entries.append(Leaf(key.name, key.path, key.kind))
        sorted_by = key.name
    inner = None
    if random.random() < 0.12:
        inner = Listing("parts", (_leaf(random, names, ""), _leaf(random, names, "", "boolean")))
    return Listing(name, tuple(entries), inner=inner, unique_by=unique_by, sorted_by=sorted_by)
