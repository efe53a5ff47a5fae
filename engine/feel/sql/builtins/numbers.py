"""Built-in functions on numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, fitted
from engine.feel.sql.operand import Operand
from engine.feel.sql.rounding import MODES, rounded
from engine.feel.sql.shapes import BOOLEAN, Number, Quotient, Span
from engine.feel.sql.wholes import as_number, constant_number, let
from engine.feel.syntax import Call

__all__ = ["EMITTERS"]


def _rounding(mode: str) -> Emit:
    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        number = arguments[0] if isinstance(arguments[0].shape, Quotient) else as_number(arguments[0])
        places = constant_number(arguments[1]) if len(arguments) > 1 else 0
        if places is None:
            raise NotCovered("rounding to a number of decimals that hangs on the case")
        sql, shape = rounded(compiler.plan, number, int(places), mode)
        return compiler.make(sql, shape, known=number.known)

    return emit


def _abs(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    if isinstance(arguments[0].shape, Quotient):
        sql = arguments[0].sql
        absolute = f"CASE WHEN {sql} IS NOT NULL THEN {{'n': abs({sql}.n), 'd': {sql}.d}} END"
        return compiler.make(absolute, arguments[0].shape, known=arguments[0].known)
    number = arguments[0] if isinstance(arguments[0].shape, Span) else as_number(arguments[0])
    return compiler.make(f"abs({number.sql})", number.shape, known=number.known)


def _modulo(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """It has the sign of the divisor; unknown when that is zero."""
    left, right = (as_number(argument) for argument in arguments)
    shape = common((left.shape, right.shape))
    assert isinstance(shape, Number)
    one, other = (fitted(compiler.plan, side, shape) for side in (left, right))

    def remainder(n: str, d: str) -> str:
        wrapped = f"CASE WHEN {n} % {d} <> 0 AND ({n} < 0) <> ({d} < 0) THEN {n} % {d} + {d} ELSE {n} % {d} END"
        return f"CASE WHEN {d} <> 0 THEN {wrapped} END"

    plan = compiler.plan
    sql = let(plan, one, lambda n: let(plan, other, lambda d: remainder(n, d)))
    known = left.known and right.known and bool(constant_number(right))
    return compiler.make(sql, Number(shape.scale, shape.bits), known=known)


def _rest_of_two(test: str) -> Emit:
    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        number = as_number(arguments[0])
        one = 10**number.number.scale
        kind = "HUGEINT" if 2 * one >= 2**62 else "BIGINT"
        sql = f"(abs({number.sql} % {2 * one}::{kind}) {test.format(one)})"
        return compiler.make(sql, BOOLEAN, known=number.known)

    return emit


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType(
    {
        **{mode: _rounding(mode) for mode in MODES},
        "abs": _abs,
        "modulo": _modulo,
        "even": _rest_of_two("= 0"),
        "odd": _rest_of_two("= {}"),
    }
)
