"""Values of a known type that are unknown in every case: parameters without a value on the date."""

from __future__ import annotations

from typing import Final

from engine.feel.sql.operand import NULL, TRUE, Operand
from engine.feel.sql.shapes import BOOLEAN, DAY, NOTHING, TEXT, Items, Number, Shape, Spread
from engine.feel.types import ContextType, ListType, ScalarType, Type

__all__ = ["unset"]

_SCALARS: Final[dict[str, tuple[Shape, str]]] = {
    "boolean": (BOOLEAN, "BOOLEAN"),
    "date": (DAY, "DATE"),
    "number": (Number(0, 1), "BIGINT"),
    "string": (TEXT, "VARCHAR"),
}


def unset(type_: Type) -> Operand:
    """The unknown value of a type."""
    if isinstance(type_, ContextType):
        entries = {name: unset(entry) for name, entry in type_.entries.items()}
        return Operand(NULL, Spread(entries), flag=TRUE)
    shape, sql = _shape(type_)
    return Operand(sql, shape, optional=type_.optional, flag=TRUE if type_.optional else "")


def _shape(type_: Type) -> tuple[Shape, str]:
    """The shape of an unknown value, and a NULL of the type that stores it."""
    match type_:
        case ScalarType(name=name) if name in _SCALARS:
            shape, sql = _SCALARS[name]
            return shape, f"{NULL}::{sql}"
        case ListType():
            # A list of contexts, or of lists, has no parts that could be read: it goes with any other list.
            element, sql = _shape(type_.element)
            plain = isinstance(type_.element, ScalarType) and element != NOTHING and not type_.element.optional
            return (Items(element), f"{sql}[]") if plain else (Items(NOTHING), f'{NULL}::"NULL"[]')
        case _:
            return NOTHING, f'{NULL}::"NULL"'
