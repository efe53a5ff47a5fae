"""Built-ins on numbers (DMN 1.5, table 77). Results have 34 digits; square roots and the like are rounded to that."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any, Final

from engine.feel.arithmetic import negate
from engine.feel.builtins.fitting import INTEGER, Accepts
from engine.feel.builtins.model import Builtin, Overload, Param
from engine.feel.decimals import CONTEXT, Number, is_number, round_to, whole
from engine.feel.decimals import modulo as modulo_numbers
from engine.feel.temporal import DaysDuration, MonthsDuration
from engine.feel.types import BOOLEAN, NUMBER, AnyType, ScalarType, Type

__all__ = ["BUILTINS"]


def _rounding(mode: str) -> Callable[..., Number | None]:
    def rounded(number: Any, scale: Any = 0) -> Number | None:
        places = whole(scale)
        return round_to(number, places, mode) if is_number(number) and places is not None else None

    return rounded


def _abs(number: Any) -> Any:
    """The value without its sign, of a number or a duration."""
    if is_number(number):
        return negate(number) if number < 0 else number
    if isinstance(number, DaysDuration):
        return DaysDuration(abs(number.nanoseconds))
    if isinstance(number, MonthsDuration):
        return MonthsDuration(abs(number.months))
    return None


def _modulo(dividend: Any, divisor: Any) -> Number | None:
    return modulo_numbers(dividend, divisor) if is_number(dividend) and is_number(divisor) else None


def _function(compute: Callable[[Decimal], Decimal]) -> Callable[[Any], Decimal | None]:
    def computed(number: Any) -> Decimal | None:
        if not is_number(number):
            return None
        try:
            return compute(CONTEXT.create_decimal(number))
        except ArithmeticError:
            return None

    return computed


def _log(number: Decimal) -> Decimal:
    """The natural logarithm; an error for zero, of which decimal makes minus infinity."""
    if not number:
        raise ZeroDivisionError
    return CONTEXT.ln(number)


def _odd(number: Any) -> bool | None:
    remainder = _modulo(number, 2)
    return remainder == 1 if is_number(number) else None


def _even(number: Any) -> bool | None:
    remainder = _modulo(number, 2)
    return not remainder if is_number(number) else None


_AMOUNT: Final = Accepts(
    "a number or a duration",
    lambda type_: (
        isinstance(type_, AnyType)
        or (
            isinstance(type_, ScalarType)
            and type_.name in {"number", "days and time duration", "years and months duration"}
        )
    ),
)


def _same(arguments: tuple[Type, ...]) -> Type:
    return arguments[0]


def _remainder(arguments: tuple[Type, ...]) -> Type:
    both_whole = all(isinstance(type_, ScalarType) and type_.integer for type_ in arguments)
    return INTEGER if both_whole else NUMBER


def _rounds(name: str, mode: str, *, scale_needed: bool) -> Builtin:
    scaled = Overload((Param("n", NUMBER), Param("scale", NUMBER)), NUMBER, "unknown")
    unscaled = Overload((Param("n", NUMBER),), INTEGER)
    return Builtin(name, (scaled,) if scale_needed else (unscaled, scaled), _rounding(mode))


_N: Final = Param("n", NUMBER)
_NUMBER: Final = Param("number", NUMBER)

BUILTINS: Final = (
    _rounds("decimal", ROUND_HALF_EVEN, scale_needed=True),
    _rounds("floor", ROUND_FLOOR, scale_needed=False),
    _rounds("ceiling", ROUND_CEILING, scale_needed=False),
    _rounds("round up", ROUND_UP, scale_needed=False),
    _rounds("round down", ROUND_DOWN, scale_needed=False),
    _rounds("round half up", ROUND_HALF_UP, scale_needed=False),
    _rounds("round half down", ROUND_HALF_DOWN, scale_needed=False),
    Builtin("abs", (Overload((Param("n", _AMOUNT),), _same),), _abs),
    Builtin(
        "modulo",
        (Overload((Param("dividend", NUMBER), Param("divisor", NUMBER)), _remainder, "unknown"),),
        _modulo,
    ),
    Builtin("sqrt", (Overload((_NUMBER,), NUMBER, "unknown"),), _function(CONTEXT.sqrt)),
    Builtin("log", (Overload((_NUMBER,), NUMBER, "unknown"),), _function(_log)),
    Builtin("exp", (Overload((_NUMBER,), NUMBER, "unknown"),), _function(CONTEXT.exp)),
    Builtin("odd", (Overload((_NUMBER,), BOOLEAN),), _odd),
    Builtin("even", (Overload((_NUMBER,), BOOLEAN),), _even),
)
