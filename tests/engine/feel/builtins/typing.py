"""Arguments that fit what a built-in says it takes, and whether a result is of the type that it promises."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import strategies as st

from engine.feel.builtins import Overload
from engine.feel.builtins.fitting import fits
from engine.feel.decimals import is_whole
from engine.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NUMBER,
    STRING,
    TIME,
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    ScalarType,
    Type,
    may_be_none,
)
from engine.feel.values import FunctionValue, Range, kind_of
from tests.engine.feel import drawing

WHOLE = ScalarType("number", integer=True)

SCALARS: dict[Type, st.SearchStrategy[Any]] = {
    WHOLE: st.one_of(drawing.small_numbers, drawing.whole_numbers),
    NUMBER: drawing.numbers,
    STRING: drawing.texts,
    BOOLEAN: drawing.booleans,
    DATE: drawing.any_dates,
    TIME: drawing.times,
    DATE_TIME: drawing.date_times,
    DAYS_DURATION: drawing.days_durations,
    MONTHS_DURATION: drawing.months_durations,
}


def _range(ends: tuple[Any, Any], low_included: bool, high_included: bool) -> Range:
    return Range(ends[0], low_included, ends[1], high_included)


PIECES: dict[Type, st.SearchStrategy[Any]] = {
    **SCALARS,
    **{ListType(type_): st.lists(kind, max_size=4) for type_, kind in SCALARS.items()},
    **{
        ListType(may_be_none(type_)): st.lists(st.one_of(st.none(), kind), max_size=3)
        for type_, kind in SCALARS.items()
    },
    **{
        RangeType(type_): st.builds(_range, st.tuples(kind, kind), st.booleans(), st.booleans())
        for type_, kind in SCALARS.items()
        if type_ != BOOLEAN
    },
    ListType(ListType(NUMBER)): st.lists(st.lists(drawing.numbers, max_size=2), max_size=3),
    ContextType({"a": NUMBER}): st.fixed_dictionaries({"a": drawing.numbers}),
    ListType(ContextType({"a": NUMBER})): st.lists(st.fixed_dictionaries({"a": drawing.numbers}), max_size=3),
    FunctionType((ANY, ANY), BOOLEAN): st.just(FunctionValue(("a", "b"), lambda a, b: str(a) < str(b))),
}
"""What arguments are drawn from, by their types."""


def type_lists(overload: Overload) -> list[tuple[Type, ...]]:
    """Lists of argument types that an overload takes: each type at each of its first two places, beside some others."""
    most = min(4, overload.least + 2 if overload.most is None else overload.most)
    lists: list[tuple[Type, ...]] = []
    for count in range(overload.least, most + 1):
        choices = [[type_ for type_ in PIECES if overload.parameter(place).takes(type_)] for place in range(count)]
        lists += product(*choices[:2], *(kinds[:3] for kinds in choices[2:]))
    return [types for types in lists if overload.result_type(types) is not None]


def arguments_of(types: tuple[Type, ...]) -> st.SearchStrategy[list[Any]]:
    """Arguments of these types."""
    return st.tuples(*(PIECES[type_] for type_ in types)).map(list)


def belongs(value: Any, type_: Type) -> bool:
    """Whether a known value is one of a type, down to its parts."""
    if value is None or type_ == ANY:
        return type_.optional
    if isinstance(type_, ListType):
        return isinstance(value, list) and all(belongs(item, type_.element) for item in value)
    if isinstance(type_, RangeType):
        return isinstance(value, Range)
    if isinstance(type_, ContextType):
        return isinstance(value, dict)
    if isinstance(type_, FunctionType):
        return isinstance(value, FunctionValue)
    if not isinstance(type_, ScalarType) or not fits(type_, ScalarType(kind_of(value))):
        return False
    return (not type_.choices or value in type_.choices) and (not type_.integer or is_whole(value))
