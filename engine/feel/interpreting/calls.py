"""Functions: literals, built-ins as values, and calls of either."""

from __future__ import annotations

from typing import Any

from engine.feel import builtins, operators
from engine.feel import syntax as s
from engine.feel.interpreting.environment import Environment, Evaluates
from engine.feel.unknown import Unknown
from engine.feel.values import FunctionValue

__all__ = ["builtin_value", "call", "function"]


def function(evaluation: Evaluates, node: s.FunctionLiteral, env: Environment) -> Any:
    """The function; called with other than one value for each parameter it gives null, external ones always do.

    An argument that is not of the declared type is null.
    """

    def call_it(*arguments: Any) -> Any:
        if node.external or len(arguments) != len(node.parameters):
            return None
        inner = env
        for parameter, argument in zip(node.parameters, arguments, strict=True):
            fits = parameter.type is None or operators.is_instance(argument, parameter.type) is not False
            inner = inner.bind(parameter, parameter.name, argument if fits else None)
        return evaluation.of(node.body, inner)

    return FunctionValue(tuple(parameter.name for parameter in node.parameters), call_it)


def builtin_value(evaluation: Evaluates, name: str) -> FunctionValue:
    """A built-in where it is named without being called."""
    builtin = builtins.get(name)
    assert builtin is not None
    parameters = tuple(parameter.name for parameter in builtin.overloads[0].parameters)
    return FunctionValue(parameters, lambda *arguments: builtins.invoke(builtin, evaluation.run, arguments))


def call(evaluation: Evaluates, node: s.Call, env: Environment) -> Any:
    """What the function gives for the arguments; null when it is none, or has no such parameters."""
    reference = evaluation.checked.references.get(node.function)
    if reference is not None and reference.kind == "builtin":
        return _call_builtin(evaluation, node, reference.name, env)
    called = evaluation.of(node.function, env)
    arguments = [evaluation.of(argument, env) for argument in node.arguments]
    if not isinstance(called, FunctionValue):
        return called if called.__class__ is Unknown else None
    if node.names is not None:
        if sorted(node.names) != sorted(called.parameters):
            return None
        arguments = [arguments[node.names.index(name)] for name in called.parameters]
    evaluation.run.spend(1)
    return called.call(*arguments)


def _call_builtin(evaluation: Evaluates, node: s.Call, name: str, env: Environment) -> Any:
    builtin = builtins.get(name)
    assert builtin is not None
    given = arguments = [evaluation.of(argument, env) for argument in node.arguments]
    if node.names is not None:
        places = builtins.arrange(builtin, node.names)
        if places is None:
            return None
        arguments = [None if place is None else given[place] for place in places]
    types = evaluation.checked.types
    never_none = [value for argument, value in zip(node.arguments, given, strict=True) if not types[argument].optional]
    return evaluation.result(node, builtins.invoke(builtin, evaluation.run, arguments), *never_none)
