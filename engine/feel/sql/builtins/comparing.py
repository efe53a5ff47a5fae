"""`is`, and `before`, `after` and `coincides` of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.comparisons import ordering
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, fitted
from engine.feel.sql.operand import FALSE, Operand
from engine.feel.sql.shapes import BOOLEAN, Nothing, Number, Scalar
from engine.feel.sql.within import settled
from engine.feel.syntax import Call

__all__ = ["EMITTERS"]


def _is(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """None is only none; values of two kinds are not the same."""
    plan = compiler.plan
    sides = [*arguments, Operand("NULL", Nothing(), known=True, optional=True)][:2]
    if not all(isinstance(side.shape, Scalar | Number | Nothing) for side in sides):
        raise NotCovered("`is` of other than single values")
    if _kind(sides[0]) == _kind(sides[1]) or any(isinstance(side.shape, Nothing) for side in sides):
        shape = common(side.shape for side in sides)
        one, other = (fitted(plan, side, shape) for side in sides)
        same = f"({one} IS NOT DISTINCT FROM {other})"
    else:
        same = f"({sides[0].sql} IS NULL AND {sides[1].sql} IS NULL)"
    sql, open_ = settled(plan, same, sides)
    return compiler.make(sql, BOOLEAN, known=open_ == FALSE)


def _kind(operand: Operand) -> str:
    return operand.shape.kind if isinstance(operand.shape, Scalar) else operand.shape.__class__.__name__


def _relation(op: str) -> Emit:
    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        shape = common(argument.shape for argument in arguments)
        one, other = (fitted(compiler.plan, argument, shape) for argument in arguments)
        known = all(argument.known for argument in arguments)
        return compiler.make(ordering(one, op, other, shape), BOOLEAN, known=known)

    return emit


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType(
    {"after": _relation(">"), "before": _relation("<"), "coincides": _relation("="), "is": _is}
)
