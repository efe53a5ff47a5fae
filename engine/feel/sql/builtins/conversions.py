"""`date`, `string` and `number`: what makes a value of another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from engine.feel.builtins import get
from engine.feel.sql.builtins.dates import day_of
from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.constants import constant
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.moved_days import FIRST_YEAR, LAST_YEAR, made
from engine.feel.sql.operand import Operand
from engine.feel.sql.shapes import DAY, TEXT
from engine.feel.sql.texts import plain_text
from engine.feel.sql.wholes import let, whole
from engine.feel.syntax import Call, Literal

__all__ = ["EMITTERS"]

_MOST_YEAR: Final = 20_000
_WRITTEN: Final = "'[0-9]{4}-[0-9]{2}-[0-9]{2}'"
_FAR: Final = "'(-[0-9]{4}|-?[1-9][0-9]{4,8}|0000)-[0-9]{2}-[0-9]{2}'"
"""Dates outside the years that SQL looks at."""


def _date(compiler: Compiler, node: Call, arguments: Sequence[Operand]) -> Operand:
    if len(arguments) == 3:
        return _of_parts(compiler, arguments)
    if arguments[0].shape != TEXT:
        return day_of(arguments[0])
    if isinstance(node.arguments[0], Literal):
        return _converted(compiler, "date", node.arguments[0].value)
    plan = compiler.plan

    def read(text: str) -> str:
        beyond = f"coalesce(regexp_full_match({text}, {_FAR}), false)"
        if not plan.in_loop(beyond):
            plan.leave_out(beyond)
        return f"CASE WHEN regexp_full_match({text}, {_WRITTEN}) AND NOT {beyond} THEN TRY_CAST({text} AS DATE) END"

    return compiler.make(let(plan, arguments[0].sql, read), DAY)


def _of_parts(compiler: Compiler, arguments: Sequence[Operand]) -> Operand:
    plan = compiler.plan
    year, month, day = (whole(plan, argument, _MOST_YEAR) for argument in arguments)
    beyond = f"coalesce({year} NOT BETWEEN {FIRST_YEAR} AND {LAST_YEAR}, false)"
    if not plan.in_loop(beyond):
        plan.leave_out(beyond)
    return compiler.make(made(year, month, day), DAY)


def _converted(compiler: Compiler, name: str, *arguments: Any) -> Operand:
    """What a built-in function gives for constants."""
    builtin = get(name)
    assert builtin is not None
    value = builtin.call(*arguments)
    if value is None:
        raise NotCovered(f"a call of `{name}` that has no result")
    return constant(compiler.plan, value)


def _number(compiler: Compiler, node: Call, _: Sequence[Operand]) -> Operand:
    if not all(isinstance(argument, Literal) for argument in node.arguments) or node.names is not None:
        raise NotCovered("the number that a text of the case says", remedy="Declare that fact as a number.")
    return _converted(
        compiler, "number", *(argument.value for argument in node.arguments if isinstance(argument, Literal))
    )


def _string(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    if arguments[0].shape == TEXT:
        return arguments[0]
    return compiler.make(plain_text(compiler.plan, arguments[0]), TEXT, known=arguments[0].known)


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType({"date": _date, "number": _number, "string": _string})
