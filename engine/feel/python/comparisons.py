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
        value = Operand(compiler.source.assign(operand.code), operand.known)
        return compiler.guarded(f"{value.code} {'is' if node.op == '=' else 'is not'} None", value)
    left, right = compiler.value(node.left), compiler.value(node.right)
    choices = compared_choices(compiler.checked, node) if compiler.strict else None
    types = (compiler.type_of(node.left), compiler.type_of(node.right))
    return compare(compiler, node.op, left, right, *types, choices, node)


def _null_operand(node: Comparison) -> Node | None:
    for operand in (node.left, node.right):
        if isinstance(operand, Literal) and operand.value is None:
            return operand
    return None


def compare(
    compiler: Compiler,
    op: str,
    left: Operand,
    right: Operand,
    left_type: Type,
    right_type: Type,
    choices: tuple[str, ...] | None = None,
    node: Node | None = None,
) -> Operand:
    """`left op right`; with `choices`, by their places in it; with `node`, unknown there when the two have no order."""
    if choices is not None:
        places = [compiler.source.place_of(operand.code, choices) for operand in (left, right)]
        return compiler.guarded(f"{places[0]} {_PYTHON[op]} {places[1]}", left, right)
    plainly = equals_plainly if op in ("=", "!=") else _ordered_plainly
    if compiler.strict and plainly(left_type, right_type):
        return compiler.guarded(f"{left.code} {_PYTHON[op]} {right.code}", left, right)
    run = ", run" if op in ("=", "!=") else ""
    code = f"support.operators.{_OPERATORS[op]}({left.code}, {right.code}{run})"
    known = not compiler.strict and left.known and right.known
    return compiler.resulting(node, code, known=known) if node else Operand(compiler.source.assign(code), known)


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
    type_, choices = compiler.type_of(node.value), compared_choices(compiler.checked, node) if compiler.strict else None
    above = compare(compiler, ">=", value, low, type_, compiler.type_of(node.low), choices)
    below = compare(compiler, "<=", value, high, type_, compiler.type_of(node.high), choices)
    code = f"support.conj({above.code}, {below.code})"
    if above.known and below.known:
        return Operand(compiler.source.assign(code), known=True)
    return compiler.resulting(node, code)


def choices_of_test(compiler: Compiler, node: ComparisonTest) -> tuple[str, ...] | None:
    """The ordered choices by whose places a unary comparison compares, or None."""
    return compared_choices(compiler.checked, node) if compiler.strict else None
