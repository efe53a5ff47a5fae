from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.errors import FeelBudgetError
from engine.feel.run import Run
from engine.feel.temporal import Time, WideDate
from engine.feel.types import DATE, DATE_TIME, NUMBER, STRING, ListType, ScalarType, may_be_none
from engine.feel.values import FunctionValue
from tests.engine.feel import drawing
from tests.engine.feel.builtins.calling import builtin, called, causes, unknown

D = Decimal
INTEGER = ScalarType("number", integer=True)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("min", ([6, 14, -3],), -3),
        ("min", (date(2018, 8, 3), WideDate(-44, 3, 15)), WideDate(-44, 3, 15)),
        ("max", ("a", "b"), "b"),
        ("max", ([],), None),
        ("max", ([1, "a"],), None),
        ("max", ([True],), None),
        ("max", ([1, None],), None),
        ("sum", ([D("0.1"), D("0.2")],), D("0.3")),
        ("sum", (1, 2, 3), 6),
        ("sum", ([],), None),
        ("sum", ([1, None],), None),
        ("product", (2, 3, 4), 24),
        ("mean", ([1, 2],), D("1.5")),
        ("median", ([6, 1, 2, 3],), D("2.5")),
        ("median", (8, 2, 5, 3, 4), 4),
        ("stddev", ([2, 4, 7, 5],), D("2.081665999466132735282297706979931")),
        ("stddev", (47,), None),
        ("mode", ([6, 1, 9, 6, 1],), [1, 6]),
        ("mode", ([],), []),
        ("all", ([],), True),
        ("all", ([True, None, False],), False),
        ("all", ([True, 1],), None),
        ("all", (None,), None),
        ("any", ([],), False),
        ("any", ([None, True],), True),
        ("any", (None, False), None),
        ("sort", ([3, 1, 2],), [1, 2, 3]),
        ("sort", ([3, 1, 2], FunctionValue(("x", "y"), lambda x, y: x > y)), [3, 2, 1]),
        ("sort", ([3, "a"],), None),
        ("sort", ([1, 2], FunctionValue(("x",), lambda _x: True)), None),
        ("sort", ([1, 2], FunctionValue(("x", "y"), lambda _x, _y: None)), None),
    ],
)
def test_aggregates(name: str, arguments: tuple[Any, ...], expected: object) -> None:
    assert called(name, *arguments) == expected


def test_unknown_items() -> None:
    assert called("all", [False, unknown("a")]) is False
    assert called("any", unknown("a"), True) is True
    assert causes(called("all", [True, unknown("a"), unknown("b")])) == {"a", "b"}
    assert causes(called("any", unknown("a"))) == {"a"}
    assert causes(called("sum", [1, unknown("a")])) == {"a"}
    assert causes(called("sort", [1, unknown("a")])) == {"a"}
    assert called("sort", [unknown("a")])[0].__class__.__name__ == "Unknown"


def test_sorting_by_a_known_part_of_items_with_unknown_parts() -> None:
    items = [{"day": 2, "area": unknown("a")}, {"day": 1, "area": "Reading"}]
    by_day = FunctionValue(("x", "y"), lambda x, y: x["day"] < y["day"])
    assert [item["day"] for item in called("sort", items, by_day)] == [1, 2]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers())))
def test_sorting_keeps_the_order_of_equals(items: list[tuple[int, int]]) -> None:
    by_first = FunctionValue(("x", "y"), lambda x, y: x[0] < y[0])
    assert called("sort", items, by_first) == sorted(items, key=lambda item: item[0])


@given(st.lists(drawing.decimals, min_size=1))
def test_least_and_greatest_of_numbers(items: list[Decimal]) -> None:
    assert called("min", items) == min(items)
    assert called("max", items) == max(items)
    assert called("min", items) <= called("median", items) <= called("max", items)


def test_a_result_that_is_too_large_is_not_taken_for_an_empty_list() -> None:
    with pytest.raises(FeelBudgetError):
        called("product", [D("1E6000"), D("1E6000")])


def test_sorting_takes_steps() -> None:
    with pytest.raises(FeelBudgetError):
        builtin("sort").call(Run(steps=1_000), list(range(500)))


def test_types_of_aggregates() -> None:
    least = builtin("min")
    assert least.overloads[0].result_type([ListType(DATE)]) == may_be_none(DATE)
    assert least.overloads[0].result_type([ListType(may_be_none(DATE))]) is None
    assert least.overloads[0].result_type([ListType(DATE_TIME)]) is None
    assert least.overloads[1].result_type([DATE, DATE]) == DATE
    assert least.overloads[1].result_type([DATE, NUMBER]) is None
    assert least.overloads[1].result_type([ScalarType("string", choices=("low", "high"), ordered=True)]) is None
    cents = ScalarType("number", places=2)
    assert builtin("sum").overloads[0].result_type([ListType(cents)]) == may_be_none(cents)
    assert builtin("sum").overloads[1].result_type([INTEGER, cents]) == cents
    assert builtin("sort").overloads[0].result_type([ListType(STRING)]) == ListType(STRING)


def test_times_with_and_without_a_zone_have_no_least() -> None:
    assert called("min", Time(0), Time(0, 0)) is None
