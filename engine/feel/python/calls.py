"""Calls of built-ins and functions, and function literals."""

from __future__ import annotations

from engine.feel.builtins import Builtin, arrange, get
from engine.feel.python.comparisons import equals_plainly
from engine.feel.python.compiler import Compiler, emits
from engine.feel.python.logic import negated
from engine.feel.python.source import Operand
from engine.feel.syntax import Call, FunctionLiteral, Name
from engine.feel.types import ListType

_KEEPS_ITEMS = frozenset({"concatenate", "remove", "reverse", "sublist"})
"""Built-ins whose result has only items of the lists that they are given."""


@emits(Call)
def _call(compiler: Compiler, node: Call) -> Operand:
    builtin = _builtin(compiler, node)
    if builtin is None:
        return _function_call(compiler, node)
    given = arguments = [compiler.value(argument) for argument in node.arguments]
    if node.names is not None:
        places = arrange(builtin, node.names)
        if places is None:
            return Operand("None", known=True)
        arguments = [Operand("None", known=True) if place is None else arguments[place] for place in places]
    never_none = [
        operand
        for argument, operand in zip(node.arguments, given, strict=True)
        if not compiler.type_of(argument).optional
    ]
    return _builtin_call(compiler, node, builtin, arguments, never_none)


def _builtin(compiler: Compiler, node: Call) -> Builtin | None:
    if not isinstance(node.function, Name):
        return None
    reference = compiler.checked.references[node.function]
    return get(reference.name) if reference.kind == "builtin" else None


def _builtin_call(
    compiler: Compiler, node: Call, builtin: Builtin, arguments: list[Operand], never_none: list[Operand]
) -> Operand:
    if compiler.strict and len(arguments) == 1:
        if builtin.name == "not":
            return negated(compiler, arguments[0])
        if builtin.name == "count":
            return compiler.guarded(f"len({arguments[0].code})", arguments[0])
    given = "".join(f"{argument.code}, " for argument in arguments)
    code = f"support.invoke({compiler.source.constant(builtin, 'B')}, run, ({given}))"
    if compiler.strict and builtin.name == "list contains" and _compares_plainly(compiler, node, arguments):
        plainly = f"{arguments[1].code} in {arguments[0].code}"
        open_ = " and ".join(f"{argument.code}.__class__ is not U" for argument in arguments if not argument.known)
        known = not open_
        return Operand(compiler.source.assign(plainly if known else f"{plainly} if {open_} else {code}"), known)
    result = compiler.resulting(node, code, *never_none)
    lists = arguments if builtin.name == "concatenate" else arguments[:1]
    items_known = builtin.name in _KEEPS_ITEMS and all(argument.items_known for argument in lists)
    return Operand(result.code, result.known, items_known)


def _compares_plainly(compiler: Compiler, node: Call, arguments: list[Operand]) -> bool:
    """Whether Python's `in` says of known values what `list contains` does: they are single, and compare as in FEEL."""
    list_, value = (compiler.type_of(argument) for argument in node.arguments)
    plainly = isinstance(list_, ListType) and equals_plainly(list_.element, value)
    return plainly and node.names is None and arguments[0].all_known


def _function_call(compiler: Compiler, node: Call) -> Operand:
    function = compiler.value(node.function)
    arguments = "".join(f"{compiler.value(argument).code}, " for argument in node.arguments)
    code = f"support.call({function.code}, ({arguments}), {node.names!r}, run)"
    return Operand(compiler.source.assign(code))


@emits(FunctionLiteral)
def _function_literal(compiler: Compiler, node: FunctionLiteral) -> Operand:
    source = compiler.source
    function = source.fresh("function")
    names = [source.fresh("p") for _ in node.parameters]
    with source.block(f"def {function}({', '.join(names)}):"):
        for parameter, name in zip(node.parameters, names, strict=True):
            compiler.bind(parameter, parameter.name, Operand(name))
        source.line(f"return {'None' if node.external else compiler.value(node.body).code}")
    parameters = tuple(parameter.name for parameter in node.parameters)
    return Operand(source.assign(f"support.FunctionValue({parameters!r}, {function})"), known=True)
