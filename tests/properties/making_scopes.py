"""What random expressions can name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tests.properties.making_facts import Leaf, Listing


@dataclass(frozen=True)
class Variable:
    """Something that an expression can name: its text, and what is known of its type."""

    text: str
    type: str
    optional: bool = False
    choices: tuple[str, ...] = ()
    ordered: bool = False
    integer: bool = False


@dataclass(frozen=True)
class Items:
    """A list that an expression can go through: of records with these entries, or of single values."""

    text: str
    entries: tuple[Variable, ...] = ()
    item: Variable | None = None


@dataclass
class Scope:
    """What can be named."""

    variables: list[Variable] = field(default_factory=list)
    lists: list[Items] = field(default_factory=list)

    def add_leaf(self, leaf: Leaf, prefix: str = "") -> None:
        if not leaf.deprecated:
            self.variables.append(leaf_variable(leaf, prefix + leaf.path))

    def add_listing(self, listing: Listing) -> None:
        if listing.item is not None:
            if not listing.item.deprecated:
                self.lists.append(Items(listing.name, item=leaf_variable(listing.item, "")))
            return
        entries = tuple(leaf_variable(leaf, leaf.name) for leaf in listing.entries if not leaf.deprecated)
        if entries:
            self.lists.append(Items(listing.name, entries))


_TYPES: Final = {"integer": "number", "decimal": "number", "event": "date"}


def leaf_variable(leaf: Leaf, text: str) -> Variable:
    """A fact as expressions see it."""
    return Variable(
        text, _TYPES.get(leaf.kind, leaf.kind), leaf.optional, leaf.choices, leaf.ordered, leaf.kind == "integer"
    )
