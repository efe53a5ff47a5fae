"""FEEL's arithmetic (DMN 1.5, chapter 10.3.2.3) on values that may be unknown.

What the standard gives no result for is null; an unknown operand makes the result unknown.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from engine.feel.decimals import CONTEXT, bounded
from engine.feel.decimals import divide as divide_numbers
from engine.feel.decimals import power as power_numbers
from engine.feel.errors import FeelBudgetError
from engine.feel.run import MAX_TEXT
from engine.feel.temporal import DaysDuration, MonthsDuration
from engine.feel.temporal_arithmetic import TEMPORAL, minus, plus, ratio, scaled, shared
from engine.feel.unknown import Unknown, join

__all__ = ["add", "divide", "multiply", "negate", "power", "subtract"]

_NUMBERS: Final = frozenset({int, Decimal})
_DURATIONS: Final = frozenset({DaysDuration, MonthsDuration})


def add(left: Any, right: Any) -> Any:
    """`left + right`: numbers, strings (joined), dates and times with durations, durations.

    Raises:
        FeelBudgetError: when a joined string is too long.
    """
    left_class, right_class = left.__class__, right.__class__
    if left_class is int and right_class is int:
        return bounded(left + right)
    if left_class in _NUMBERS and right_class in _NUMBERS:
        try:
            return CONTEXT.add(left, right)
        except ArithmeticError:
            return None
    if left_class is Unknown or right_class is Unknown:
        return join(left, right)
    if left_class is str and right_class is str:
        if len(left) + len(right) > MAX_TEXT:
            raise FeelBudgetError("a string would be longer than one may be")
        return left + right
    return plus(left, right) if left_class in TEMPORAL and right_class in TEMPORAL else None


def subtract(left: Any, right: Any) -> Any:
    """`left - right`: numbers, dates and times (the duration between them, or less a duration), durations."""
    left_class, right_class = left.__class__, right.__class__
    if left_class is int and right_class is int:
        return bounded(left - right)
    if left_class in _NUMBERS and right_class in _NUMBERS:
        try:
            return CONTEXT.subtract(left, right)
        except ArithmeticError:
            return None
    if left_class is Unknown or right_class is Unknown:
        return join(left, right)
    return minus(left, right) if left_class in TEMPORAL and right_class in TEMPORAL else None


def multiply(left: Any, right: Any) -> Any:
    """`left * right`: numbers, a duration and a number."""
    left_class, right_class = left.__class__, right.__class__
    if left_class in _NUMBERS and right_class in _NUMBERS:
        if left_class is int and right_class is int:
            return bounded(left * right)
        try:
            return CONTEXT.multiply(left, right)
        except ArithmeticError:
            return None
    if left_class is Unknown or right_class is Unknown:
        return join(left, right)
    if left_class in _DURATIONS and right_class in _NUMBERS:
        return scaled(left, right)
    return scaled(right, left) if right_class in _DURATIONS and left_class in _NUMBERS else None


def divide(left: Any, right: Any) -> Any:
    """`left / right`: numbers, a duration by a number, two durations of a kind. Null for a division by zero."""
    left_class, right_class = left.__class__, right.__class__
    if left_class in _NUMBERS and right_class in _NUMBERS:
        return divide_numbers(left, right)
    if left_class is Unknown or right_class is Unknown:
        return join(left, right)
    if left_class not in _DURATIONS:
        return None
    if right_class in _NUMBERS:
        return shared(left, right)
    return ratio(left, right) if right_class in _DURATIONS else None


def power(left: Any, right: Any) -> Any:
    """`left ** right`, of numbers; null when there is no real result, or it is too large."""
    left_class, right_class = left.__class__, right.__class__
    if left_class in _NUMBERS and right_class in _NUMBERS:
        return power_numbers(left, right)
    if left_class is Unknown or right_class is Unknown:
        return join(left, right)
    return None


def negate(operand: Any) -> Any:
    """`-operand`: a number or a duration."""
    kind = operand.__class__
    if kind is int:
        return -operand
    if kind is Decimal:
        return CONTEXT.minus(operand)
    if kind is DaysDuration:
        return DaysDuration(-operand.nanoseconds)
    if kind is MonthsDuration:
        return MonthsDuration(-operand.months)
    return operand if kind is Unknown else None
