"""The compiler from checked expressions to Python statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.feel.checked import Checked
from engine.feel.checking.facts import children
from engine.feel.emitters import Emitters
from engine.feel.python.source import Operand, Source
from engine.feel.run import Run
from engine.feel.syntax import Filter, Node, Path
from engine.feel.types import ANY, ListType, Type
from engine.feel.unknown import Cause, Unknown

__all__ = ["Compiler", "compile_expression", "emits"]

Emit = Callable[["Compiler", Any], Operand]
_LITERAL: Final = frozenset("'\"-0123456789")
"""How a number or string begins in Python."""

_EMITTERS: Final[Emitters[Emit]] = Emitters()
emits: Final = _EMITTERS.declare
"""Declares the function that writes the nodes of one class."""


class Compiler:
    """Writes one expression into a Source.

    Attributes:
        source: where the statements go.
        checked: the expression.
        strict: whether it is part of a ruleset, so that its types can be relied on.
        question: for unary tests the type of the value that they are asked about.
    """

    def __init__(
        self,
        source: Source,
        checked: Checked,
        where: str,
        scope: Callable[[str], Operand],
        question: tuple[Operand, Type] | None = None,
    ) -> None:
        """Begins.

        Args:
            source: where the statements go.
            checked: the expression.
            where: what the expression is called in the causes of results that there are none of.
            scope: how the code gets at a name of the scope.
            question: for unary tests the value that they are asked about, with its type.
        """
        self.source = source
        self.checked = checked
        self.strict = checked.strict
        self.scope = scope
        self._where = where
        self._locals: dict[tuple[Node | None, str], Operand] = {}
        self._ready: dict[Node, Operand] = {}
        self.question = question[1] if question and self.strict else ANY
        if question:
            self.bind(checked.root, "?", question[0])

    def expression(self) -> Operand:
        """Writes the whole expression; gives its value."""
        return self.value(self.checked.root)

    def value(self, node: Node) -> Operand:
        """Writes what computes `node`; gives its value."""
        ready = self._ready.get(node)
        return _EMITTERS.of(node)(self, node) if ready is None else ready

    def prepare(self, body: Node) -> None:
        """Writes, before a loop, the paths in its body that no turn of it changes: those from names of the scope."""
        waiting = [body] if self.strict else []
        while waiting:
            node = waiting.pop()
            if isinstance(node, Path) and self._is_of_scope(node):
                if node not in self._ready:
                    self._ready[node] = self.value(node)
            else:
                waiting.extend(children(node))

    def _is_of_scope(self, node: Node) -> bool:
        while isinstance(node, Path):
            node = node.source
        reference = self.checked.references.get(node)
        return reference is not None and reference.kind == "scope"

    def type_of(self, node: Node) -> Type:
        """The type of a node; outside rulesets nothing is relied on."""
        return self.checked.types.get(node, ANY) if self.strict else ANY

    def bind(self, node: Node | None, name: str, operand: Operand) -> None:
        """Says how the code gets at the local name `name` that `node` declares."""
        self._locals[node, name] = operand

    def local(self, node: Node | None, name: str) -> Operand:
        """How the code gets at a local name."""
        return self._locals[node, name]

    def item_type(self, filter_: Node | None) -> Type:
        """The type of the items that a filter looks at; nothing is relied on outside rulesets."""
        type_ = self.type_of(filter_.source) if isinstance(filter_, Filter) else ANY
        return type_.element if isinstance(type_, ListType) else ANY

    def no_result(self, node: Node) -> str:
        """Code for what an operation without a result reads as, in a ruleset."""
        cause = Cause("arithmetic", f"{self._where}:{node.span.line}:{node.span.column}")
        return self.source.constant(Unknown(frozenset((cause,))), "NONE")

    def resulting(self, node: Node, code: str, *operands: Operand) -> Operand:
        """The value of `code`, which is null when there is no result: unknown, in a ruleset that declares no none.

        An operand that is none is not a missing result: where the checker lets one through, a test beside it settles
        what comes of it.
        """
        name = self.source.assign(code)
        if not self.strict:
            return Operand(name, known=bool(operands) and all(operand.known for operand in operands))
        if not self.checked.types[node].optional:
            given = "".join(
                f" and {operand.code} is not None" for operand in operands if operand.code[0] not in _LITERAL
            )
            with self.source.block(f"if {name} is None{given}:"):
                self.source.line(f"{name} = {self.no_result(node)}")
        return Operand(name)

    def truth(self, code: str, *operands: Operand) -> Operand:
        """The truth of `code` when no operand is unknown, else unknown; code that is to be used once."""
        if all(operand.known for operand in operands):
            return Operand(f"({code})", known=True)
        return self.guarded(code, *operands)

    def guarded(self, code: str, *operands: Operand) -> Operand:
        """The value of `code` when no operand is unknown, else unknown."""
        open_ = list(dict.fromkeys(operand.code for operand in operands if not operand.known))
        if not open_:
            return Operand(self.source.assign(code), known=True)
        known = " and ".join(f"{operand}.__class__ is not U" for operand in open_)
        otherwise = open_[0] if len(open_) == 1 else f"join({', '.join(open_)})"
        return Operand(self.source.assign(f"{code} if {known} else {otherwise}"))


def compile_expression(checked: Checked, *, where: str = "") -> Callable[[Mapping[str, Any], Run], Any]:
    """A Python function that evaluates one expression.

    Args:
        checked: the expression; unary tests take the value they are asked about as the name `?`.
        where: what the expression is called in the causes of results that there are none of.

    Returns:
        A function of the values of the scope's names and the Run. It raises FeelBudgetError when the run has no steps
        left.
    """
    source = Source()
    with source.block("def evaluate(values, run):"):
        question = (Operand("values['?']"), ANY)
        compiler = Compiler(source, checked, where, lambda name: Operand(f"values[{name!r}]"), question)
        source.line(f"return {compiler.expression().code}")
    evaluate: Callable[[Mapping[str, Any], Run], Any] = source.functions(f"<{where or 'expression'}>")("evaluate")
    return evaluate
