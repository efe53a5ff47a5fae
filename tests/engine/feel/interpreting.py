"""Evaluating an expression, outside rulesets and in one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.feel.checker import check
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse
from engine.feel.run import Run
from engine.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    NUMBER,
    STRING,
    ContextType,
    ListType,
    ScalarType,
    Type,
    may_be_none,
)
from engine.feel.unknown import Cause, Unknown

LEVEL = ScalarType("string", choices=("low", "middle", "high"), ordered=True)


NOTICE = ContextType({"area": STRING, "sent_on": may_be_none(DATE)})


SCOPE: Mapping[str, Type] = {
    "a": BOOLEAN,
    "b": BOOLEAN,
    "n": NUMBER,
    "m": NUMBER,
    "maybe": may_be_none(NUMBER),
    "level": LEVEL,
    "other_level": LEVEL,
    "day": DATE,
    "moment": DATE_TIME,
    "numbers": ListType(NUMBER),
    "notices": ListType(NOTICE),
    "mark": ContextType({"score": STRING, "since": may_be_none(DATE)}),
}


def unknown(*paths: str) -> Unknown:
    return Unknown(frozenset(Cause("fact", path) for path in paths))


def standard(text: str, *, run: Run | None = None, **values: Any) -> Any:
    """The value of an expression outside rulesets."""
    checked = check(parse(text, values), dict.fromkeys(values, may_be_none(STRING)), source=text, strict=False)
    return evaluate(checked, values, run or Run(as_of=date(2024, 1, 31)))


def ruled(text: str, **values: Any) -> Any:
    """The value of an expression in a ruleset; names that are not given are facts left out."""
    checked = check(parse(text), SCOPE, source=text)
    given = {name: values.get(name, unknown(name)) for name in SCOPE}
    return evaluate(checked, given, Run(as_of=date(2024, 1, 31)), where="values.x")


def causes(value: Any) -> set[str]:
    """The paths of what makes a value unknown."""
    assert isinstance(value, Unknown)
    return {cause.path for cause in value.causes}
