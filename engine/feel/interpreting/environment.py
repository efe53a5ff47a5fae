"""The values of the names that an expression itself declares, while it is evaluated."""

from __future__ import annotations

from typing import Any

from engine.feel.syntax import Node

__all__ = ["Environment"]


class Environment:
    """The values of names by the node that declares them. Never changes: `bind` gives a new one."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[tuple[Node, str], Any] | None = None) -> None:
        self._values = values or {}

    def bind(self, node: Node, name: str, value: Any) -> Environment:
        """This environment in which `name`, declared by `node`, is `value`."""
        return Environment({**self._values, (node, name): value})

    def value(self, node: Node, name: str) -> Any:
        """What `name`, declared by `node`, is."""
        return self._values[node, name]
