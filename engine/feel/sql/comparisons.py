"""Comparisons of values that SQL compares as FEEL does."""

from __future__ import annotations

from typing import Final

from engine.feel.checker import compared_choices
from engine.feel.sql.compiler import Compiler, emits
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, fitted, quotient
from engine.feel.sql.logic import every_of, negated
from engine.feel.sql.operand import NULL, Operand, quoted
from engine.feel.sql.shapes import (
    BOOLEAN,
    DAY,
    MOST_CROSS_BITS,
    TEXT,
    Items,
    Nothing,
    Number,
    Quotient,
    Record,
    Scalar,
    Shape,
    Span,
    Spread,
)
from engine.feel.syntax import Between, Comparison, InstanceOf, Node

__all__ = ["compare", "equal", "ordering", "plainly_comparable"]


@emits(Comparison)
def _comparison(compiler: Compiler, node: Comparison) -> Operand:
    left, right = compiler.value(node.left), compiler.value(node.right)
    return compare(compiler, node, node.op, left, right)


def compare(compiler: Compiler, node: Node, op: str, left: Operand, right: Operand) -> Operand:
    """`left op right`, for a comparison that `node` writes; by the places of ordered choices where those are meant."""
    if op == "=":
        return equal(compiler, left, right)
    if op == "!=":
        same = equal(compiler, left, right)
        return negated(compiler, same)
    return _ordered(compiler, op, left, right, compared_choices(compiler.checked, node))


def equal(compiler: Compiler, left: Operand, right: Operand) -> Operand:
    """`left = right`; only none equals none."""
    if isinstance(left.shape, Nothing) and left.known:
        return _is_none(compiler, right)
    if isinstance(right.shape, Nothing) and right.known:
        return _is_none(compiler, left)
    shape = common((left.shape, right.shape))
    known = left.known and right.known
    if isinstance(shape, Record | Spread) or (isinstance(shape, Items) and not plainly_comparable(shape)):
        raise NotCovered("a comparison of contexts, or of lists of them")
    one, other = (fitted(compiler.plan, side, shape) for side in (left, right))
    if not left.optional and not right.optional:
        return compiler.make(ordering(one, "=", other, shape), BOOLEAN, known=known)
    same = f"({one} IS NOT DISTINCT FROM {other})"
    if isinstance(shape, Quotient):
        same = f"coalesce({ordering(one, '=', other, shape)}, {one} IS NULL AND {other} IS NULL)"
    if known:
        return compiler.make(same, BOOLEAN, known=True)
    return compiler.make(f"CASE WHEN NOT {left.unknown} AND NOT {right.unknown} THEN {same} END", BOOLEAN)


def plainly_comparable(items: Items) -> bool:
    """Whether two lists are equal in SQL where they are in FEEL."""
    return items.known and not items.optional and isinstance(items.element, Scalar | Number | Nothing)


def _is_none(compiler: Compiler, operand: Operand) -> Operand:
    if not operand.optional:
        sql = "false" if operand.known else f"CASE WHEN {operand.sql} IS NOT NULL THEN false END"
        return compiler.make(sql, BOOLEAN, known=operand.known)
    if isinstance(operand.shape, Nothing):
        return Operand("true", BOOLEAN, known=True)
    none = f"({operand.sql} IS NULL)"
    if operand.known:
        return compiler.make(none, BOOLEAN, known=True)
    return compiler.make(f"CASE WHEN NOT {operand.flag} THEN {none} END", BOOLEAN)


def _ordered(compiler: Compiler, op: str, left: Operand, right: Operand, choices: tuple[str, ...] | None) -> Operand:
    shape = common((left.shape, right.shape))
    known = left.known and right.known and not left.optional and not right.optional
    if choices is not None:
        places = [place_among(side, choices) for side in (left, right)]
        return compiler.make(f"({places[0]} {op} {places[1]})", BOOLEAN, known=known)
    one, other = (fitted(compiler.plan, side, shape) for side in (left, right))
    return compiler.make(ordering(one, op, other, shape), BOOLEAN, known=known)


def ordering(one: str, op: str, other: str, shape: Shape) -> str:
    """`one op other`, for two values of one shape that are there.

    Raises:
        NotCovered: when SQL does not compare such values as FEEL does.
    """
    if isinstance(shape, Quotient):
        if shape.numerator.bits + shape.bits > MOST_CROSS_BITS:
            raise NotCovered("a comparison of divisions of numbers with very many digits")
        (n, d), (m, e) = (quotient(side, shape, shape.numerator) for side in (one, other))
        return f"({n} * {e} {op} {m} * {d})"
    if not isinstance(shape, Scalar | Number | Span) and op != "=":
        raise NotCovered("a comparison of such values")
    return f"({one} {op} {other})"


def place_among(operand: Operand, choices: tuple[str, ...]) -> str:
    """The place of a choice among all of them."""
    if isinstance(operand.shape, Nothing):
        return NULL
    assert operand.shape == TEXT
    for place, choice in enumerate(choices):
        if operand.sql == quoted(choice):
            return str(place)
    cases = " ".join(f"WHEN {quoted(choice)} THEN {place}" for place, choice in enumerate(choices))
    return f"(CASE {operand.sql} {cases} END)"


@emits(Between)
def _between(compiler: Compiler, node: Between) -> Operand:
    value, low, high = (compiler.value(part) for part in (node.value, node.low, node.high))
    choices = compared_choices(compiler.checked, node)
    parts = [_ordered(compiler, op, value, end, choices) for op, end in ((">=", low), ("<=", high))]
    return every_of(compiler, parts)


_KINDS: Final = {BOOLEAN: "boolean", TEXT: "string", DAY: "date"}
_SPANS: Final = {"days": "days and time duration", "months": "years and months duration"}


@emits(InstanceOf)
def _instance_of(compiler: Compiler, node: InstanceOf) -> Operand:
    """Null is an instance of no type. For single values, whose type is known beforehand."""
    value = compiler.value(node.value)
    if isinstance(value.shape, Number | Quotient):
        kind = "number"
    elif isinstance(value.shape, Span):
        kind = _SPANS[value.shape.kind]
    elif isinstance(value.shape, Scalar):
        kind = _KINDS[value.shape]
    else:
        raise NotCovered("instance of a type with parts")
    fits = "true" if node.type.name in ("Any", kind) else "false"
    if value.known:
        return compiler.make(f"({value.sql} IS NOT NULL AND {fits})", BOOLEAN, known=True)
    none = "false" if value.optional else "NULL"
    return compiler.make(
        f"CASE WHEN {value.sql} IS NOT NULL THEN {fits} WHEN NOT {value.unknown} THEN {none} END", BOOLEAN
    )
