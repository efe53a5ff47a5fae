"""The digits of numbers and quotients, as text."""

from __future__ import annotations

from typing import Final

from engine.feel.sql.errors import NotCovered
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import Number, Quotient
from engine.feel.sql.wholes import let

__all__ = ["number_text", "quotient_text"]

_PRECISION: Final = 34
_STEP: Final = 17
_DIVISOR_BITS: Final = 56
"""Binary digits of the largest divisor by which digits are worked out in HUGEINT: 10^21 times it is less than 2^127."""


def number_text(plan: Plan, sql: str, shape: Number) -> str:
    """All digits of a number: no exponent, no zeros at the end of a fraction."""
    if not shape.scale:
        return f"{sql}::VARCHAR"

    def written(number: str) -> str:
        sign = f"CASE WHEN {number} < 0 THEN '-' ELSE '' END"
        return f"{sign} || {_pointed(f'abs({number})::VARCHAR', str(shape.scale))}"

    return f"({let(plan, sql, written)})"


def _pointed(digits: str, places: str) -> str:
    """The digits of a whole number with a point before the last `places` of them, and no zeros at the end after it."""
    padded = f"lpad({digits}, greatest(length({digits}), {places} + 1)::INTEGER, '0')"
    whole, fraction = f"left({padded}, -({places}))", f"rtrim(right({padded}, {places}), '0')"
    return (
        f"CASE WHEN {places} = 0 THEN {digits} WHEN {fraction} = '' THEN {whole} ELSE {whole} || '.' || {fraction} END"
    )


def quotient_text(plan: Plan, sql: str, shape: Quotient) -> str:
    """The digits of a quotient, rounded to 34 of them, half to even, as FEEL divides.

    Raises:
        NotCovered: when the divisor has too many digits.
    """
    if shape.bits > _DIVISOR_BITS:
        raise NotCovered("the text of a division by a number with very many digits")

    def signed(value: str) -> str:
        n, d = f"abs({value}.n)", f"{value}.d"
        text = let(plan, f"{n} // {d}", lambda whole: _digits(plan, whole, f"({n} % {d})", d, shape.numerator.scale))
        return f"CASE WHEN {value}.n < 0 THEN '-' ELSE '' END || {text}"

    return f"CASE WHEN {sql} IS NOT NULL THEN {let(plan, sql, signed)} END"


def _digits(plan: Plan, whole: str, rest: str, d: str, scale: int) -> str:
    """`whole` and `rest` of a division by `d` with as many decimals as make 34 digits together."""
    zeros = f"(length({d}::VARCHAR) - length({rest}::VARCHAR))"
    # The first digit that is no zero, when there is no whole part: the first power of ten that makes the rest reach d.
    first = f"CASE WHEN {rest} * {_ten(zeros)} >= {d} THEN {zeros} ELSE {zeros} + 1 END"
    places = (
        f"CASE WHEN {rest} = 0 THEN 0 WHEN {whole} > 0 THEN {_PRECISION} - length({whole}::VARCHAR)"
        f" ELSE {_PRECISION} - 1 + {first} END"
    )

    def divided(places: str) -> str:
        # In two steps, each of which stays within HUGEINT.
        one, two = f"greatest({places} - {_STEP}, 0)", f"least({places}, {_STEP})"
        high = f"({rest} * {_ten(one)})"

        def joined(high: str) -> str:
            low = f"(({high} % {d}) * {_ten(two)})"
            return let(plan, low, lambda low: rounded(high, low))

        def rounded(high: str, low: str) -> str:
            # With a whole part there are fewer than 34 places.
            cut = f"({whole} * {_ten(f'least({places}, {_PRECISION})')} + ({high} // {d}) * {_ten(two)} + {low} // {d})"
            return let(plan, cut, lambda cut: _pointed_sum(plan, cut, f"({low} % {d})", d, f"({places} + {scale})"))

        return let(plan, high, joined)

    return let(plan, places, divided)


def _pointed_sum(plan: Plan, cut: str, rest: str, d: str, places: str) -> str:
    up = f"CASE WHEN 2 * {rest} > {d} OR (2 * {rest} = {d} AND {cut} % 2 = 1) THEN 1 ELSE 0 END"
    return let(plan, f"({cut} + {up})::VARCHAR", lambda digits: _pointed(digits, places))


def _ten(power: str) -> str:
    """A power of ten, of at most 38."""
    return f"('1' || repeat('0', ({power})::INTEGER))::HUGEINT"
