from __future__ import annotations

import decimal
from decimal import Context, Decimal

import pytest
from hypothesis import given

from engine.feel.decimals import CONTEXT, Number, number_text, power, read_number, round_to, whole
from engine.feel.operators import add, divide, multiply, negate, subtract
from tests.engine.feel import drawing

REFERENCE = Context(prec=34, Emax=6144, Emin=-6143, traps=[decimal.InvalidOperation, decimal.Overflow])


@given(drawing.numbers, drawing.numbers)
def test_arithmetic_is_that_of_decimals_of_34_digits(left: Number, right: Number) -> None:
    for operator, name in ((add, "add"), (subtract, "subtract"), (multiply, "multiply"), (divide, "divide")):
        if name == "divide" and not right:
            assert divide(left, right) is None
            continue
        try:
            expected = getattr(REFERENCE, name)(Decimal(left), Decimal(right))
        except decimal.Overflow:
            expected = None
        assert operator(left, right) == expected


def test_a_tenth_and_two_tenths_are_three_tenths() -> None:
    assert add(Decimal("0.1"), Decimal("0.2")) == Decimal("0.3")


def test_the_context_of_the_thread_is_neither_read_nor_changed() -> None:
    with decimal.localcontext(prec=3) as context:
        context.clear_flags()
        assert divide(2, 3) == Decimal("0.6666666666666666666666666666666667")
        assert multiply(Decimal("1.23456"), Decimal("1.23456")) == Decimal("1.5241383936")
        assert negate(Decimal("1.23456")) == Decimal("-1.23456")
        assert whole(Decimal("123456.7")) == 123_456
        assert round_to(Decimal("1.23456"), 4, decimal.ROUND_HALF_UP) == Decimal("1.2346")
        assert not any(context.flags.values())


@given(drawing.numbers)
def test_numbers_are_read_as_they_are_written(number: Number) -> None:
    assert read_number(number_text(number)) == CONTEXT.create_decimal(number)


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [
        (3, 20, 3_486_784_401),
        (5, -2, Decimal("0.04")),
        (0, 0, 1),
        (-2, 3, -8),
        (4, Decimal("0.5"), 2),
        (-4, Decimal("0.5"), None),
        (0, -1, None),
        (2, 10**30, None),
        (10, 40, Decimal("1E40")),
    ],
)
def test_powers(base: Number, exponent: Number, expected: Number | None) -> None:
    assert power(base, exponent) == expected


@pytest.mark.parametrize(
    ("number", "scale", "expected"),
    [
        (Decimal("2.5"), 0, 3),
        (Decimal("-2.5"), 0, -3),
        (1255, -1, 1260),
        (Decimal("5.5"), 6176, Decimal("5.5")),
        (Decimal("5.5"), 6177, None),
        (Decimal("5.5"), -6112, None),
        (Decimal("-0.2"), 0, 0),
    ],
)
def test_rounding_half_up(number: Number, scale: int, expected: Number | None) -> None:
    assert round_to(number, scale, decimal.ROUND_HALF_UP) == expected


@pytest.mark.parametrize(("text", "expected"), [("1e999999999", None), ("0e999999999", 0), ("1e-999999999", None)])
def test_exponents_without_end(text: str, expected: object) -> None:
    assert read_number(text) == expected
