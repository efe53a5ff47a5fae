"""The structures that facts are decoded into: one msgspec Struct per declared group, every field of it may be left out.

A field that was left out holds its own Unknown, so reading it says which fact is missing without looking anything up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec

from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration
from engine.feel.temporal_text import parse_date_time, parse_duration
from engine.feel.unknown import Cause, Unknown
from engine.rulesets.facts import Fact, FactGroup, FactKind, FactList, FactNode

__all__ = [
    "LARGEST_DECIMAL",
    "LARGEST_INTEGER",
    "MAX_ITEMS_OF_LIST",
    "Record",
    "left_out",
    "read_decimal",
    "read_text",
    "record_of",
]

LARGEST_INTEGER: Final = 2**53 - 1
"""An integer fact lies within plus and minus this, both included: what every JSON reader and Struct keeps exactly."""

LARGEST_DECIMAL: Final = Decimal(10) ** 18
"""A decimal fact lies between minus and plus this, both excluded."""

MAX_ITEMS_OF_LIST: Final = 10_000
"""Items that a list of facts may have."""


def left_out(path: str) -> Unknown:
    """What a fact reads as that was not given."""
    return Unknown(frozenset((Cause("fact", path),)))


@dataclass(frozen=True, slots=True)
class Record:
    """The structure of one group.

    Attributes:
        group: what it was made from.
        struct: the msgspec Struct class; its defaults are what a left-out entry reads as.
        nested: the records of the groups that are entries, and of the items of the lists that are, by entry.
        absent: what stands for a group that was not given, by entry; shared, never changed.
        unknown: for each entry that is no group, what its absence reads as when the group stands in no list.
    """

    group: FactGroup
    struct: Any
    nested: Mapping[str, Record]
    absent: Mapping[str, Any]
    unknown: Mapping[str, Unknown]


def record_of(group: FactGroup) -> Record:
    """Makes the structure of `group` and of every group within it."""
    nested: dict[str, Record] = {}
    absent: dict[str, Any] = {}
    unknown: dict[str, Unknown] = {}
    fields: list[tuple[str, Any, Any]] = []
    for name, node in group.entries.items():
        element = _innermost(node)
        if isinstance(element, FactGroup):
            nested[name] = record_of(element)
        default: Any
        if isinstance(node, FactGroup):
            default = absent[name] = nested[name].struct()
        else:
            default = unknown[name] = left_out(node.path)
        fields.append((name, _type(node, nested.get(name)), default))
    struct = msgspec.defstruct(
        "Facts_" + "".join(letter if letter.isalnum() else "_" for letter in group.path),
        [(field, type_, _default(default)) for field, type_, default in fields],
        forbid_unknown_fields=True,
        gc=False,
    )
    return Record(group, struct, nested, absent, unknown)


def _default(value: Any) -> Any:
    # msgspec copies no default but shares it; a factory keeps it from refusing one that is itself a Struct.
    return msgspec.field(default_factory=lambda: value) if isinstance(value, msgspec.Struct) else value


def _innermost(node: FactNode) -> FactNode:
    while isinstance(node, FactList):
        node = node.element
    return node


def _type(node: FactNode, nested: Record | None) -> Any:
    """The msgspec type of an entry; null is always accepted, and means what `left_out` or `none` say."""
    match node:
        case FactGroup():
            assert nested is not None
            return nested.struct | None
        case FactList(element=FactGroup()):
            assert nested is not None
            listed = list[nested.struct | None]  # type: ignore[name-defined] # a type made at run time
            return Annotated[listed, msgspec.Meta(max_length=MAX_ITEMS_OF_LIST)] | None
        case FactList():
            element = _type(node.element, nested)
            items = list[element]  # type: ignore[valid-type] # a type made at run time
            return Annotated[items, msgspec.Meta(max_length=MAX_ITEMS_OF_LIST)] | None
        case Fact():
            return _scalar(node) | None


def _scalar(fact: Fact) -> Any:
    match fact.kind:
        case "string" if fact.choices:
            return Literal[fact.choices]
        case "string":
            return str
        case "boolean":
            return bool
        case "integer":
            least = -LARGEST_INTEGER if fact.at_least is None else int(fact.at_least)
            most = LARGEST_INTEGER if fact.at_most is None else int(fact.at_most)
            return Annotated[int, msgspec.Meta(ge=least, le=most)]
        case "decimal":
            return Any  # a number or the text of one: read when facts are settled
        case "date" | "event":
            return date
        case "date-time" | "days-duration" | "months-duration":
            return str  # read when facts are settled


def read_text(kind: FactKind, text: str, time_zone: str | None) -> Any:
    """The date and time or duration that a text says; None when it says none of that kind.

    A date and time is written as RFC 3339 has it; one without an offset is meant in `time_zone`.
    """
    if kind == "date-time":
        moment = parse_date_time(text) if _DATE_TIME.fullmatch(text) else None
        if moment is None or moment.date.__class__ is not date:
            return None
        return DateTime(moment.date, moment.nanoseconds, time_zone) if moment.zone is None else moment
    duration = parse_duration(text)
    return duration if duration.__class__ is _DURATIONS[kind] else None


def read_decimal(value: Any) -> int | Decimal | None:
    """The number that JSON or plain values say, exactly; None when they say none that is finite."""
    if value.__class__ is int:
        whole: int = value
        return whole
    if isinstance(value, str):
        return Decimal(value) if _DECIMAL.fullmatch(value) else None
    number = Decimal(repr(value)) if isinstance(value, float) else value
    return number if number.__class__ is Decimal and number.is_finite() else None


_DATE_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,99})(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,4})?")
_DURATIONS: Final[Mapping[str, type]] = {"days-duration": DaysDuration, "months-duration": MonthsDuration}
