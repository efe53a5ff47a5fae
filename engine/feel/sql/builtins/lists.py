"""Built-in functions on lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, fitted
from engine.feel.sql.loops import contains
from engine.feel.sql.operand import Operand
from engine.feel.sql.shapes import Items, Number
from engine.feel.syntax import Call

__all__ = ["EMITTERS"]


def _list(operand: Operand) -> Operand:
    if not isinstance(operand.shape, Items):
        raise NotCovered("a single value where a list is meant")
    return operand


def _count(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items = _list(arguments[0])
    return compiler.make(f"len({items.sql})", Number(0, 17), known=items.known)


def _list_contains(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    return contains(compiler, _list(arguments[0]), arguments[1])


def _concatenate(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    lists = [_list(argument) for argument in arguments]
    shape = common(items.shape for items in lists)
    parts = [fitted(compiler.plan, items, shape) for items in lists]
    # `||` gives NULL when one of the lists is NULL, and so unknown.
    return compiler.make(f"({' || '.join(parts)})", shape, known=all(items.known for items in lists))


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType(
    {"count": _count, "list contains": _list_contains, "concatenate": _concatenate}
)
