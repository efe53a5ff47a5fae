"""Comparisons: directly on values whose type says how they compare, through the standard's operators otherwise."""

from __future__ import annotations

from engine.feel.checker import compared_choices
from engine.feel.python.compiler import Compiler, emits
from engine.feel.python.source import Operand
from engine.feel.syntax import Between, Comparison, ComparisonTest, Literal, Node
from engine.feel.types import ScalarType, Type

__all__ = ["compare", "equals_plainly"]

_OPERATORS = {
    "=": "equal",
    "!=": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
}
_PYTHON = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_EQUAL_PLAINLY = frozenset(
    {"boolean", "number", "string", "date", "days and time duration", "years and months duration"}
)
_ORDERED_PLAINLY = _EQUAL_PLAINLY - {"boolean"}


@emits(Comparison)
def _comparison(compiler: Compiler, node: Comparison) -> Operand:
    if node.op in ("=", "!=") and (null := _null_operand(node)) is not None:
        operand = compiler.value(node.right if null is node.left else node.left)
        if not operand.code.isidentifier():  # Python warns of a literal that is compared by identity
            operand = Operand(compiler.source.assign(operand.code), operand.known)
        return compiler.truth(f"{operand.code} {'is' if node.op == '=' else 'is not'} None", operand)
    left, right = compiler.value(node.left), compiler.value(node.right)
    choices = compared_choices(compiler.checked, node) if compiler.strict else None
    types = (compiler.type_of(node.left), compiler.type_of(node.right))
    return compare(compiler, node, left, right, types, choices)


def _null_operand(node: Comparison) -> Node | None:
    for operand in (node.left, node.right):
        if isinstance(operand, Literal) and operand.value is None:
            return operand
    return None


def compare(
    compiler: Compiler,
    node: Comparison | ComparisonTest,
    left: Operand,
    right: Operand,
    types: tuple[Type, Type],
    choices: tuple[str, ...] | None = None,
) -> Operand:
    """`left op right`, as `node` says; with `choices`, by their places in it."""
    return _compare(compiler, node, node.op, (left, right), types, choices)


def _compare(
    compiler: Compiler,
    node: Node,
    op: str,
    operands: tuple[Operand, Operand],
    types: tuple[Type, Type],
    choices: tuple[str, ...] | None,
) -> Operand:
    left, right = operands
    if choices is not None:
        places = [compiler.source.place_of(operand.code, choices) for operand in operands]
        return compiler.truth(f"{places[0]} {_PYTHON[op]} {places[1]}", left, right)
    plainly = equals_plainly if op in ("=", "!=") else _ordered_plainly
    if compiler.strict and plainly(*types):
        return compiler.truth(f"{left.code} {_PYTHON[op]} {right.code}", left, right)
    run = ", run" if op in ("=", "!=") else ""
    return compiler.resulting(node, f"support.operators.{_OPERATORS[op]}({left.code}, {right.code}{run})", left, right)


def equals_plainly(left: Type, right: Type) -> bool:
    """Whether Python's `==` on two values of these types is FEEL's, none included."""
    return (
        isinstance(left, ScalarType)
        and isinstance(right, ScalarType)
        and left.name == right.name
        and left.name in _EQUAL_PLAINLY
    )


def _ordered_plainly(left: Type, right: Type) -> bool:
    return (
        equals_plainly(left, right)
        and isinstance(left, ScalarType)
        and left.name in _ORDERED_PLAINLY
        and not left.optional
        and not right.optional
    )


@emits(Between)
def _between(compiler: Compiler, node: Between) -> Operand:
    value, low, high = (compiler.value(part) for part in (node.value, node.low, node.high))
    types = [compiler.type_of(part) for part in (node.value, node.low, node.high)]
    choices = compared_choices(compiler.checked, node) if compiler.strict else None
    if choices is None and not (_ordered_plainly(types[0], types[1]) and _ordered_plainly(types[0], types[2])):
        code = f"support.operators.between({value.code}, {low.code}, {high.code})"
        return compiler.resulting(node, code, value, low, high)
    above = _compare(compiler, node, ">=", (value, low), (types[0], types[1]), choices)
    below = _compare(compiler, node, "<=", (value, high), (types[0], types[2]), choices)
    code = f"support.conj({above.code}, {below.code})"
    return Operand(compiler.source.assign(code), known=above.known and below.known)


def choices_of_test(compiler: Compiler, node: ComparisonTest) -> tuple[str, ...] | None:
    """The ordered choices by whose places a unary comparison compares, or None."""
    return compared_choices(compiler.checked, node) if compiler.strict else None
