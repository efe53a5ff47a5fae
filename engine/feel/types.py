"""The types of FEEL expressions, with what rulesets add to them: ordered choices, and values that may be none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "DAYS_DURATION",
    "MONTHS_DURATION",
    "NULL",
    "NUMBER",
    "STRING",
    "TIME",
    "AnyType",
    "ContextType",
    "FunctionType",
    "ListType",
    "RangeType",
    "ScalarType",
    "Type",
    "may_be_none",
    "never_none",
]


@dataclass(frozen=True, slots=True)
class Type:
    """A type; `optional` says that the value may be none (null) besides."""

    optional: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AnyType(Type):
    """Nothing is known of the value before it is evaluated (only outside rulesets)."""

    def __str__(self) -> str:
        return "any"


@dataclass(frozen=True, slots=True)
class ScalarType(Type):
    """A type without parts.

    Attributes:
        name: `null`, `boolean`, `number`, `string`, `date`, `time`, `date and time`, `days and time duration`,
            `years and months duration`.
        choices: the strings that the value can be, in their order; empty when any can be.
        ordered: whether `<` and the like compare by the place in `choices`.
        integer: for a number: it has no decimals.
        places: for a number: how many decimals it has at most; None when that is not declared.
    """

    name: str
    choices: tuple[str, ...] = ()
    ordered: bool = False
    integer: bool = False
    places: int | None = None

    def __str__(self) -> str:
        return f"{self.name} or none" if self.optional and self.name != "null" else self.name


@dataclass(frozen=True, slots=True)
class ListType(Type):
    """A list of `element`."""

    element: Type

    def __str__(self) -> str:
        return f"list of {self.element}"


@dataclass(frozen=True, slots=True)
class RangeType(Type):
    """A range (interval) of `element`."""

    element: Type

    def __str__(self) -> str:
        return f"range of {self.element}"


@dataclass(frozen=True, slots=True)
class ContextType(Type):
    """A context with the declared `entries`.

    Attributes:
        entries: the type of each entry.
        path: where its facts stand (`mark`, `notices[]`), or empty; with several possible places `one[]|other[]`.
        deadline: the deadline that it says the state of, or empty. With a path besides, it is an element of that
            deadline's list: the element's facts and the state, made into a context of its own.
    """

    entries: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}))
    path: str = ""
    deadline: str = ""

    @property
    def is_record(self) -> bool:
        """Whether the case engine holds it as a structure of decoded facts, not as a dict."""
        return bool(self.path) and not self.deadline

    def __hash__(self) -> int:
        return hash((self.optional, self.path, self.deadline, tuple(self.entries)))

    def __str__(self) -> str:
        return f"context<{', '.join(f'{key}: {type_}' for key, type_ in self.entries.items())}>"


@dataclass(frozen=True, slots=True)
class FunctionType(Type):
    """A function."""

    parameters: tuple[Type, ...]
    result: Type

    def __str__(self) -> str:
        return f"function<{', '.join(map(str, self.parameters))}> -> {self.result}"


ANY = AnyType(optional=True)
NULL = ScalarType("null", optional=True)
BOOLEAN = ScalarType("boolean")
NUMBER = ScalarType("number")
STRING = ScalarType("string")
DATE = ScalarType("date")
TIME = ScalarType("time")
DATE_TIME = ScalarType("date and time")
DAYS_DURATION = ScalarType("days and time duration")
MONTHS_DURATION = ScalarType("years and months duration")


def may_be_none(type_: Type) -> Type:
    """The same type, of which the value may be none."""
    return type_ if type_.optional else replace(type_, optional=True)


def never_none(type_: Type) -> Type:
    """The same type once the value was seen not to be none."""
    return replace(type_, optional=False) if type_.optional and type_ not in (NULL, ANY) else type_
