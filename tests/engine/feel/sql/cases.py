"""Names of a ruleset with facts of every kind that SQL has, and random cases for them, with facts left out anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any, Final

from engine.feel.types import (
    BOOLEAN,
    DATE,
    STRING,
    ContextType,
    ListType,
    ScalarType,
    Type,
    may_be_none,
)
from engine.feel.unknown import Cause, Unknown
from tests.properties.making_scopes import Items, Scope, Variable

__all__ = ["CONSTANTS", "SCOPE", "UNKNOWN", "case", "case_with", "writer_scope"]

UNKNOWN: Final = Unknown(frozenset((Cause("fact", "left out"),)))
LEVELS: Final = ("low", "middle", "high")
INTEGER: Final = ScalarType("number", integer=True, places=0)
HUNDREDTHS: Final = ScalarType("number", places=2)

SCOPE: Final[Mapping[str, Type]] = {
    "foster": BOOLEAN,
    "excused": may_be_none(BOOLEAN),
    "days": INTEGER,
    "ratio": HUNDREDTHS,
    "extra": may_be_none(ScalarType("number", places=1)),
    "area": STRING,
    "note": may_be_none(STRING),
    "level": ScalarType("string", choices=LEVELS, ordered=True),
    "day": DATE,
    "scores": ListType(INTEGER),
    "weights": ListType(HUNDREDTHS),
    "seats": ListType(may_be_none(INTEGER)),
    "words": ListType(STRING),
    "held": ListType(may_be_none(DATE)),
    "mark": ContextType({"score": STRING, "since": may_be_none(DATE)}, path="mark"),
    "notices": ListType(
        ContextType(
            {"topic": STRING, "sent_on": may_be_none(DATE), "pages": INTEGER, "reasons": ListType(STRING)},
            path="notices[]",
        )
    ),
    "minimum": INTEGER,
    "lines": ListType(ContextType({"topic": STRING, "needs": INTEGER, "by": may_be_none(STRING)})),
    "as_of": DATE,
    "rules_as_of": DATE,
    "unset": INTEGER,
    "unset_text": STRING,
    "unset_level": ScalarType("string", choices=LEVELS, ordered=True),
    "unset_day": DATE,
    "unset_list": ListType(INTEGER),
}

CONSTANTS: Final[Mapping[str, Any]] = {
    "minimum": 3,
    "lines": [
        {"topic": "math", "needs": 2, "by": None},
        {"topic": "a b", "needs": 14, "by": "teacher"},
        {"topic": "ela", "needs": 0, "by": None},
    ],
    "as_of": date(2024, 3, 1),
    "rules_as_of": date(2023, 8, 1),
    "unset": UNKNOWN,
    "unset_text": UNKNOWN,
    "unset_level": UNKNOWN,
    "unset_day": UNKNOWN,
    "unset_list": UNKNOWN,
}
"""What is the same for every case; parameters without a value on the date are unknown."""

_TEXTS: Final = (
    "",
    "a",
    "math",
    "ela",
    "B-12",
    "a b",
    "x1",
    "Straße",
    "😀é\u0301b",
    "it's",
    'say "no"\n',
    "2024-02-29",
)
_NEAR: Final = (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2019, 1, 15), date(2019, 2, 1))
_FAR: Final = (date.min, date(1, 3, 31), date(9999, 12, 31), date(9999, 2, 28), date(1900, 2, 28), date(2000, 2, 29))


def case(random: Random) -> dict[str, Any]:
    """A case; each fact and each fact of an item may be left out."""

    def fact(value: Any, *, none: bool = False) -> Any:
        chance = random.random()
        return UNKNOWN if chance < 0.15 else None if none and chance < 0.4 else value

    def several(item: Callable[[], Any]) -> Any:
        return fact([item() for _ in range(random.choice((0, 1, 1, 2, 2, 3, 5)))])

    def whole() -> int:
        return random.choice((-15, -3, -2, -1, 0, 1, 2, 2, 3, 4, 5, 14, 15, 2023, 10**9))

    def hundredths() -> Decimal:
        return Decimal(random.choice((-1250, -50, 0, 1, 25, 50, 100, 125, 150, 250, 333, 10**8))) / 100

    def text() -> str:
        return random.choice(_TEXTS)

    def day() -> date:
        return random.choice(_FAR if random.random() < 0.15 else _NEAR)

    def notice() -> dict[str, Any]:
        return {
            "topic": fact(text()),
            "sent_on": fact(day(), none=True),
            "pages": fact(whole()),
            "reasons": several(lambda: fact(text())),
        }

    return {
        "foster": fact(random.random() < 0.5),
        "excused": fact(random.random() < 0.5, none=True),
        "days": fact(whole()),
        "ratio": fact(hundredths()),
        "extra": fact(Decimal(whole()) / 10, none=True),
        "area": fact(text()),
        "note": fact(text(), none=True),
        "level": fact(random.choice(LEVELS)),
        "day": fact(day()),
        "scores": several(lambda: fact(whole())),
        "weights": several(lambda: fact(hundredths())),
        "seats": several(lambda: fact(whole(), none=True)),
        "words": several(lambda: fact(text())),
        "held": several(lambda: fact(day(), none=True)),
        "mark": {"score": fact(text()), "since": fact(day(), none=True)},
        "notices": several(notice),
    }


def case_with(**facts: Any) -> dict[str, Any]:
    """A case of which only these facts are known (those of `mark` are given as `score`, `since`)."""
    mark = {name: facts.pop(name, UNKNOWN) for name in ("score", "since")}
    return {name: facts.pop(name, UNKNOWN) for name in SCOPE if name not in CONSTANTS and name != "mark"} | {
        "mark": mark
    }


def writer_scope() -> Scope:
    """What the writers of random expressions may name."""
    scope = Scope()
    for name, type_ in SCOPE.items():
        if name.startswith("unset"):
            continue
        match type_:
            case ListType(element=ContextType() as inner):
                scope.lists.append(Items(name, tuple(_variables(inner.entries))))
            case ListType(element=ScalarType() as element):
                scope.lists.append(Items(name, item=_variable("", element)))
            case ContextType():
                scope.variables.extend(_variables(type_.entries, f"{name}."))
            case ScalarType():
                scope.variables.append(_variable(name, type_))
            case _:
                raise AssertionError(type_)
    return scope


def _variables(entries: Mapping[str, Type], prefix: str = "") -> list[Variable]:
    return [_variable(prefix + name, type_) for name, type_ in entries.items() if isinstance(type_, ScalarType)]


def _variable(text: str, type_: ScalarType) -> Variable:
    return Variable(text, type_.name, type_.optional, type_.choices, type_.ordered, type_.integer)
