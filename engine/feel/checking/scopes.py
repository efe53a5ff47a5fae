"""What names mean at a place in an expression, and what is known there not to be none."""

from __future__ import annotations

from collections.abc import Iterator as Iterates
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.feel.checked import Reference
from engine.feel.checking.narrowing import Chain
from engine.feel.syntax import Filter, Node
from engine.feel.types import ContextType, Type

__all__ = ["Item", "Local", "Meaning", "Scope"]


@dataclass(frozen=True, slots=True)
class Local:
    """A name declared within the expression by `node`, in force from there inwards."""

    name: str
    type: Type
    node: Node


@dataclass(frozen=True, slots=True)
class Item:
    """The condition of the filter `node`: `item` is the item looked at, its entries are names of their own."""

    type: Type
    node: Filter


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a name can mean.

    Attributes:
        reference: what it refers to.
        type: its type, before any test is looked at.
        chain: its narrowing chain.
        owner: for an entry of a filter's item, the type of the item, which may itself be none; else None.
    """

    reference: Reference
    type: Type
    chain: Chain
    owner: Type | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What can be named at one place, and which chains are known there not to be none.

    Attributes:
        names: the names the expression was given, with their types.
        frames: what the expression itself declares, outermost first.
        known: narrowing chains that a test around this place found not to be none.
    """

    names: Mapping[str, Type]
    frames: tuple[Local | Item, ...] = ()
    known: frozenset[Chain] = frozenset()

    def with_local(self, name: str, type_: Type, node: Node) -> Scope:
        """The scope inside which `node` declares `name`."""
        return replace(self, frames=(*self.frames, Local(name, type_, node)))

    def with_item(self, type_: Type, node: Filter) -> Scope:
        """The scope of the condition of the filter `node` over items of `type_`."""
        return replace(self, frames=(*self.frames, Item(type_, node)))

    def knowing(self, chains: frozenset[Chain]) -> Scope:
        """The scope in which `chains` are not none either."""
        return replace(self, known=self.known | chains) if chains else self

    def meanings(self, name: str) -> Iterates[Meaning]:
        """Everything that `name` can mean here, the innermost first; built-in functions are not looked at.

        Of several `item`, or several `?`, only the innermost can be named.
        """
        implicit = False
        for frame in reversed(self.frames):
            declared = frame.name if isinstance(frame, Local) else "item"
            if declared == name and not implicit:
                implicit = name in {"item", "?"}
                yield Meaning(Reference("local", name, frame.node), frame.type, (frame.node,))
            if isinstance(frame, Item) and isinstance(frame.type, ContextType) and name in frame.type.entries:
                entry = frame.type.entries[name]
                yield Meaning(Reference("item", name, frame.node), entry, (frame.node, name), frame.type)
        if name in self.names:
            yield Meaning(Reference("scope", name), self.names[name], (name,))

    def all_names(self) -> list[str]:
        """Every name that can be used here, the innermost first, for a guess at what was meant."""
        found: list[str] = []
        for frame in reversed(self.frames):
            if isinstance(frame, Local):
                found.append(frame.name)
            else:
                found.append("item")
                found.extend(frame.type.entries if isinstance(frame.type, ContextType) else ())
        return [*found, *self.names]
