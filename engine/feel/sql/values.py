"""Literals, constants, names, paths, arithmetic, lists and contexts."""

from __future__ import annotations

from typing import Final

from engine.feel.checked import Reference
from engine.feel.sql.compiler import Compiler, emits
from engine.feel.sql.constants import constant, gathered
from engine.feel.sql.durations import negated_span, reckoned, span_part
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, entry_of, item_of, rescaled, stored
from engine.feel.sql.operand import NULL, Operand
from engine.feel.sql.shapes import DAY, MOST_BITS, TEXT, Items, Nothing, Number, Quotient, Record, Span, Spread
from engine.feel.sql.unset import unset
from engine.feel.sql.wholes import as_number, capped, constant_number
from engine.feel.syntax import AtLiteral, BinaryOp, ContextLiteral, ListLiteral, Literal, Name, Negation, Path
from engine.feel.temporal_text import parse_temporal

__all__ = ["entry", "to_scale"]


@emits(Literal)
def _literal(compiler: Compiler, node: Literal) -> Operand:
    return constant(compiler.plan, node.value)


@emits(AtLiteral)
def _at_literal(compiler: Compiler, node: AtLiteral) -> Operand:
    return constant(compiler.plan, parse_temporal(node.text))


@emits(Name)
def _name(compiler: Compiler, node: Name) -> Operand:
    found = _referred(compiler, compiler.checked.references[node])
    return unset(compiler.type_of(node)) if isinstance(found.shape, Nothing) and not found.known else found


def _referred(compiler: Compiler, reference: Reference) -> Operand:
    match reference.kind:
        case "scope":
            return compiler.scope(reference.name)
        case "local":
            return compiler.local(reference.node, reference.name)
        case "item":
            return entry_of(compiler.local(reference.node, "item"), reference.name)
        case _:
            raise NotCovered("a function as a value")


@emits(Path)
def _path(compiler: Compiler, node: Path) -> Operand:
    return entry(compiler, compiler.value(node.source), node.name)


_PARTS: Final = {"year": 14, "month": 4, "day": 5, "weekday": 3}
"""The parts of a date, with how many binary digits they have at most."""


def entry(compiler: Compiler, source: Operand, name: str) -> Operand:
    """`source.name`: an entry of a context, those of a list's items, a part of a date."""
    match source.shape:
        case Spread() | Record():
            found = entry_of(source, name)
            if isinstance(source.shape, Spread) or compiler.plan.in_loop(found.sql):
                return found
            return compiler.make(found.sql, found.shape, known=found.known, optional=found.optional, flag=found.flag)
        case Items(element=Spread() | Record()):
            item = compiler.plan.item()
            found = entry_of(item_of(source.items, item), name)
            items = Items(found.shape, found.optional, found.known)
            value = stored(compiler.plan, found, items)
            return compiler.make(f"list_transform({source.sql}, lambda {item}: {value})", items, known=source.known)
        case Span():
            return span_part(compiler, source, name)
        case shape if shape == DAY and name in _PARTS:
            part = "isodow" if name == "weekday" else name
            return compiler.make(f"{part}({source.sql})", Number(0, _PARTS[name]), known=source.known)
        case _:
            raise NotCovered(f"the part `{name}` of such a value")


def to_scale(operand: Operand, shape: Number) -> str:
    """The value of a number at the scale and in the type of `shape`."""
    return rescaled(operand.sql, operand.number, shape)


@emits(Negation)
def _negation(compiler: Compiler, node: Negation) -> Operand:
    operand = compiler.value(node.operand)
    if isinstance(operand.shape, Quotient):
        sql = f"CASE WHEN {operand.sql} IS NOT NULL THEN {{'n': -{operand.sql}.n, 'd': {operand.sql}.d}} END"
        return compiler.make(sql, operand.shape, known=operand.known)
    if isinstance(operand.shape, Span):
        return negated_span(compiler, operand)
    if (written := constant_number(operand)) is not None:
        return constant(compiler.plan, -written)
    return compiler.make(f"(-{as_number(operand).sql})", operand.shape, known=operand.known)


@emits(BinaryOp)
def _arithmetic(compiler: Compiler, node: BinaryOp) -> Operand:
    left, right = compiler.value(node.left), compiler.value(node.right)
    if node.op == "+" and left.shape == TEXT and right.shape == TEXT:
        return compiler.make(f"({left.sql} || {right.sql})", TEXT, known=left.known and right.known)
    found = reckoned(compiler, node.op, left, right)
    if found is not None:
        return found
    return _OPERATIONS[node.op](compiler, node.op, as_number(left), as_number(right))


def _sum(compiler: Compiler, op: str, left: Operand, right: Operand) -> Operand:
    both = common((left.shape, right.shape))
    assert isinstance(both, Number)
    shape = _within(Number(both.scale, both.bits + 1))
    sql = f"({to_scale(left, shape)} {op} {to_scale(right, shape)})"
    return compiler.make(sql, shape, known=left.known and right.known)


def _product(compiler: Compiler, _: str, left: Operand, right: Operand) -> Operand:
    left, right = _for_product(compiler, left, right)
    one, other = left.number, right.number
    shape = _within(Number(one.scale + other.scale, one.bits + other.bits))
    sql = f"({left.sql}::{shape.sql_type} * {right.sql}::{shape.sql_type})"
    return compiler.make(sql, shape, known=left.known and right.known)


def _for_product(compiler: Compiler, left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Both factors, with so few digits that their product has no more than may be."""
    half = MOST_BITS // 2
    one, other = left.number.bits, right.number.bits
    if one + other <= MOST_BITS:
        return left, right
    return (
        capped(compiler.plan, left, MOST_BITS - min(other, half)),
        capped(compiler.plan, right, MOST_BITS - min(one, half)),
    )


def _quotient(compiler: Compiler, _: str, left: Operand, right: Operand) -> Operand:
    """Unknown when the divisor is zero. The divisor is made positive; of the scales only their difference counts."""
    left = capped(compiler.plan, left, _DIVIDEND_BITS)
    right = capped(compiler.plan, right, _DIVISOR_BITS)
    scale = max(left.number.scale - right.number.scale, 0)
    numerator = common((left.shape, Number(right.number.scale, 1)))
    assert isinstance(numerator, Number)
    wide = Number(numerator.scale, MOST_BITS)
    n, d = to_scale(left, wide), f"{right.sql}::HUGEINT"
    positive = f"{{'n': {n}, 'd': {d}}}"
    negative = f"{{'n': -{n}, 'd': -{d}}}"
    sql = f"CASE WHEN {right.sql} > 0 AND {left.sql} IS NOT NULL THEN {positive}"
    sql += f" WHEN {right.sql} < 0 AND {left.sql} IS NOT NULL THEN {negative} END"
    known = left.known and right.known and bool(constant_number(right))
    return compiler.make(sql, Quotient(Number(scale, numerator.bits), right.number.bits), known=known)


def _power(compiler: Compiler, _: str, left: Operand, right: Operand) -> Operand:
    exponent = constant_number(right)
    if exponent is None or exponent not in range(_MOST_TIMES + 1):
        raise NotCovered("a power")
    times = int(exponent)
    left = capped(compiler.plan, left, MOST_BITS // max(times, 1))
    one = left.number
    shape = _within(Number(one.scale * times, max(1, one.bits * times)))
    factors = [f"{left.sql}::{shape.sql_type}"] * times
    sql = " * ".join(factors) if times else f"CASE WHEN {left.sql} IS NOT NULL THEN 1::BIGINT END"
    return compiler.make(f"({sql})", shape, known=left.known)


_MOST_TIMES: Final = 8
_DIVIDEND_BITS, _DIVISOR_BITS = 54, 40
"""Binary digits of numbers that are divided: two results can be compared even when their scales differ by 4."""

_OPERATIONS: Final = {"+": _sum, "-": _sum, "*": _product, "/": _quotient, "**": _power}


def _within(shape: Number) -> Number:
    if shape.bits > MOST_BITS:
        raise NotCovered(
            "a number with very many digits", remedy="Give the facts in it bounds: `at_least` and `at_most`."
        )
    return shape


@emits(ListLiteral)
def _list(compiler: Compiler, node: ListLiteral) -> Operand:
    return gathered(compiler.plan, [compiler.value(item) for item in node.items])


@emits(ContextLiteral)
def _context(compiler: Compiler, node: ContextLiteral) -> Operand:
    entries = {}
    for part in node.entries:
        entries[part.key] = compiler.value(part.value)
        compiler.bind(part, part.key, entries[part.key])
    return Operand(NULL, Spread(entries), known=True)
