"""What the parts of the evaluator share: the values of local names, and what one evaluation offers."""

from __future__ import annotations

from typing import Any, Protocol

from engine.feel.checked import Checked
from engine.feel.run import Run
from engine.feel.syntax import Node

__all__ = ["Environment", "Evaluates"]


class Environment:
    """The values of the names that an expression itself declares, by the node that does.

    Never changes: `bind` gives a new one.
    """

    __slots__ = ("_values",)

    def __init__(self, values: dict[tuple[Node, str], Any] | None = None) -> None:
        self._values = values or {}

    def bind(self, node: Node, name: str, value: Any) -> Environment:
        """This environment in which `name`, declared by `node`, is `value`."""
        return Environment({**self._values, (node, name): value})

    def value(self, node: Node, name: str) -> Any:
        """What `name`, declared by `node`, is."""
        return self._values[node, name]


class Evaluates(Protocol):
    """An evaluation of an expression."""

    checked: Checked
    run: Run

    def of(self, node: Node, env: Environment) -> Any:
        """The value of a node."""

    def result(self, node: Node, value: Any, *operands: Any) -> Any:
        """`value`, which the operation `node` gives for `operands`; unknown when there is no result in a ruleset."""
