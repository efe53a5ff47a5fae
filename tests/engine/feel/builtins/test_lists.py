from __future__ import annotations

from typing import Any

import pytest

from engine.feel.errors import FeelBudgetError
from engine.feel.run import MAX_ITEMS
from engine.feel.types import ANY, BOOLEAN, NUMBER, STRING, ListType, ScalarType
from engine.feel.values import FunctionValue
from tests.engine.feel.builtins.calling import builtin, called, causes, unknown

LESS = FunctionValue(("item", "new"), lambda item, new: item < new)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("list contains", ([1, None], None), True),
        ("list contains", ([1, 2], "1"), False),
        ("list contains", ([[1], [2]], [2]), True),
        ("list contains", (None, 1), None),
        ("count", ([],), 0),
        ("sublist", ([1, 2, 3], 2), [2, 3]),
        ("sublist", ([1, 2, 3], -2, 1), [2]),
        ("sublist", ([1, 2, 3], 1, 4), None),
        ("sublist", ([1, 2, 3], 0), None),
        ("append", ([1], 2, 3), [1, 2, 3]),
        ("append", ([1],), [1]),
        ("append", (None, 1), None),
        ("concatenate", ([1], [2, 3], []), [1, 2, 3]),
        ("concatenate", ([1], None), None),
        ("insert before", ([1, 3], 2, 2), [1, 2, 3]),
        ("insert before", ([1, 2], 3, 3), [1, 2, 3]),
        ("insert before", ([1, 2], -1, 3), [1, 3, 2]),
        ("insert before", ([1, 2], 4, 3), None),
        ("insert before", ([1, 2], 0, 3), None),
        ("remove", ([1, 2, 3], 2), [1, 3]),
        ("remove", ([1, 2, 3], -1), [1, 2]),
        ("remove", ([1, 2, 3], 4), None),
        ("list replace", ([1, 2, 3], 2, 4), [1, 4, 3]),
        ("list replace", ([2, 4], LESS, 3), [3, 4]),
        ("list replace", ([2, 4], FunctionValue(("item", "new"), lambda item, _new: item), 3), None),
        ("list replace", ([2, 4], FunctionValue(("item",), lambda _item: True), 3), None),
        ("reverse", ([1, 2, 3],), [3, 2, 1]),
        ("index of", ([1, 2, 3, 2], 2), [2, 4]),
        ("index of", ([None], None), [1]),
        ("union", ([1, 2], [2, 3]), [1, 2, 3]),
        ("distinct values", ([1, True, "1", 1, None, None],), [1, True, "1", None]),
        ("flatten", ([[1, [2]], [[[3]]], 4],), [1, 2, 3, 4]),
        ("flatten", ([],), []),
    ],
)
def test_lists(name: str, arguments: tuple[Any, ...], expected: object) -> None:
    assert called(name, *arguments) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("list contains", ([1, unknown("a")], 1), True),
        ("list contains", ([], unknown("a")), False),
        ("count", ([unknown("a"), 1],), 2),
    ],
)
def test_what_the_known_items_settle(name: str, arguments: tuple[Any, ...], expected: object) -> None:
    assert called(name, *arguments) is expected or called(name, *arguments) == expected


def test_unknown_items_stay_in_lists() -> None:
    assert causes(called("append", [1], unknown("a"))[1]) == {"a"}
    assert causes(called("concatenate", [1], [unknown("a")])[1]) == {"a"}
    assert causes(called("insert before", [1], 1, unknown("a"))[0]) == {"a"}
    assert causes(called("remove", [1, unknown("a")], 1)[0]) == {"a"}
    assert causes(called("list replace", [1], 1, unknown("a"))[0]) == {"a"}


def test_what_unknown_items_leave_open() -> None:
    assert causes(called("list contains", [2, unknown("a")], 1)) == {"a"}
    assert causes(called("index of", [1, unknown("a")], 1)) == {"a"}
    assert causes(called("distinct values", [1, [unknown("a")]])) == {"a"}
    assert causes(called("list replace", [1], unknown("a"), 1)) == {"a"}
    matching = FunctionValue(("item", "new"), lambda _item, _new: unknown("b"))
    assert causes(called("list replace", [1, 2], matching, 3)) == {"b"}


def test_lists_have_a_limit() -> None:
    half = [0] * (MAX_ITEMS // 2 + 1)
    for name in ("concatenate", "union"):
        with pytest.raises(FeelBudgetError):
            called(name, half, half)
    with pytest.raises(FeelBudgetError):
        called("append", [0] * MAX_ITEMS, 0)
    with pytest.raises(FeelBudgetError):
        called("insert before", [0] * MAX_ITEMS, 1, 0)
    with pytest.raises(FeelBudgetError):
        called("flatten", [half, half])
    doubled: list[Any] = []
    for _ in range(60):
        doubled = [doubled, doubled]
    with pytest.raises(FeelBudgetError):
        called("flatten", doubled)


def test_deep_lists_are_flattened() -> None:
    deep: list[Any] = [1]
    for _ in range(10_000):
        deep = [deep]
    assert called("flatten", deep) == [1]


AREAS = ScalarType("string", choices=("Reading", "Writing"))


def test_types_of_lists() -> None:
    strings = ListType(STRING)
    assert builtin("list contains").overloads[0].result_type([strings, STRING]) == BOOLEAN
    assert builtin("list contains").overloads[0].result_type([strings, NUMBER]) is None
    assert builtin("append").overloads[0].result_type([strings, NUMBER]) is None
    assert builtin("append").overloads[0].result_type([ListType(ANY), NUMBER]) == ListType(NUMBER)
    assert builtin("concatenate").overloads[0].result_type([ListType(AREAS), ListType(AREAS)]) == ListType(AREAS)
    assert builtin("concatenate").overloads[0].result_type([ListType(AREAS), strings]) == strings
    assert builtin("reverse").overloads[0].result_type([ListType(AREAS)]) == ListType(AREAS)
    assert builtin("upper case").overloads[0].result_type([AREAS]) == STRING
    assert builtin("flatten").overloads[0].result_type([ListType(strings)]) == strings
