"""Everything that is wrong with the facts of a case, by path and expected type: the slow way, once decoding failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Context, Decimal
from typing import Any, Final

from engine.cases.records import LARGEST_DECIMAL, LARGEST_INTEGER, MAX_ITEMS_OF_LIST, read_decimal, read_text
from engine.errors import Violation
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode
from engine.rulesets.findings import did_you_mean

__all__ = ["MAX_VIOLATIONS", "expected", "to_places", "undeclared", "violations"]

MAX_VIOLATIONS: Final = 100
"""Violations that are told at most; mending these comes first."""

_WIDE: Final = Context(prec=50)
"""Holds every digit of a decimal fact: 18 before the point and 20 after it."""


def violations(group: FactGroup, facts: Any) -> tuple[Violation, ...]:
    """What is wrong with `facts` (plain JSON values) by what `group` declares; the first hundred."""
    found: list[Violation] = []
    for violation in _node(group, facts, ""):
        found.append(violation)
        if len(found) == MAX_VIOLATIONS:
            break
    return tuple(found)


def _node(node: FactNode, value: Any, path: str) -> Iterator[Violation]:
    if value is None and path:
        return
    match node:
        case FactGroup():
            yield from _group(node, value, path)
        case FactList():
            yield from _list(node, value, path)
        case Fact():
            if not _fits(node, value):
                yield Violation(path, expected(node), "The value is not what the ruleset declares.")


def _group(group: FactGroup, value: Any, path: str) -> Iterator[Violation]:
    if not isinstance(value, Mapping):
        yield Violation(path, "an object", "Facts of a group are given as an object.")
        return
    for name, entry in value.items():
        inner = f"{path}.{name}" if path else str(name)
        if (node := group.entries.get(name)) is None:
            yield undeclared(inner, str(name), group.entries)
        else:
            yield from _node(node, entry, inner)


def undeclared(path: str, name: str, declared: Iterable[str]) -> Violation:
    """That `name`, the last of `path`, is none of the declared names; the most similar of those is told."""
    remedy = did_you_mean(name, declared)
    message = "No fact of this name is declared here."
    return Violation(path[:200], "a declared fact", f"{message} {remedy}" if remedy else message)


def _list(node: FactList, value: Any, path: str) -> Iterator[Violation]:
    if not isinstance(value, list | tuple):
        yield Violation(path, "a list", "The fact is a list.")
        return
    if len(value) > MAX_ITEMS_OF_LIST:
        yield Violation(path, f"at most {MAX_ITEMS_OF_LIST} items", "The list is too long.")
        return
    for index, item in enumerate(value):
        yield from _node(node.element, item, f"{path}[{index}]")


def _fits(fact: Fact, value: Any) -> bool:
    match fact.kind:
        case "string":
            return isinstance(value, str) and (not fact.choices or value in fact.choices)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return is_whole(value) and _within(fact, value)
        case "decimal":
            number = read_decimal(value)
            return number is not None and decimal_fits(fact, number)
        case "date" | "event":
            return _is_date(value)
        case "date-time" | "days-duration" | "months-duration":
            return isinstance(value, str) and read_text(fact.kind, value, None) is not None


def _within(fact: Fact, value: int | Decimal) -> bool:
    least = -LARGEST_INTEGER if fact.at_least is None else fact.at_least
    most = LARGEST_INTEGER if fact.at_most is None else fact.at_most
    return least <= value <= most


def is_whole(value: Any) -> bool:
    """Whether it is a number without decimals, however it is written (`3`, `3.0`)."""
    if isinstance(value, float):
        return value.is_integer()
    if isinstance(value, Decimal):
        return value.is_finite() and value.copy_abs() < LARGEST_DECIMAL and value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def decimal_fits(fact: Fact, number: int | Decimal) -> bool:
    """Whether a finite number is within the declared places and bounds."""
    if not -LARGEST_DECIMAL < number < LARGEST_DECIMAL or not _bounded(fact, number):
        return False
    return fact.places is None or _fits_places(fact, Decimal(number))


def _fits_places(fact: Fact, number: Decimal) -> bool:
    # 12.500 fits two places: what counts is the value, not how many zeros were written.
    return number == to_places(number, fact.places or 0)


def to_places(number: int | Decimal, places: int) -> Decimal:
    """The number rounded to that many decimals (at most 20); it is one that a decimal fact can be by its size."""
    return Decimal(number).quantize(Decimal((0, (1,), -places)), context=_WIDE)


def _bounded(fact: Fact, number: int | Decimal) -> bool:
    return (fact.at_least is None or number >= fact.at_least) and (fact.at_most is None or number <= fact.at_most)


def _is_date(value: Any) -> bool:
    if isinstance(value, date):
        return True
    if not isinstance(value, str) or len(value) != len("2018-08-03"):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def expected(fact: Fact) -> str:
    """What a fact's value must be, in words."""
    bounds = "".join(
        f", {word} {bound}"
        for word, bound in (("at least", fact.at_least), ("at most", fact.at_most))
        if bound is not None
    )
    none = f", or null ({fact.none})" if fact.none else ""
    match fact.kind:
        case "string" if fact.choices:
            return "one of " + ", ".join(f'"{choice}"' for choice in fact.choices) + none
        case "string":
            return "a string" + none
        case "boolean":
            return "true or false" + none
        case "integer":
            return "a whole number" + bounds + none
        case "decimal":
            places = f" with at most {fact.places} decimals" if fact.places is not None else ""
            return "a number" + places + bounds + none
        case "date" | "event":
            return "a date as 2018-08-03" + none
        case "date-time":
            return "a date and time as 2018-08-03T09:30:00" + none
        case "days-duration":
            return "a duration as P3DT4H" + none
        case "months-duration":
            return "a duration as P1Y6M" + none
