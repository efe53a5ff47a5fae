"""Random links between rules (given, exception_to, defeats), without cycles over applies and holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Literal

__all__ = ["Link", "Links", "make_links"]

Kind = Literal["given", "exception_to", "defeats"]
Link = tuple[str, Kind, str]


@dataclass
class Links:
    """Links that were accepted; `add` refuses one that would close a cycle."""

    found: list[Link] = field(default_factory=list)

    def add(self, rule: str, kind: Kind, other: str) -> bool:
        """Whether `rule` may name `other` so; the link is kept then."""
        if rule == other or any({rule, other} == {one, two} for one, _, two in self.found):
            return False
        self.found.append((rule, kind, other))
        if self._has_cycle():
            self.found.pop()
            return False
        return True

    def of(self, rule: str, kind: Kind) -> list[str]:
        """What `rule` names under `kind`."""
        return [other for one, link, other in self.found if one == rule and link == kind]

    def in_chain(self, rule: str) -> bool:
        """Whether `rule` builds on another, or another on it."""
        return any(kind == "given" and rule in {one, other} for one, kind, other in self.found)

    def _has_cycle(self) -> bool:
        """Whether something depends on itself: `holds` of a rule on its `applies` and on who stops it, and so on."""
        needs: dict[tuple[str, str], set[tuple[str, str]]] = {}

        def needed(one: tuple[str, str], other: tuple[str, str]) -> None:
            needs.setdefault(one, set()).add(other)

        for rule, kind, other in self.found:
            for name in (rule, other):
                needed(("holds", name), ("applies", name))
            if kind == "given":
                needed(("applies", rule), ("holds", other))
            else:
                needed(("holds", other), ("holds", rule))
            if kind == "exception_to":
                needed(("applies", rule), ("applies", other))
        done: set[tuple[str, str]] = set()
        open_: set[tuple[str, str]] = set()

        def closes(node: tuple[str, str]) -> bool:
            if node in open_:
                return True
            if node in done:
                return False
            open_.add(node)
            found = any(closes(inner) for inner in needs.get(node, ()))
            open_.discard(node)
            done.add(node)
            return found

        return any(closes(node) for node in list(needs))


def make_links(random: Random, ids: list[str], size: str) -> Links:
    """Links for rules: a few patterns that must occur, then at random; a large ruleset is one component."""
    links = Links()
    order = list(ids)
    random.shuffle(order)
    patterns = [_chain, _defeated_defeater, _exception_to_exception]
    for pattern in patterns:
        if random.random() < (0.6 if size != "small" else 0.3):
            pattern(links, random.sample(order, min(len(order), 5)))
    density = {"small": 0.5, "medium": 0.6, "large": 0.4}[size]
    for rule in order:
        if random.random() < density and len(order) > 1:
            links.add(rule, random.choice(("given", "exception_to", "defeats")), random.choice(order))
    if size == "large":
        for one, two in pairwise(order):
            kinds: list[Kind] = ["given", "exception_to", "defeats", "defeats"]
            links.add(one, random.choice(kinds), two)
    return links


def _chain(links: Links, order: list[str]) -> None:
    """Each builds on the one before."""
    for one, two in pairwise(order):
        links.add(one, "given", two)


def _defeated_defeater(links: Links, order: list[str]) -> None:
    """The second is defeated by the first, and defeats the third."""
    for one, two in pairwise(order[:3]):
        links.add(one, "defeats", two)


def _exception_to_exception(links: Links, order: list[str]) -> None:
    """The first is an exception to the second, which is one to the third."""
    for one, two in pairwise(order[:3]):
        links.add(one, "exception_to", two)
