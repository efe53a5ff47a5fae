"""`and`, `or`, `not`, `if`: SQL's own three-valued logic, in which NULL is unknown."""

from __future__ import annotations

from collections.abc import Sequence

from engine.feel.sql.compiler import Compiler, emits
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, fitted
from engine.feel.sql.operand import FALSE, NULL, TRUE, Operand
from engine.feel.sql.shapes import BOOLEAN, Items, Quotient, Record, Spread
from engine.feel.syntax import And, If, Or

__all__ = ["any_of", "chosen", "every_of", "negated"]


@emits(And)
def _and(compiler: Compiler, node: And) -> Operand:
    return every_of(compiler, [compiler.value(operand) for operand in node.operands])


@emits(Or)
def _or(compiler: Compiler, node: Or) -> Operand:
    return any_of(compiler, [compiler.value(operand) for operand in node.operands])


def every_of(compiler: Compiler, operands: Sequence[Operand]) -> Operand:
    """The conjunction of boolean operands."""
    return _joined(compiler, operands, "AND")


def any_of(compiler: Compiler, operands: Sequence[Operand]) -> Operand:
    """The disjunction of boolean operands."""
    return _joined(compiler, operands, "OR")


def _joined(compiler: Compiler, operands: Sequence[Operand], word: str) -> Operand:
    settling, neutral = (FALSE, TRUE) if word == "AND" else (TRUE, FALSE)
    told = [operand for operand in operands if operand.sql != neutral]
    if len(told) <= 1:
        return told[0] if told else Operand(neutral, BOOLEAN, known=True)
    if any(operand.sql == settling for operand in told):
        return Operand(settling, BOOLEAN, known=True)
    sql = f" {word} ".join(dict.fromkeys(operand.sql for operand in told))
    return compiler.make(f"({sql})", BOOLEAN, known=all(operand.known for operand in told))


def negated(compiler: Compiler, operand: Operand) -> Operand:
    """`not(operand)`."""
    if operand.sql in (FALSE, TRUE):
        return Operand(TRUE if operand.sql == FALSE else FALSE, BOOLEAN, known=True)
    return compiler.make(f"(NOT {operand.sql})", BOOLEAN, known=operand.known)


@emits(If)
def _if(compiler: Compiler, node: If) -> Operand:
    condition = compiler.value(node.condition)
    return chosen(compiler, condition, compiler.value(node.then), compiler.value(node.otherwise))


def chosen(compiler: Compiler, condition: Operand, then: Operand, otherwise: Operand) -> Operand:
    """One of two values; on an unknown condition, what both agree on."""
    if condition.sql in ("true", "false"):
        return then if condition.sql == "true" else otherwise
    if isinstance(then.shape, Spread) and isinstance(otherwise.shape, Spread):
        return _chosen_entries(compiler, condition, then, otherwise)
    shape = common((then.shape, otherwise.shape))
    branches = [fitted(compiler.plan, branch, shape) for branch in (then, otherwise)]
    optional = then.optional or otherwise.optional
    known = condition.known and then.known and otherwise.known
    if condition.known:
        sql = f"CASE WHEN {condition.sql} THEN {branches[0]} ELSE {branches[1]} END"
        flag = f"CASE WHEN {condition.sql} THEN {then.unknown} ELSE {otherwise.unknown} END"
        return compiler.make(sql, shape, known=known, optional=optional, flag=flag)
    either = f"WHEN {condition.sql} THEN {branches[0]} WHEN NOT {condition.sql} THEN {branches[1]}"
    if isinstance(shape, Items):
        same = f"coalesce(len({branches[0]}) = 0 AND len({branches[1]}) = 0, false)"
    elif isinstance(shape, Record | Quotient):
        same = "false"  # not looked into: unknown is always right
    else:
        same = f"(NOT {then.unknown} AND NOT {otherwise.unknown} AND {branches[0]} IS NOT DISTINCT FROM {branches[1]})"
    sql = f"CASE {either} WHEN {same} THEN {branches[0]} END"
    unknown = f"WHEN {condition.sql} THEN {then.unknown} WHEN NOT {condition.sql} THEN {otherwise.unknown}"
    flag = f"CASE {unknown} ELSE NOT {same} END"
    return compiler.make(sql, shape, known=known, optional=optional, flag=flag)


def _chosen_entries(compiler: Compiler, condition: Operand, then: Operand, otherwise: Operand) -> Operand:
    """One of two contexts, entry by entry; on an unknown condition each of them is unknown, as the whole is."""
    assert isinstance(then.shape, Spread)
    assert isinstance(otherwise.shape, Spread)
    ones, others = then.shape.entries, otherwise.shape.entries
    if ones.keys() != others.keys():
        raise NotCovered("contexts with different entries in one place")
    entries = {name: _branch(compiler, condition, one, others[name]) for name, one in ones.items()}
    known = condition.known and then.known and otherwise.known
    unknown = (
        f"CASE WHEN {condition.sql} THEN {then.unknown} WHEN NOT {condition.sql} THEN {otherwise.unknown} ELSE true END"
    )
    return Operand(NULL, Spread(entries), known=known, flag="" if known else compiler.plan.column(unknown))


def _branch(compiler: Compiler, condition: Operand, then: Operand, otherwise: Operand) -> Operand:
    """One of two values; unknown when the condition is."""
    if isinstance(then.shape, Spread) and isinstance(otherwise.shape, Spread):
        return _chosen_entries(compiler, condition, then, otherwise)
    shape = common((then.shape, otherwise.shape))
    one, other = (fitted(compiler.plan, branch, shape) for branch in (then, otherwise))
    optional = then.optional or otherwise.optional
    known = condition.known and then.known and otherwise.known
    sql = f"CASE WHEN {condition.sql} THEN {one} WHEN NOT {condition.sql} THEN {other} END"
    flag = (
        f"CASE WHEN {condition.sql} THEN {then.unknown} WHEN NOT {condition.sql} THEN {otherwise.unknown} ELSE true END"
    )
    return compiler.make(sql, shape, known=known, optional=optional, flag=flag)
