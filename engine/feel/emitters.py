"""Which function writes which kind of node: the compilers, one for each target, keep theirs in one of these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from engine.feel.syntax import Node

__all__ = ["Emitters"]

_E = TypeVar("_E")


class Emitters(Generic[_E]):
    """The functions of one compiler, by the class of the nodes that they write."""

    def __init__(self) -> None:
        self._of: dict[type[Node], _E] = {}

    def declare(self, kind: type[Node]) -> Callable[[_E], _E]:
        """Declares, as a decorator, the function that writes the nodes of one class."""

        def declared(emit: _E) -> _E:
            self._of[kind] = emit
            return emit

        return declared

    def of(self, node: Node) -> _E:
        """The function that writes the node.

        Raises:
            KeyError: when none was declared.
        """
        return self._of[type(node)]

    def get(self, node: Node) -> _E | None:
        """The function that writes the node; None where a target does not cover such nodes."""
        return self._of.get(type(node))
