from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.operators import contains
from engine.feel.types import BOOLEAN, DATE, NUMBER, RangeType
from engine.feel.values import Range, parse_temporal
from tests.engine.feel.builtins.calling import builtin, called, causes, unknown


def r(written: str) -> Range:
    """`[1..5)` as a range."""
    low, _, high = written[1:-1].partition("..")
    return Range(
        int(low) if low else None,
        written[0] == "[" and bool(low),
        int(high) if high else None,
        written[-1] == "]" and bool(high),
    )


@pytest.mark.parametrize(
    ("name", "left", "right", "expected"),
    [
        ("before", 1, 10, True),
        ("before", 10, 1, False),
        ("before", 1, "[1..10]", False),
        ("before", 1, "(1..10]", True),
        ("before", 1, "[5..10]", True),
        ("before", "[1..10]", 10, False),
        ("before", "[1..10)", 10, True),
        ("before", "[1..10]", "[15..20]", True),
        ("before", "[1..10]", "[10..20]", False),
        ("before", "[1..10)", "[10..20]", True),
        ("before", "[1..10]", "(10..20]", True),
        ("before", 1, "(..10]", False),
        ("before", "[1..)", "[5..6]", False),
        ("after", 10, 5, True),
        ("after", 12, "[2..5]", True),
        ("after", "(1..10]", 1, True),
        ("after", "[11..20)", "[1..11)", True),
        ("meets", "[1..5]", "[5..10]", True),
        ("meets", "[1..5)", "[5..10]", False),
        ("meets", "[1..5]", "(5..10]", False),
        ("met by", "[5..10]", "[1..5]", True),
        ("overlaps", "[1..5]", "[3..8]", True),
        ("overlaps", "[1..5]", "[6..8]", False),
        ("overlaps", "[1..5]", "[5..8]", True),
        ("overlaps", "[1..5)", "[5..8]", False),
        ("overlaps", "(5..8]", "[1..5]", False),
        ("overlaps", "[1..)", "(..1]", True),
        ("overlaps before", "[1..5]", "[3..8]", True),
        ("overlaps before", "[1..5]", "[5..8]", True),
        ("overlaps before", "[1..5)", "[5..8]", False),
        ("overlaps before", "[1..5)", "(1..5]", True),
        ("overlaps before", "[1..5]", "(1..5)", False),
        ("overlaps after", "[3..8]", "[1..5]", True),
        ("overlaps after", "(1..5]", "[1..5)", True),
        ("overlaps after", "(1..5)", "[1..5]", False),
        ("finishes", 10, "[1..10]", True),
        ("finishes", 10, "[1..10)", False),
        ("finishes", "[5..10]", "[1..10]", True),
        ("finishes", "[5..10)", "[1..10]", False),
        ("finishes", "(1..10]", "[1..10]", True),
        ("finished by", "[1..10]", "[5..10]", True),
        ("finished by", "[1..10]", 10, True),
        ("includes", "[1..10]", 5, True),
        ("includes", "(1..10]", 1, False),
        ("includes", "[1..10]", "[4..6]", True),
        ("includes", "[1..10)", "[1..10]", False),
        ("includes", "(..10]", -999, True),
        ("during", 5, "[1..10]", True),
        ("during", "(1..10)", "[1..10]", True),
        ("during", "[1..10]", "(1..10)", False),
        ("starts", 1, "[1..10]", True),
        ("starts", 1, "(1..10]", False),
        ("starts", "[1..5]", "[1..10]", True),
        ("starts", "[1..10)", "[1..10]", True),
        ("started by", "[1..10]", 1, True),
        ("started by", "[1..10]", "[1..5]", True),
        ("coincides", 5, 5, True),
        ("coincides", "[1..5]", "[1..5]", True),
        ("coincides", "(1..5]", "[1..5]", False),
        ("meets", 1, "[1..5]", None),
        ("finishes", "[1..5]", 5, None),
        ("before", 1, None, None),
        ("before", 1, True, None),
    ],
)
def test_relations(name: str, left: Any, right: Any, expected: object) -> None:
    given_values = [r(value) if isinstance(value, str) else value for value in (left, right)]
    assert called(name, *given_values) is expected


POINTS = st.integers(0, 4)
RANGES = st.builds(
    lambda low, length, low_in, high_in: Range(low, low_in, low + length, high_in),
    POINTS,
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
)
GRID = [number / 4 for number in range(-4, 40)]


def members(range_: Range) -> set[float]:
    return {point for point in GRID if contains(range_, Decimal(point)) is True}


@given(RANGES, RANGES)
def test_relations_of_ranges_are_those_of_their_points(left: Range, right: Range) -> None:
    inside, other = members(left), members(right)
    assert called("overlaps", left, right) is bool(inside & other)
    assert called("includes", left, right) is (other <= inside)
    assert called("coincides", left, right) is (inside == other)
    assert called("before", left, right) is (max(inside) < min(other))
    assert called("after", left, right) is called("before", right, left)


@given(POINTS, RANGES)
def test_relations_of_points_are_those_of_membership(point: int, range_: Range) -> None:
    inside = members(range_)
    assert called("during", point, range_) is (point in inside)
    assert called("before", point, range_) is (point < min(inside))
    assert called("starts", point, range_) is (point == min(inside))
    assert called("finishes", point, range_) is (point == max(inside))


def test_ranges_with_unknown_ends_and_points_without_order() -> None:
    assert causes(called("before", 1, Range(unknown("a"), True, 5, True))) == {"a"}
    assert called("before", parse_temporal("10:00:00"), parse_temporal("10:00:00Z")) is None


def test_types_must_go_together() -> None:
    overloads = builtin("before").overloads
    assert overloads[1].result_type([NUMBER, RangeType(NUMBER)]) == BOOLEAN
    assert overloads[1].result_type([DATE, RangeType(NUMBER)]) is None
    assert overloads[0].result_type([NUMBER, RangeType(NUMBER)]) is None
