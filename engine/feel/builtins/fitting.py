"""Which types fit a parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from engine.feel.checking.unify import join
from engine.feel.types import (
    ANY,
    BOOLEAN,
    NUMBER,
    AnyType,
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    ScalarType,
    Type,
)

__all__ = [
    "ANYTHING",
    "BOOLEANS",
    "COMPARABLE",
    "COMPARABLES",
    "DAY",
    "DAYS",
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


def join_all(types: Iterable[Type]) -> Type | None:
    """The type that all of `types` have in common; None when there is none."""
    return join(*types)


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
DAYS = Accepts(
    "a list of dates, or of dates and times",
    lambda type_: isinstance(type_, AnyType) or (isinstance(type_, ListType) and DAY(type_.element)),
    "list",
)
