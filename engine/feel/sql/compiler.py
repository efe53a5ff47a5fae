"""The compiler from checked expressions to SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.feel.checked import Checked
from engine.feel.emitters import Emitters
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.operand import Operand
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import Shape
from engine.feel.sql.tabulating import tabulated
from engine.feel.syntax import Filter, Node
from engine.feel.types import ANY, ListType, Type

__all__ = ["Compiler", "emits"]

Emit = Callable[["Compiler", Any], Operand]
_EMITTERS: Final[Emitters[Emit]] = Emitters()
emits: Final = _EMITTERS.declare
"""Declares the function that writes the nodes of one class."""


class Compiler:
    """Writes one expression of a ruleset into a plan.

    Attributes:
        plan: where its columns go.
        checked: the expression.
        question: for unary tests the type of the value that they are asked about.
    """

    def __init__(
        self,
        plan: Plan,
        checked: Checked,
        where: str,
        scope: Callable[[str], Operand],
        question: tuple[Operand, Type] | None = None,
    ) -> None:
        """Begins.

        Args:
            plan: where the columns go.
            checked: the expression.
            where: what the expression is called in errors.
            scope: what a name of the scope stands for.
            question: for unary tests the value that they are asked about, with its type.
        """
        self.plan = plan
        self.checked = checked
        self.scope = scope
        self.question = question[1] if question else ANY
        self._where = where
        self._locals: dict[tuple[Node | None, str], Operand] = {}
        if question:
            self.bind(checked.root, "?", question[0])

    def expression(self) -> Operand:
        """The whole expression.

        Raises:
            NotCovered: when SQL cannot say it.
        """
        try:
            return self.value(self.checked.root)
        except NotCovered as error:
            error.where = error.where or self._where
            raise

    def value(self, node: Node) -> Operand:
        """The value of `node`, at hand."""
        found = tabulated(self.plan, self.checked, node, self._leaf)
        return self._emitted(node) if found is None else found

    def _leaf(self, node: Node) -> Operand | None:
        try:
            return self._emitted(node)
        except NotCovered:
            return None

    def _emitted(self, node: Node) -> Operand:
        emit = _EMITTERS.get(node)
        if emit is None:
            raise NotCovered(_CONSTRUCTS.get(node.__class__.__name__, node.__class__.__name__), node.span)
        try:
            return emit(self, node)
        except NotCovered as error:
            error.span = error.span or node.span
            raise

    def make(self, sql: str, shape: Shape, *, known: bool = False, optional: bool = False, flag: str = "") -> Operand:
        """An operand of which the expression and the flag are at hand."""
        held = self.plan.column(sql)
        if known or not optional:
            return Operand(held, shape, known, optional)
        return Operand(held, shape, known=False, optional=True, flag=self.plan.column(flag))

    def type_of(self, node: Node) -> Type:
        """The type of a node."""
        return self.checked.types.get(node, ANY)

    def bind(self, node: Node | None, name: str, operand: Operand) -> None:
        """Says what the local name `name` that `node` declares stands for."""
        self._locals[node, name] = operand

    def local(self, node: Node | None, name: str) -> Operand:
        """What a local name stands for."""
        return self._locals[node, name]

    def item_type(self, filter_: Node | None) -> Type:
        """The type of the items that a filter looks at."""
        type_ = self.type_of(filter_.source) if isinstance(filter_, Filter) else ANY
        return type_.element if isinstance(type_, ListType) else ANY


_CONSTRUCTS: Final = {
    "InstanceOf": "instance of",
    "FunctionLiteral": "a function",
    "RangeLiteral": "a range as a value",
}
