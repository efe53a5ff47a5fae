"""Order, equality, ranges and `in`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.errors import FeelBudgetError
from engine.feel.operators import (
    OPEN,
    between,
    contains,
    equal,
    greater,
    greater_equal,
    in_test,
    less,
    less_equal,
    make_range,
    not_equal,
)
from engine.feel.run import Run
from engine.feel.temporal import Time
from engine.feel.values import Range, kind_of
from tests.engine.feel import drawing
from tests.engine.feel.unknowns import causes, unknown


@given(drawing.ordered, drawing.ordered)
def test_ordering_laws(a: Any, b: Any) -> None:
    if less(a, b) is None:
        assert less_equal(a, b) is None
        assert greater(a, b) is None
        assert equal(a, b) in {None, False}
    else:
        assert less(a, b) == greater(b, a)
        assert less_equal(a, b) == (less(a, b) or equal(a, b))
        assert greater_equal(a, b) == (not less(a, b))
        assert less(a, b) + equal(a, b) + greater(a, b) == 1


@given(*[st.one_of(drawing.any_dates, drawing.date_times, drawing.times, drawing.days_durations)] * 3)
def test_less_is_transitive(a: Any, b: Any, c: Any) -> None:
    if less(a, b) and less(b, c):
        assert less(a, c) is True


@given(drawing.values)
def test_a_value_equals_itself(value: Any) -> None:
    if kind_of(value) != "function":
        assert equal(value, value) is True
        assert not_equal(value, value) is False


@given(drawing.values, drawing.values)
def test_equality_is_symmetric_and_null_across_kinds(left: Any, right: Any) -> None:
    assert equal(left, right) is equal(right, left)
    if left is not None and right is not None and kind_of(left) != kind_of(right):
        assert equal(left, right) is None


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([1, unknown("a")], [2, 3], False),
        ([1, unknown("a")], [1], False),
        ({"a": 1, "b": unknown("a")}, {"a": 2, "b": 3}, False),
        ({"a": unknown("a")}, {"b": 3}, False),
        (Range(unknown("a"), True, 5, True), Range(1, True, 6, True), False),
        (Range(unknown("a"), True, 5, True), Range(1, True, 5, False), False),
    ],
)
def test_a_known_part_that_differs_settles_equality(left: Any, right: Any, expected: object) -> None:
    assert equal(left, right) is expected


def test_lists_and_contexts_with_unknown_parts_may_be_equal() -> None:
    assert causes(equal([1, unknown("a")], [1, unknown("b")])) == {"a", "b"}
    assert causes(equal({"a": unknown("a")}, {"a": 1})) == {"a"}
    assert equal([1, "a"], [1, 2]) is None


@pytest.mark.parametrize(
    ("value", "range_", "expected"),
    [
        (5, Range(1, True, 5, True), True),
        (5, Range(1, True, 5, False), False),
        (5, Range(5, False, None, False), False),
        (6, Range(5, False, None, False), True),
        (0, Range(1, True, unknown("a"), True), False),
        (9, Range(unknown("a"), True, 5, True), False),
        ("a", Range(1, True, 5, True), None),
        (None, Range(1, True, 5, True), None),
        (5, None, None),
    ],
)
def test_ranges(value: Any, range_: Any, expected: object) -> None:
    assert contains(range_, value) is expected


def test_a_range_with_an_end_that_matters_and_is_unknown() -> None:
    assert causes(contains(Range(1, True, unknown("a"), True), 5)) == {"a"}
    assert causes(contains(unknown("r"), unknown("x"))) == {"r", "x"}
    assert causes(between(5, 1, unknown("a"))) == {"a"}
    assert between(0, 1, unknown("a")) is False


def test_range_literals() -> None:
    assert make_range(1, True, 3, False) == Range(1, True, 3, False)
    assert make_range(OPEN, True, 3, True) == Range(None, False, 3, True)
    assert make_range(None, True, 3, True) is None
    assert make_range(1, True, "a", True) is None
    assert make_range(OPEN, False, OPEN, False) is None
    assert make_range(True, True, True, True) is None
    assert make_range(unknown("a"), True, 3, True).__class__ is Range
    local, zoned = Time(0), Time(0, 0)
    assert make_range(local, True, zoned, True) is None


@pytest.mark.parametrize(
    ("value", "test", "expected"),
    [
        (1, [2, 3, 1], True),
        (1, [Range(2, True, 4, True), Range(1, True, 3, True)], True),
        (True, [False, 2, 3], False),
        ([1, 2], [[1, 2, 3], [1, 2]], True),
        ([1, 2], [1, 2], True),
        (1, [unknown("a"), 1], True),
        (5, 5, True),
        (5, "5", None),
        (None, [1, None], True),
    ],
)
def test_in(value: Any, test: Any, expected: object) -> None:
    assert in_test(value, test, Run()) is expected


def test_in_a_list_that_may_have_it() -> None:
    assert causes(in_test(1, [2, unknown("a")])) == {"a"}
    assert causes(in_test(unknown("x"), [1, 2])) == {"x"}
    assert in_test(unknown("x"), []) is False


def test_comparing_long_lists_takes_steps() -> None:
    run = Run(steps=500)
    assert equal(list(range(400)), list(range(400)), run) is True
    with pytest.raises(FeelBudgetError):
        equal(list(range(400)), list(range(400)), run)
