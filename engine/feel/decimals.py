"""FEEL's numbers: whole numbers and decimals of 34 digits, rounded half to even, never binary fractions.

Whole numbers are `int` and the others `Decimal`, in a context of our own; the thread's decimal context is neither read
nor changed. An operation without a result (a division by zero, a result that is too large) gives None.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final, TypeAlias

__all__ = [
    "CONTEXT",
    "Number",
    "bounded",
    "divide",
    "is_number",
    "is_whole",
    "modulo",
    "number_text",
    "power",
    "read_number",
    "round_to",
    "whole",
]

Number: TypeAlias = int | Decimal

CONTEXT: Final = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""IEEE 754 decimal128, which the standard asks for."""

_WHOLE_LIMIT: Final = 10**34
_MIN_SCALE: Final = -6111
_MAX_SCALE: Final = 6176
_PLAIN_DIGITS: Final = 50
_LARGEST_EXPONENT: Final = 40_000


def is_number(value: Any) -> bool:
    """Whether `value` is a number (booleans are none)."""
    return value.__class__ is int or value.__class__ is Decimal


def bounded(value: int) -> Number:
    """`value`, rounded to 34 digits when it has more."""
    if -_WHOLE_LIMIT < value < _WHOLE_LIMIT:
        return value
    return CONTEXT.create_decimal(value)


def is_whole(value: Number) -> bool:
    """Whether `value` has no fraction."""
    return value.__class__ is int or value == CONTEXT.to_integral_value(value)


def whole(value: Any) -> int | None:
    """A number without its fraction, as an int; None for what is no number, or one of more than 34 digits."""
    if value.__class__ is int:
        return value if -_WHOLE_LIMIT < value < _WHOLE_LIMIT else None
    if value.__class__ is Decimal and value.adjusted() <= CONTEXT.prec:
        return int(value)
    return None


def divide(left: Number, right: Number) -> Number | None:
    """`left / right`; None when `right` is zero or the result is too large."""
    if not right:
        return None
    if left.__class__ is int and right.__class__ is int and not left % right:
        return bounded(int(left // right))
    try:
        return CONTEXT.divide(left, right)
    except ArithmeticError:
        return None


def power(base: Number, exponent: Number) -> Number | None:
    """`base ** exponent`; None when there is no real result or it is too large."""
    if not exponent:
        return 1
    if not base and exponent < 0:
        return None
    try:
        result = CONTEXT.power(base, exponent)
    except ArithmeticError:
        return None
    return int(result) if base.__class__ is int and _is_short_whole(result) else result


def _is_short_whole(value: Decimal) -> bool:
    return value.adjusted() < CONTEXT.prec and value == CONTEXT.to_integral_value(value)


def modulo(dividend: Number, divisor: Number) -> Number | None:
    """`dividend - divisor * floor(dividend / divisor)`: it has the sign of the divisor. None when that is zero."""
    if not divisor:
        return None
    if dividend.__class__ is int and divisor.__class__ is int:
        return bounded(int(dividend % divisor))
    try:
        remainder = CONTEXT.remainder(dividend, divisor)
        return CONTEXT.add(remainder, divisor) if remainder and (remainder < 0) != (divisor < 0) else remainder
    except ArithmeticError:
        return None


def round_to(value: Number, scale: int, rounding: str) -> Number | None:
    """`value` with at most `scale` decimals (a negative scale rounds to tens, hundreds, …), by one of decimal's modes.

    None when `scale` is outside -6111 to 6176.
    """
    if not _MIN_SCALE <= scale <= _MAX_SCALE:
        return None
    decimal = value if isinstance(value, Decimal) else CONTEXT.create_decimal(value)
    if scale >= -int(decimal.as_tuple().exponent):
        return value
    exponent = Decimal((0, (1,), -scale))
    try:
        rounded = decimal.quantize(exponent, rounding=rounding, context=CONTEXT)
    except ArithmeticError:
        return None
    if not rounded:
        return 0
    return int(rounded) if scale <= 0 and rounded.adjusted() < CONTEXT.prec else rounded


def read_number(text: str) -> Number | None:
    """The number that `text` writes (digits, a point, an exponent), rounded to 34 digits; None when it is too large."""
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and (len(exponent) > 8 or abs(int(exponent)) > _LARGEST_EXPONENT):
        return None if mantissa.strip("-0.") else 0
    try:
        number = CONTEXT.create_decimal(text)
    except ArithmeticError:
        return None
    return int(number) if "." not in text and not exponent and number.adjusted() < CONTEXT.prec else number


def number_text(value: Number) -> str:
    """The shortest text of a number: no exponent, no zeros at the end of a fraction.

    Numbers that would take more than 50 digits to write out are written with an exponent.
    """
    if value.__class__ is int:
        return str(value) if -_WHOLE_LIMIT < value < _WHOLE_LIMIT else number_text(CONTEXT.create_decimal(value))
    decimal = CONTEXT.normalize(value)
    if not decimal:
        return "0"
    return format(decimal, "f") if -_PLAIN_DIGITS < decimal.adjusted() < _PLAIN_DIGITS else str(decimal)
