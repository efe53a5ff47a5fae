"""How types fit together: their common type, which may stand for which, which may be compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal as OneOf

from engine.feel.types import (
    ANY,
    NULL,
    NUMBER,
    AnyType,
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    ScalarType,
    Type,
    may_be_none,
)

__all__ = ["Clash", "clash", "decimals", "fits", "is_large", "is_scalar", "join", "number", "orderable"]

Clash = OneOf["type", "choices"]
"""Why two values can never be equal: their types differ, or they have no choice in common."""

_MOST_CHOICES = 200
"""A list of more different literals than this is a list of any strings: choices are kept to tell slips, not as data."""

_MOST_PARTS = 2_000
"""Parts that the type of a context may have: `{a: x, b: {c: a, d: a}, …}` doubles them with every entry."""

_ORDERED = frozenset(
    (
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    )
)


def is_scalar(type_: Type, name: str) -> bool:
    """Whether `type_` is the type without parts called `name`; it may be none besides."""
    return isinstance(type_, ScalarType) and type_.name == name


def orderable(type_: Type) -> bool:
    """Whether `<` is defined between values of `type_`."""
    return isinstance(type_, ScalarType) and type_.name in _ORDERED


def is_large(type_: Type) -> bool:
    """Whether `type_` has more parts than any use needs; each one within contexts within contexts counts anew."""
    waiting, seen = [type_], 0
    while waiting and seen <= _MOST_PARTS:
        seen += 1
        match waiting.pop():
            case ListType(element=element) | RangeType(element=element):
                waiting.append(element)
            case ContextType(entries=entries):
                waiting.extend(entries.values())
            case _:
                pass
    return seen > _MOST_PARTS


def decimals(type_: ScalarType) -> int | None:
    """How many decimals a number of `type_` has at most; None when that is not known."""
    return 0 if type_.integer else type_.places


def number(places: int | None) -> ScalarType:
    """The type of numbers that have at most `places` decimals; None when that is not known."""
    return replace(NUMBER, integer=True) if places == 0 else replace(NUMBER, places=places)


def join(*types: Type) -> Type | None:
    """The narrowest type that has the values of all of `types`, or None when there is none.

    Null and a type give that type, which may then be none. Strings of different choices give the choices of both. `ANY`
    is the type of what an empty list has no items of: it gives way to every other type.
    """
    common: Type = ANY
    for type_ in types:
        if type_ == common:  # a list of a thousand equal items costs one comparison each
            continue
        joined = _join(common, type_)
        if joined is None:
            return None
        common = joined
    return common


def _join(a: Type, b: Type) -> Type | None:
    if isinstance(a, AnyType):
        return b
    if isinstance(b, AnyType):
        return a
    if a == NULL:
        return may_be_none(b)
    if b == NULL:
        return may_be_none(a)
    common = _join_present(a, b)
    if common is None:
        return None
    return replace(common, optional=a.optional or b.optional)


def _join_present(a: Type, b: Type) -> Type | None:
    match a, b:
        case ScalarType(), ScalarType():
            return _join_scalars(a, b)
        case ListType(), ListType():
            element = _join(a.element, b.element)
            return None if element is None else ListType(element)
        case RangeType(), RangeType():
            element = _join(a.element, b.element)
            return None if element is None else RangeType(element)
        case ContextType(), ContextType():
            return _join_contexts(a, b)
        case _:
            return a if a == b else None


def _join_scalars(a: ScalarType, b: ScalarType) -> ScalarType | None:
    if a.name != b.name:
        return None
    if a.name == "number":
        left, right = decimals(a), decimals(b)
        return number(None if left is None or right is None else max(left, right))
    if a.name == "string":
        return _join_strings(a, b)
    return a


def _join_strings(a: ScalarType, b: ScalarType) -> ScalarType:
    if not a.choices or not b.choices:
        return ScalarType("string")
    for wide, narrow in ((a, b), (b, a)):
        if set(narrow.choices) <= set(wide.choices):
            same_order = not narrow.ordered or narrow.choices == wide.choices
            return replace(wide, ordered=wide.ordered and same_order)
    both = tuple(dict.fromkeys(a.choices + b.choices))
    return ScalarType("string", choices=both if len(both) <= _MOST_CHOICES else ())


def _join_contexts(a: ContextType, b: ContextType) -> ContextType | None:
    if a.entries.keys() != b.entries.keys() or a.is_record != b.is_record:
        return None
    entries: dict[str, Type] = {}
    for key, type_ in a.entries.items():
        entry = _join(type_, b.entries[key])
        if entry is None:
            return None
        entries[key] = entry
    return ContextType(entries, path=_either(a.path, b.path), deadline=_either(a.deadline, b.deadline))


def _either(a: str, b: str) -> str:
    """The one path or the other."""
    return "|".join(dict.fromkeys(part for part in (*a.split("|"), *b.split("|")) if part))


def fits(actual: Type, expected: Type) -> bool:
    """Whether a value of `actual` may stand where `expected` is wanted, unless it is none: that is asked apart.

    Decimals are not looked at: how many a number may have is asked of its value.
    """
    if isinstance(expected, AnyType) or isinstance(actual, AnyType) or actual == NULL:
        return True
    match actual, expected:
        case ScalarType(), ScalarType():
            known = not expected.choices or (bool(actual.choices) and set(actual.choices) <= set(expected.choices))
            return actual.name == expected.name and known
        case ListType(), ListType():
            return _fits_inside(actual.element, expected.element)
        case RangeType(), RangeType():
            return _fits_inside(actual.element, expected.element)
        case ContextType(), ContextType():
            return all(
                key in actual.entries and _fits_inside(actual.entries[key], type_)
                for key, type_ in expected.entries.items()
            )
        case _:
            return isinstance(actual, FunctionType) and isinstance(expected, FunctionType)


def _fits_inside(actual: Type, expected: Type) -> bool:
    if isinstance(expected, AnyType) or isinstance(actual, AnyType):
        return True
    return fits(actual, expected) and (expected.optional or not actual.optional)


def clash(a: Type, b: Type) -> Clash | None:
    """Why a value of `a` and one of `b` can never be equal, or None when they can."""
    if isinstance(a, AnyType) or isinstance(b, AnyType) or NULL in (a, b):
        return None
    match a, b:
        case ScalarType(), ScalarType():
            if a.name != b.name:
                return "type"
            apart = a.choices and b.choices and set(a.choices).isdisjoint(b.choices)
            return "choices" if apart else None
        case ListType(), ListType():
            return clash(a.element, b.element)
        case RangeType(), RangeType():
            return clash(a.element, b.element)
        case ContextType(), ContextType():
            if a.entries.keys() != b.entries.keys():
                return "type"
            found = [clash(type_, b.entries[key]) for key, type_ in a.entries.items()]
            return next((why for why in found if why), None)
        case _:
            return "type"
