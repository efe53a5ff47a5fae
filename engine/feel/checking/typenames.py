"""Types as they are written in an expression (`list<number>`), as types of the checker."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from engine.feel.checking.session import Checking
from engine.feel.checking.words import near
from engine.feel.syntax import TypeName
from engine.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NULL,
    NUMBER,
    STRING,
    TIME,
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    Type,
)

__all__ = ["named_type"]

_SIMPLE: Final = MappingProxyType(
    {
        "any": ANY,
        "null": NULL,
        "boolean": BOOLEAN,
        "number": NUMBER,
        "string": STRING,
        "date": DATE,
        "time": TIME,
        "date and time": DATE_TIME,
        "days and time duration": DAYS_DURATION,
        "day and time duration": DAYS_DURATION,
        "years and months duration": MONTHS_DURATION,
        "year and month duration": MONTHS_DURATION,
        "list": ListType(ANY),
        "context": ContextType({}),
    }
)


def named_type(check: Checking, node: TypeName) -> Type:
    """The type that `node` names.

    Raises:
        FeelError: `unknown-type`.
    """
    arguments = tuple(named_type(check, argument) for argument in node.arguments)
    match node.name.casefold():
        case "list" if arguments:
            return ListType(arguments[0])
        case "range" if arguments:
            return RangeType(arguments[0])
        case "context" if arguments:
            return ContextType(dict(zip(node.keys, arguments, strict=True)))
        case "function":
            return FunctionType(arguments, named_type(check, node.result) if node.result else ANY)
        case _:
            pass
    found = _SIMPLE.get(node.name.casefold())
    if found is None:
        meant = near(node.name, _SIMPLE)
        remedy = f"Did you mean `{meant[0]}`?" if meant else ""
        raise check.error("unknown-type", f"There is no type `{node.name}`.", node, remedy=remedy)
    return found
