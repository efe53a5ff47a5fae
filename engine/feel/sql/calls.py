"""Calls of built-in functions."""

from __future__ import annotations

from engine.feel.builtins import arrange, get
from engine.feel.sql.builtins import EMITTERS
from engine.feel.sql.compiler import Compiler, emits
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.operand import NULL, Operand
from engine.feel.sql.shapes import NOTHING
from engine.feel.syntax import Call, Name

__all__: list[str] = []


@emits(Call)
def _call(compiler: Compiler, node: Call) -> Operand:
    reference = compiler.checked.references[node.function] if isinstance(node.function, Name) else None
    builtin = get(reference.name) if reference is not None and reference.kind == "builtin" else None
    if builtin is None:
        raise NotCovered("a call of a function value", node.span)
    emit = EMITTERS.get(builtin.name)
    if emit is None:
        raise NotCovered(f"the function `{builtin.name}`", node.span)
    arguments = [compiler.value(argument) for argument in node.arguments]
    if node.names is not None:
        places = arrange(builtin, node.names)
        left_out = Operand(NULL, NOTHING, known=True, optional=True)
        arguments = [left_out if place is None else arguments[place] for place in places or ()]
    return emit(compiler, node, arguments)
