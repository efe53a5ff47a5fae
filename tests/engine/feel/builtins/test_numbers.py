from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from engine.feel.decimals import Number
from engine.feel.temporal import DaysDuration, MonthsDuration
from tests.engine.feel import drawing
from tests.engine.feel.builtins.calling import called

D = Decimal


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("decimal", (D("0.515"), 2), D("0.52")),
        ("decimal", (D("2.5"), 0), 2),
        ("decimal", (D("0.33333"), D("2.5")), D("0.33")),
        ("decimal", (1,), None),
        ("floor", (D("-1.5"),), -2),
        ("floor", (D("1.56"), 1), D("1.5")),
        ("floor", (D("1.56"), None), None),
        ("ceiling", (D("-0.3"),), 0),
        ("ceiling", (D("1.56"), 1), D("1.6")),
        ("round up", (D("-5.5"), 0), -6),
        ("round up", (D("1.121"), 2), D("1.13")),
        ("round down", (D("-1.126"), 2), D("-1.12")),
        ("round half up", (D("-5.5"), 0), -6),
        ("round half up", (D("5.5"), 6177), None),
        ("round half down", (D("5.5"), 0), 5),
        ("round half down", (D("-1.126"), 2), D("-1.13")),
        ("abs", (-3,), 3),
        ("abs", (DaysDuration(-1),), DaysDuration(1)),
        ("abs", (MonthsDuration(-1),), MonthsDuration(1)),
        ("abs", (True,), None),
        ("modulo", (-12, 5), 3),
        ("modulo", (12, -5), -3),
        ("modulo", (D("-10.1"), D("4.5")), D("3.4")),
        ("modulo", (D("10.1"), D("-4.5")), D("-3.4")),
        ("modulo", (12, 0), None),
        ("sqrt", (16,), 4),
        ("sqrt", (-1,), None),
        ("sqrt", (2,), D("1.414213562373095048801688724209698")),
        ("exp", (0,), 1),
        ("exp", (10**6,), None),
        ("log", (1,), 0),
        ("log", (0,), None),
        ("log", (-1,), None),
        ("odd", (-1,), True),
        ("odd", (D("1.5"),), False),
        ("even", (0,), True),
        ("even", (D("1E40"),), True),
        ("even", ("4",), None),
    ],
)
def test_numbers(name: str, arguments: tuple[Any, ...], expected: object) -> None:
    assert called(name, *arguments) == expected


@given(drawing.whole_numbers, drawing.whole_numbers)
def test_modulo_has_the_sign_of_the_divisor(dividend: int, divisor: int) -> None:
    remainder = called("modulo", dividend, divisor)
    if divisor:
        assert remainder == dividend % divisor
    else:
        assert remainder is None


@given(drawing.decimals)
def test_rounding_down_and_up_enclose_the_number(number: Number) -> None:
    assert called("floor", number) <= number <= called("ceiling", number)
    assert abs(called("round down", number)) <= abs(number) <= abs(called("round up", number))
    assert abs(called("round half up", number) - number) <= D("0.5")
