from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import builtins
from engine.feel.builtins import Overload, calendar_days
from engine.feel.builtins.model import Param
from engine.feel.errors import FeelBudgetError
from engine.feel.run import Run
from engine.feel.types import STRING, may_be_none
from engine.feel.unknown import Cause, Unknown
from engine.feel.values import key, kind_of, unknown_within
from tests.engine.calendars.small import SMALL
from tests.engine.feel import drawing
from tests.engine.feel.builtins.calling import builtin, called
from tests.engine.feel.builtins.typing import arguments_of, belongs, type_lists

ALL = sorted(builtins.names())

UNKNOWN = Unknown(frozenset({Cause("fact", "x")}))


def test_names_and_lookup() -> None:
    assert {"string length", "or else", "day of week"} <= builtins.names()
    assert builtins.get("no such thing") is None
    assert all(builtin(name).name == name for name in ALL)


@given(st.sampled_from(ALL), st.lists(drawing.values, max_size=4))
@settings(max_examples=600)
def test_any_arguments_give_a_value(name: str, arguments: list[Any]) -> None:
    try:
        result = builtins.invoke(builtin(name), Run(), arguments)
    except FeelBudgetError:
        return
    assert kind_of(result) not in {"other", "unknown"} or name in {"earliest", "latest"}


OVERLOADS = [(name, place) for name in ALL for place in range(len(builtin(name).overloads))]


@pytest.mark.parametrize(("name", "place"), OVERLOADS)
def test_results_have_the_type_that_is_promised(name: str, place: int) -> None:
    overload = builtin(name).overloads[place]
    possible = type_lists(overload)
    assert possible

    @given(st.data())
    @settings(max_examples=50)
    def promised(data: st.DataObject) -> None:
        types = data.draw(st.sampled_from(possible))
        type_ = overload.result_type(types)
        assert type_ is not None
        try:
            result = builtins.invoke(builtin(name), Run(date(2018, 8, 3), SMALL), data.draw(arguments_of(types)))
        except FeelBudgetError:
            return
        if result is None:
            assert overload.no_result != "never" or type_.optional
        elif result.__class__ is Unknown:
            assert name in {"earliest", "latest", *calendar_days.NAMES}
        else:
            assert belongs(result, type_)

    promised()


@given(st.sampled_from(ALL), st.lists(drawing.values, min_size=1, max_size=4), st.data())
@settings(max_examples=600)
def test_what_is_settled_with_an_unknown_stays_when_it_is_known(
    name: str, arguments: list[Any], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(arguments) - 1))
    filled = data.draw(drawing.values)
    blank = UNKNOWN
    whole = arguments[place]
    if isinstance(whole, list) and whole and data.draw(st.booleans()):
        inner = data.draw(st.integers(0, len(whole) - 1))
        before: Any = [*whole[:inner], blank, *whole[inner + 1 :]]
        after: Any = [*whole[:inner], filled, *whole[inner + 1 :]]
    else:
        before, after = blank, filled
    try:
        early = called(name, *arguments[:place], before, *arguments[place + 1 :])
        late = called(name, *arguments[:place], after, *arguments[place + 1 :])
    except FeelBudgetError:
        return
    if unknown_within(early) is None and kind_of(early) != "function":
        assert key(early) == key(late)
    else:
        assert unknown_within(early) is not None or kind_of(early) == "function"


@pytest.mark.parametrize("name", [name for name in ALL if builtin(name).unknown != "custom" and builtin(name).most])
def test_an_unknown_argument_makes_the_result_unknown(name: str) -> None:
    count = max(builtin(name).least, 1)
    for place in range(count):
        arguments: list[Any] = ["text"] * count
        arguments[place] = UNKNOWN
        assert called(name, *arguments) is UNKNOWN


def test_a_part_that_is_unknown_counts_where_parts_are_read() -> None:
    assert called("sum", [1, UNKNOWN]) is UNKNOWN
    assert called("count", [1, UNKNOWN]) == 2
    assert called("reverse", [1, UNKNOWN]) == [UNKNOWN, 1]


def test_the_wrong_number_of_arguments_gives_null() -> None:
    assert called("abs") is None
    assert called("abs", 1, 1) is None
    assert called("not", UNKNOWN, UNKNOWN) is None


def test_single_values_and_lists_of_one_stand_for_each_other() -> None:
    assert called("upper case", ["bob"]) == "BOB"
    assert called("upper case", ["bob", "eve"]) is None
    assert called("count", "bob") == 1
    assert called("string join", "a", "X") == "a"
    assert called("count", None) is None
    assert called("upper case", [UNKNOWN]) is UNKNOWN


@pytest.mark.parametrize(
    ("name", "given_names", "places"),
    [
        ("modulo", ["divisor", "dividend"], (1, 0)),
        ("modulo", ["dividend"], None),
        ("modulo", ["dividend", "foo"], None),
        ("number", ["from", "decimal separator"], (0, None, 1)),
        ("date", ["from"], (0,)),
        ("date", ["year", "day", "month"], (0, 2, 1)),
        ("date", ["year", "year", "month"], None),
        ("is", ["value1"], (0,)),
        ("context put", ["context", "keys", "value"], (0, 1, 2)),
        ("context put", ["context", "key", "value"], (0, None, 2, 1)),
        ("today", [], ()),
    ],
)
def test_named_arguments(name: str, given_names: list[str], places: object) -> None:
    assert builtins.arrange(builtin(name), given_names) == places


def test_calls_take_steps() -> None:
    run = Run(steps=100)
    assert builtins.invoke(builtin("count"), run, [list(range(90))]) == 90
    with pytest.raises(FeelBudgetError):
        builtins.invoke(builtin("count"), run, [list(range(90))])


def test_types_of_arguments_choose_the_result() -> None:
    length = builtin("string length").overloads[0]
    assert str(length.result_type([STRING])) == "number"
    assert length.result_type([]) is None
    assert length.result_type([STRING, STRING]) is None
    assert length.result_type([may_be_none(STRING)]) is not None
    variadic = Overload((Param("texts", STRING, variadic=True),), STRING)
    assert variadic.result_type([STRING] * 3) == STRING
    assert variadic.parameter(2).name == "texts"
