"""Which types fit a parameter, and the type that two types have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from engine.feel.types import (
    ANY,
    BOOLEAN,
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

__all__ = [
    "ANYTHING",
    "BOOLEANS",
    "COMPARABLE",
    "COMPARABLES",
    "DAY",
    "INTEGER",
    "LIST",
    "NUMBERS",
    "POINT",
    "Accepts",
    "element",
    "fits",
    "join",
    "join_all",
    "range_of",
]

INTEGER = ScalarType("number", integer=True)


@dataclass(frozen=True, slots=True)
class Accepts:
    """A test of argument types.

    Attributes:
        description: what it accepts, for messages: "a date or a date and time".
        check: whether it accepts a type (whether that is optional does not count).
        shape: `list` when it accepts only lists, `single` when it accepts none, else empty.
    """

    description: str
    check: Callable[[Type], bool]
    shape: Literal["list", "single", ""] = "single"

    def __call__(self, type_: Type) -> bool:
        """Whether `type_` is accepted."""
        return self.check(type_)


def fits(expected: Type, actual: Type) -> bool:
    """Whether a value of type `actual` is one of type `expected`, when it is not none."""
    if isinstance(expected, AnyType) or isinstance(actual, AnyType):
        return True
    if isinstance(expected, ScalarType):
        return isinstance(actual, ScalarType) and expected.name == actual.name
    if isinstance(expected, ListType | RangeType):
        if not isinstance(actual, type(expected)):
            return False
        none_fits = expected.element.optional or not actual.element.optional or actual.element == ANY
        return none_fits and fits(expected.element, actual.element)
    if isinstance(expected, ContextType):
        return isinstance(actual, ContextType) and all(
            name in actual.entries and fits(type_, actual.entries[name]) for name, type_ in expected.entries.items()
        )
    return isinstance(expected, FunctionType) and isinstance(actual, FunctionType)


def join(left: Type, right: Type) -> Type | None:
    """The type of a value that is of the one type or of the other; None when they have nothing in common."""
    optional = left.optional or right.optional
    if NULL in {left, right}:
        return may_be_none(right if left == NULL else left)
    if isinstance(left, AnyType) or isinstance(right, AnyType):
        return right if isinstance(left, AnyType) else left
    if isinstance(left, ScalarType) and isinstance(right, ScalarType):
        return _join_scalars(left, right, optional=optional)
    if isinstance(left, ListType) and isinstance(right, ListType):
        inner = join(left.element, right.element)
        return None if inner is None else ListType(inner, optional=optional)
    if isinstance(left, RangeType) and isinstance(right, RangeType):
        inner = join(left.element, right.element)
        return None if inner is None else RangeType(inner, optional=optional)
    if isinstance(left, ContextType) and isinstance(right, ContextType):
        return _join_contexts(left, right, optional=optional)
    return left if left == right else None


def _join_scalars(left: ScalarType, right: ScalarType, *, optional: bool) -> Type | None:
    if left.name != right.name:
        return None
    same = left.choices == right.choices and left.ordered == right.ordered
    places = None if left.places is None or right.places is None else max(left.places, right.places)
    return ScalarType(
        left.name,
        choices=left.choices if same else (),
        ordered=left.ordered and same,
        integer=left.integer and right.integer,
        places=places,
        optional=optional,
    )


def _join_contexts(left: ContextType, right: ContextType, *, optional: bool) -> Type | None:
    if left.entries.keys() != right.entries.keys():
        return None
    joined: dict[str, Type] = {}
    for name, type_ in left.entries.items():
        both = join(type_, right.entries[name])
        if both is None:
            return None
        joined[name] = both
    return ContextType(joined, left.path if left.path == right.path else "", optional=optional)


def join_all(types: Iterable[Type]) -> Type | None:
    """The type that all of `types` have in common; None when there is none."""
    joined: Type | None = None
    for type_ in types:
        joined = join(joined, type_) if joined is not None else type_
        if joined is None:
            return None
    return joined


def element(type_: Type) -> Type:
    """The element type of a list or range type; any for others."""
    return type_.element if isinstance(type_, ListType | RangeType) else ANY


_ORDERED = frozenset(
    {"number", "string", "date", "time", "date and time", "days and time duration", "years and months duration"}
)


def _comparable(type_: Type) -> bool:
    if isinstance(type_, AnyType):
        return True
    return isinstance(type_, ScalarType) and type_.name in _ORDERED and not type_.ordered


def _list_of(check: Callable[[Type], bool]) -> Callable[[Type], bool]:
    def lists(type_: Type) -> bool:
        inner = element(type_)
        return isinstance(type_, AnyType) or (
            isinstance(type_, ListType) and check(inner) and (not inner.optional or inner == ANY)
        )

    return lists


def _is_day(type_: Type) -> bool:
    return isinstance(type_, AnyType) or (isinstance(type_, ScalarType) and type_.name in {"date", "date and time"})


def range_of(check: Accepts) -> Accepts:
    """Ranges whose ends `check` accepts."""
    return Accepts(
        f"a range of {check.description}",
        lambda type_: isinstance(type_, AnyType) or (isinstance(type_, RangeType) and check(type_.element)),
    )


ANYTHING = Accepts("anything", lambda _: True, "")
LIST = ListType(ANY)
NUMBERS = ListType(NUMBER)
BOOLEANS = ListType(BOOLEAN)
COMPARABLE = Accepts(
    "a number, string, date, time or duration (choices with an order of their own have no `min`)", _comparable
)
COMPARABLES = Accepts(f"a list of values that have an order: {COMPARABLE.description}", _list_of(_comparable), "list")
POINT = Accepts("a number, string, date, time or duration", _comparable)
DAY = Accepts("a date or a date and time", _is_day)
