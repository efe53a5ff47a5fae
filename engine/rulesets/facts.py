"""The declared facts of a ruleset, resolved: what a case may say, and what each saying means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from engine.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    ContextType,
    ListType,
    ScalarType,
    Type,
    may_be_none,
)

__all__ = ["Fact", "FactGroup", "FactKind", "FactList", "FactNode", "feel_type", "leaves"]

FactKind = Literal[
    "string", "integer", "decimal", "boolean", "date", "date-time", "days-duration", "months-duration", "event"
]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Attributes:
        path: where it stands: `mark.score`, or within a list `warning_notices[].sent_on`.
        kind: how it is written and compared. An `event` is the date on which something happened: one after `as_of`
            has not happened yet and reads as none.
        choices: the strings that it can be, in the declared order; empty when any can be.
        ordered: whether `<` and the like compare by place in `choices`.
        places: for a decimal, how many decimals it may have.
        at_least, at_most: bounds of a number, both included; None when there are none.
        none: what null means; None when null means nothing, so that it counts as left out.
        means: the question to ask a person.
        judged_by, considers: who judges it, and what they must consider; empty when it is no judgment.
        deprecated: accepted and checked, but no expression reads it; empty, or why.
    """

    path: str
    kind: FactKind
    choices: tuple[str, ...] = ()
    ordered: bool = False
    places: int | None = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    none: str | None = None
    means: str = ""
    judged_by: str = ""
    considers: tuple[str, ...] = ()
    deprecated: str = ""

    @property
    def may_be_none(self) -> bool:
        """Whether the fact can read as none: where null is declared to mean something, and for every event."""
        return self.none is not None or self.kind == "event"


@dataclass(frozen=True, slots=True)
class FactGroup:
    """A group of facts; `path` is empty for the root, and ends in `[]` for the items of a list."""

    path: str
    entries: Mapping[str, FactNode]
    means: str = ""


@dataclass(frozen=True, slots=True)
class FactList:
    """A list of facts or of groups of facts; a given list is complete.

    Attributes:
        unique_by: names of entries which together are different in every item; empty when nothing is demanded.
        sorted_by: the entry by which expressions see the items sorted, ascending; None to keep the caller's order.
    """

    path: str
    element: Fact | FactGroup | FactList
    unique_by: tuple[str, ...] = ()
    sorted_by: str | None = None
    means: str = ""
    deprecated: str = ""


FactNode = Fact | FactGroup | FactList

_SCALARS: Mapping[str, Type] = MappingProxyType(
    {
        "boolean": BOOLEAN,
        "date": DATE,
        "event": DATE,
        "date-time": DATE_TIME,
        "days-duration": DAYS_DURATION,
        "months-duration": MONTHS_DURATION,
    }
)


def feel_type(node: FactNode) -> Type:
    """The type that expressions see."""
    match node:
        case FactGroup():
            entries = {name: feel_type(entry) for name, entry in node.entries.items()}
            return ContextType(MappingProxyType(entries), node.path)
        case FactList():
            return ListType(feel_type(node.element))
        case Fact():
            type_ = _scalar_type(node)
            return may_be_none(type_) if node.may_be_none else type_


def _scalar_type(fact: Fact) -> Type:
    match fact.kind:
        case "string":
            return ScalarType("string", choices=fact.choices, ordered=fact.ordered)
        case "integer":
            return ScalarType("number", integer=True, places=0)
        case "decimal":
            return ScalarType("number", places=fact.places)
        case kind:
            return _SCALARS[kind]


def leaves(node: FactNode) -> Iterator[Fact]:
    """Every single fact within `node`, depth first, in the declared order."""
    match node:
        case Fact():
            yield node
        case FactList():
            yield from leaves(node.element)
        case FactGroup():
            for entry in node.entries.values():
                yield from leaves(entry)
