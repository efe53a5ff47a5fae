"""`not`, `all`, `any`, `or else`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.fitting import common, fitted
from engine.feel.sql.logic import negated
from engine.feel.sql.operand import Operand
from engine.feel.syntax import Call

__all__ = ["EMITTERS"]


def _not(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    return negated(compiler, arguments[0])


def _or_else(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """The first that is not none; unknown when an unknown one comes before it."""
    shape = common(argument.shape for argument in arguments)
    values = [fitted(compiler.plan, argument, shape) for argument in arguments]
    tests: list[str] = []
    flags: list[str] = []
    for argument, value in zip(arguments, values, strict=True):
        if not argument.known:
            tests.append(f"WHEN {argument.unknown} THEN NULL")
            flags.append(f"WHEN {argument.unknown} THEN true")
        if not argument.optional:
            tests.append(f"ELSE {value}")
            break
        tests.append(f"WHEN {value} IS NOT NULL THEN {value}")
        flags.append(f"WHEN {value} IS NOT NULL THEN false")
    optional = all(argument.optional for argument in arguments)
    known = all(argument.known for argument in arguments)
    flag = f"CASE {' '.join(flags)} ELSE false END" if flags else "false"
    sql = f"CASE {' '.join(tests)} END" if tests[0].startswith("WHEN") else values[0]
    return compiler.make(sql, shape, known=known, optional=optional, flag=flag)


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType({"not": _not, "or else": _or_else})
