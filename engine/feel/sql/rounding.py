"""Rounding numbers and quotients to so many decimals, by the modes that FEEL has."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, log2
from types import MappingProxyType
from typing import Final

from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import rescaled
from engine.feel.sql.operand import Operand
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import MOST_BITS, MOST_CROSS_BITS, Number, Quotient
from engine.feel.sql.wholes import let

__all__ = ["MODES", "rounded"]

MODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "decimal": "CASE WHEN 2 * abs({r}) > {d} OR (2 * abs({r}) = {d} AND {q} % 2 <> 0) THEN sign({n}) ELSE 0 END",
        "floor": "CASE WHEN {r} < 0 THEN -1 ELSE 0 END",
        "ceiling": "CASE WHEN {r} > 0 THEN 1 ELSE 0 END",
        "round up": "sign({r})",
        "round down": "0",
        "round half up": "CASE WHEN 2 * abs({r}) >= {d} THEN sign({n}) ELSE 0 END",
        "round half down": "CASE WHEN 2 * abs({r}) > {d} THEN sign({n}) ELSE 0 END",
    }
)
"""By the name of the function: what is added to the quotient `q` of `n` by `d`, cut towards zero, with the rest `r`."""

_MOST_PLACES: Final = 30


def rounded(plan: Plan, operand: Operand, places: int, mode: str) -> tuple[str, Number]:
    """A number or quotient with at most so many decimals (tens, hundreds … for negative `places`), and its shape.

    A quotient is rounded by FEEL to 34 digits before; with a numerator of less than 10^33 that moves it over none of
    the places at which a mode changes its mind (see `Quotient`).
    """
    if isinstance(operand.shape, Quotient):
        numerator = operand.shape.numerator
        raised = max(0, places - numerator.scale)
        wide = Number(numerator.scale + raised, MOST_BITS)
        most = numerator.bits + ceil(raised * log2(10))
        dropped = wide.scale - places
        n = rescaled(f"{operand.sql}.n", Number(numerator.scale, MOST_BITS), wide)
        d = f"{operand.sql}.d" if not dropped else f"({operand.sql}.d * {_unit(dropped)}::HUGEINT)"
        if most + 1 > MOST_CROSS_BITS or operand.shape.bits + ceil(dropped * log2(10)) > MOST_CROSS_BITS:
            raise NotCovered("rounding the result of a division with very many digits")
    else:
        dropped = operand.number.scale - places
        if dropped <= 0:
            return operand.sql, operand.number
        most = operand.number.bits
        kind = "HUGEINT" if max(most, ceil(dropped * log2(10))) + 1 > 62 else "BIGINT"
        n, d = f"{operand.sql}::{kind}", f"{_unit(dropped)}::{kind}"
    shape = Number(max(places, 0), most + 1 + ceil(max(-places, 0) * log2(10)))
    if shape.bits > MOST_BITS:
        raise NotCovered("rounding to a number with very many digits")
    sql = let(plan, n, lambda n: let(plan, d, lambda d: _divided(n, d, mode)))
    return rescaled(f"({sql})::{shape.sql_type}", Number(places, shape.bits), shape), shape


def _unit(dropped: int) -> int:
    if dropped > _MOST_PLACES:
        raise NotCovered("rounding to very many places")
    return int(10**dropped)


def _divided(n: str, d: str, mode: str) -> str:
    quotient, rest = f"({n} // {d})", f"({n} % {d})"
    return f"({quotient} + {MODES[mode].format(n=n, d=d, q=quotient, r=rest)})"
