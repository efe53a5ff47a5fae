"""Calls in rulesets: only of built-ins, with what each may be given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.feel import builtins
from engine.feel.builtins import Builtin
from engine.feel.checked import Reference
from engine.feel.checking.narrowing import negation
from engine.feel.checking.ordering import Side, check_equal
from engine.feel.checking.scopes import Scope
from engine.feel.checking.session import Checking
from engine.feel.checking.signatures import Argument, forms_of, result_of
from engine.feel.checking.typenames import named_type
from engine.feel.checking.unify import fits
from engine.feel.checking.words import a, listed, near, quote
from engine.feel.errors import FeelError
from engine.feel.run import Run
from engine.feel.syntax import Call, FunctionLiteral, ListLiteral, Literal, Name, Node
from engine.feel.temporal import MonthsDuration
from engine.feel.temporal_text import parse_duration
from engine.feel.types import (
    BOOLEAN,
    DAYS_DURATION,
    MONTHS_DURATION,
    NULL,
    AnyType,
    FunctionType,
    ListType,
    Type,
    never_none,
)

__all__ = ["call"]

_WITH_FUNCTION: Final = frozenset({"sort", "list replace"})
_MEMBER: Final = frozenset({"list contains", "index of"})
_CONVERSIONS: Final = frozenset({"date", "time", "date and time", "duration", "number"})
_INSTEAD: Final = {
    "now": "A ruleset reads no clock: use `as_of`, the date of the decision.",
    "duration": 'Write it out: `@"P10D"`.',
    "get value": "Read entries by a path: `group.entry`.",
}
_OF_SOME: Final = frozenset({"min", "max", "sum", "mean", "median", "earliest", "latest"})
"""Functions that give none for an empty list only, so never for one that plainly has items."""


def call(check: Checking, node: Call, scope: Scope) -> Type:
    """The type of what the call gives."""
    builtin = _called(check, node)
    places = _places(check, node, builtin)
    given = _types_of(check, node, builtin, places, scope)
    arguments = [
        Argument(NULL, None) if place is None else Argument(given[place], node.arguments[place]) for place in places
    ]
    result = result_of(check, node, builtin, arguments)
    _check_meaning(check, node, builtin, arguments)
    if builtin.name == "not" and len(node.arguments) == 1:
        check.truths[node] = negation(check.truth(node.arguments[0]))
    if builtin.name in _OF_SOME and result.optional and _has_items(arguments):
        result = never_none(result)
    if isinstance(result, AnyType):
        result = _untyped(check, node, builtin, arguments)
    check.types[node.function] = FunctionType(tuple(argument.type for argument in arguments), result)
    return result


def _called(check: Checking, node: Call) -> Builtin:
    if not isinstance(node.function, Name):
        message = f"{quote(node.function, check.source)} is no function: rulesets call built-in functions only."
        raise check.error("not-in-rulesets", message, node.function)
    name = node.function.name
    builtin = builtins.get(name)
    if builtin is None:
        meant = near(name, builtins.names())
        remedy = f"Did you mean {listed((f'`{guess}`' for guess in meant), 'or')}?" if meant else ""
        raise check.error("unknown-function", f"There is no function `{name}`.", node.function, remedy=remedy)
    written_out = name == "duration" and len(node.arguments) == 1 and isinstance(node.arguments[0], Literal)
    if not builtin.strict and not written_out:
        remedy = _INSTEAD.get(name, "")
        raise check.error("not-in-rulesets", f"`{name}` is not part of rulesets.", node.function, remedy=remedy)
    check.references[node.function] = Reference("builtin", name)
    return builtin


def _places(check: Checking, node: Call, builtin: Builtin) -> Sequence[int | None]:
    """Which argument stands at each place."""
    if node.names is None:
        return range(len(node.arguments))
    places = builtins.arrange(builtin, node.names)
    if places is None:
        message = f"`{builtin.name}` has no form with {listed(f'`{name}`' for name in node.names)}."
        raise check.error("wrong-arguments", message, node, expected=forms_of(builtin))
    return places


def _types_of(
    check: Checking, node: Call, builtin: Builtin, places: Sequence[int | None], scope: Scope
) -> dict[int, Type]:
    """The types of the arguments as they are written; function literals after what they are called with."""
    function_at = places[1] if builtin.name in _WITH_FUNCTION and len(places) > 1 else None
    types: dict[int, Type] = {}
    for place, argument in enumerate(node.arguments):
        if place != function_at or not isinstance(argument, FunctionLiteral):
            types[place] = check.type_of(argument, scope)
    for place, argument in enumerate(node.arguments):
        if place not in types and isinstance(argument, FunctionLiteral):
            handed = [types[other] for other in places if other in types]
            types[place] = check.types[argument] = _function(check, argument, handed, scope)
    return types


def _function(check: Checking, node: FunctionLiteral, handed: Sequence[Type], scope: Scope) -> Type:
    """The function that `sort` calls with two items, and `list replace` with an item and the new item."""
    if node.external or len(node.parameters) != 2:
        message = "The function must have two parameters: `function(a, b) …`."
        raise check.error("wrong-arguments", message, node)
    item = handed[0].element if handed and isinstance(handed[0], ListType) else NULL
    types = (item, handed[1] if len(handed) > 1 else item)
    for parameter, type_ in zip(node.parameters, types, strict=True):
        if parameter.type is not None:
            declared = named_type(check, parameter.type)
            if not fits(type_, declared):
                message = f"`{parameter.name}` is given {a(type_)}, not {a(declared)}."
                raise check.error("type-mismatch", message, parameter)
        check.types[parameter] = type_
        scope = scope.with_local(parameter.name, type_, parameter)
    check.boolean(node.body, scope, "What the function gives")
    return FunctionType(types, BOOLEAN)


def _check_meaning(check: Checking, node: Call, builtin: Builtin, arguments: Sequence[Argument]) -> None:
    """What the types of the parameters do not say: members that can never be there, texts that are no date."""
    if builtin.name in _MEMBER and len(arguments) == 2:
        (items, at), (member, member_at) = ((argument.type, argument.node) for argument in arguments)
        if isinstance(items, ListType):
            check_equal(check, Side(never_none(items.element), at), Side(never_none(member), member_at))
    if builtin.name in _CONVERSIONS and all(isinstance(argument, Literal) for argument in node.arguments):
        values = [argument.node.value if isinstance(argument.node, Literal) else None for argument in arguments]
        if builtins.invoke(builtin, Run(), values) is None:
            raise _bad_literal(check, node, builtin)


def _bad_literal(check: Checking, node: Call, builtin: Builtin) -> FeelError:
    kind = {"number": "number", "duration": "duration"}.get(builtin.name, builtin.name)
    return check.error("bad-literal", f"{quote(node, check.source)} gives no {kind}.", node)


def _has_items(arguments: Sequence[Argument]) -> bool:
    if len(arguments) > 1:
        return not any(argument.type.optional for argument in arguments)
    only = arguments[0]
    inner = only.type.element if isinstance(only.type, ListType) else only.type
    return not inner.optional and (not isinstance(only.type, ListType) or _plainly_filled(only.node))


def _plainly_filled(node: Node | None) -> bool:
    """Whether the list that `node` gives has an item whatever the facts are."""
    match node:
        case ListLiteral():
            return bool(node.items)
        case Call(function=Name(name="concatenate" | "union"), names=None):
            return any(_plainly_filled(argument) for argument in node.arguments)
        case Call(function=Name(name="append" | "insert before"), names=None):
            return True
        case _:
            return False


def _untyped(check: Checking, node: Call, builtin: Builtin, arguments: Sequence[Argument]) -> Type:
    """The type of a result that the types of the arguments do not tell.

    A duration that is written out says itself which it is; an item of an empty list is none.
    """
    if builtin.name == "duration" and isinstance(only := node.arguments[0], Literal) and isinstance(only.value, str):
        return MONTHS_DURATION if isinstance(parse_duration(only.value), MonthsDuration) else DAYS_DURATION
    lists = (argument.type for argument in arguments if isinstance(argument.type, ListType))
    if any(isinstance(type_.element, AnyType) for type_ in lists):
        return NULL
    message = f"What `{builtin.name}` gives here cannot be told before the case is known."
    raise check.error("not-in-rulesets", message, node, remedy="Read entries by a path: `group.entry`.")
