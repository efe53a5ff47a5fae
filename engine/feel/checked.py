"""What the checker hands on: the syntax tree with the type of every node and the meaning of every name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from engine.feel.syntax import Node
from engine.feel.types import Type

__all__ = ["Checked", "Reference"]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a name in an expression means.

    Attributes:
        kind: `scope`: a name that the expression was given. `local`: declared within the expression, by `node`.
            `item`: the entry `name` of the item that the Filter `node` is looking at. `builtin`: a built-in function.
            `dynamic`: only outside rulesets, where types are not known: an entry of that name of the item of the Filter
            `node` when it has one, else what `outer` says.
        name: the name, white space normalised.
        node: for `local` the node that declares it: an Iterator, Parameter or ContextEntry, the For of `partial`, the
            UnaryTests or In of `?`, the Filter of `item`. For `item` and `dynamic` the Filter. Else None.
        outer: for `dynamic` the meaning when the item has no such entry; None when there is no other.
    """

    kind: OneOf["scope", "local", "item", "builtin", "dynamic"]
    name: str
    node: Node | None = None
    outer: Reference | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A checked expression, ready to be evaluated or compiled.

    Attributes:
        root: the expression, or the unary tests.
        type: the type of its value.
        types: the type of every node that has a value, by the node itself.
        references: the meaning of every Name node, by the node itself.
        source: the text it was parsed from; empty when the caller did not say.
        strict: whether it was checked as part of a ruleset (null-safe), not as standard FEEL.
    """

    root: Node
    type: Type
    types: Mapping[Node, Type]
    references: Mapping[Node, Reference]
    source: str
    strict: bool
