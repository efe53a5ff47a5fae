"""FEEL's comparisons and ternary logic (DMN 1.5, chapter 10.3.2) on values that may be unknown.

What the standard gives no result for is null. An unknown operand makes the result unknown, with the causes of all the
unknown operands, except where the known ones settle it: `false and unknown`, `true or unknown`, a range that the value
is outside of on its known side, two lists that differ in a known item.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from engine.feel.run import Run
from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration, Time, WideDate
from engine.feel.unknown import Unknown, join
from engine.feel.values import Budget, Range, entries, kind_of, limited_depth

__all__ = [
    "between",
    "conj",
    "contains",
    "disj",
    "equal",
    "greater",
    "greater_equal",
    "in_test",
    "less",
    "less_equal",
    "negation",
    "not_equal",
]

_NUMBERS: Final = frozenset({int, Decimal})
_KEYED: Final = frozenset({Time, DateTime})
_DATES: Final = frozenset({date, WideDate})
_PLAIN: Final = frozenset({bool, str, DaysDuration, MonthsDuration})


def equal(left: Any, right: Any, run: Run | None = None) -> Any:
    """`left = right`; null when they are of two kinds. Only null equals null.

    Lists and contexts are compared part by part: they differ when two known parts do, and are unknown when no known
    part differs and one is unknown. The steps of that are taken from `run` when it is given.

    Raises:
        FeelBudgetError: when lists or contexts have too many parts.
    """
    left_class, right_class = left.__class__, right.__class__
    if left_class is right_class and left_class in _PLAIN:
        return left == right
    if left_class in _NUMBERS and right_class in _NUMBERS:
        return left == right
    if left_class is Unknown or right_class is Unknown:
        return join(left, right)
    if left is None or right is None:
        return left is right
    budget = Budget()
    result = _equal_whole(left, right, budget)
    if run is not None:
        run.spend(Budget().left - budget.left)
    return result


@limited_depth
def _equal_whole(left: Any, right: Any, budget: Budget) -> Any:
    return _equal_parts(left, right, budget)


def _equal_parts(left: Any, right: Any, budget: Budget) -> Any:
    budget.spend()
    if left.__class__ is Unknown or right.__class__ is Unknown:
        return join(left, right)
    if left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind != kind_of(right):
        return None
    if kind == "list":
        if len(left) != len(right):
            return False
        return conj(*_until_false(zip(left, right, strict=True), budget))
    if kind == "context":
        return _equal_contexts(entries(left), entries(right), budget)
    if kind == "range":
        ends = _until_false(((left.low, right.low), (left.high, right.high)), budget)
        if left.low_included != right.low_included or left.high_included != right.high_included:
            return False
        return conj(*ends)
    if isinstance(left, Time | DateTime):
        return left.order_key() == right.order_key()
    return bool(left == right)


def _equal_contexts(left: Mapping[str, Any], right: Mapping[str, Any], budget: Budget) -> Any:
    if left.keys() != right.keys():
        return False
    return conj(*_until_false(((item, right[name]) for name, item in left.items()), budget))


def _until_false(pairs: Any, budget: Budget) -> list[Any]:
    """Whether the pairs are equal, one by one, up to the first that is known to differ."""
    results = []
    for left, right in pairs:
        results.append(_equal_parts(left, right, budget))
        if results[-1] is False:
            break
    return results


def not_equal(left: Any, right: Any, run: Run | None = None) -> Any:
    """`left != right`; null when they are of two kinds."""
    return negation(equal(left, right, run))


def _order(left: Any, right: Any) -> Any:
    """-1, 0 or 1 for less, equal, greater; None when the two have no order; an Unknown when one is unknown."""
    left_class, right_class = left.__class__, right.__class__
    if left_class is Unknown or right_class is Unknown:
        return join(left, right)
    if left_class in _KEYED and left_class is right_class:
        (left_scale, left), (right_scale, right) = left.order_key(), right.order_key()
        if left_scale != right_scale:
            return None
    elif not (
        (left_class in _NUMBERS and right_class in _NUMBERS)
        or (left_class in _DATES and right_class in _DATES)
        or (left_class is right_class and left_class in _PLAIN and left_class is not bool)
    ):
        return None
    return (left > right) - (left < right)


def less(left: Any, right: Any) -> Any:
    """`left < right`; null when they have no order."""
    order = _order(left, right)
    return order < 0 if order.__class__ is int else order


def less_equal(left: Any, right: Any) -> Any:
    """`left <= right`; null when they have no order."""
    order = _order(left, right)
    return order <= 0 if order.__class__ is int else order


def greater(left: Any, right: Any) -> Any:
    """`left > right`; null when they have no order."""
    order = _order(left, right)
    return order > 0 if order.__class__ is int else order


def greater_equal(left: Any, right: Any) -> Any:
    """`left >= right`; null when they have no order."""
    order = _order(left, right)
    return order >= 0 if order.__class__ is int else order


def conj(*operands: Any) -> Any:
    """`a and b and …`: false if one is false; else unknown if one is unknown; else null if one is no boolean; true."""
    result: Any = True
    for operand in operands:
        if operand is False:
            return False
        if operand.__class__ is Unknown:
            result = join(result, operand)
        elif operand is not True and result is True:
            result = None
    return result


def disj(*operands: Any) -> Any:
    """`a or b or …`: true if one is true; else unknown if one is unknown; else null if one is no boolean; false."""
    result: Any = False
    for operand in operands:
        if operand is True:
            return True
        if operand.__class__ is Unknown:
            result = join(result, operand)
        elif operand is not False and result is False:
            result = None
    return result


def negation(operand: Any) -> Any:
    """`not(operand)`: null when it is no boolean."""
    if operand is True or operand is False:
        return not operand
    return operand if operand.__class__ is Unknown else None


def between(value: Any, low: Any, high: Any) -> Any:
    """`value between low and high`, both included."""
    return conj(greater_equal(value, low), less_equal(value, high))


def contains(range_: Any, value: Any) -> Any:
    """`value in range_`, for a range; null when it is none, or `value` has no order with its ends.

    Outside of a known end it is false, whatever the other one is.
    """
    if range_.__class__ is Unknown:
        return join(range_, value)
    if range_.__class__ is not Range:
        return None
    above: Any = True
    below: Any = True
    if range_.low is not None:
        above = (greater_equal if range_.low_included else greater)(value, range_.low)
    if range_.high is not None:
        below = (less_equal if range_.high_included else less)(value, range_.high)
    return conj(above, below)


def in_test(value: Any, test: Any, run: Run | None = None) -> Any:
    """`value in test`, for the value of an expression.

    A range contains the value. A list has an item that equals it, or is a range or list that contains it; or equals it
    itself. Anything else equals it.
    """
    if test.__class__ is Range:
        return contains(test, value)
    if test.__class__ is not list:
        return equal(value, test, run)
    if value.__class__ is list and (same := equal(value, test, run)) is not False and same is not None:
        return same
    found: list[Any] = []
    for item in test:
        holds = contains(item, value) if item.__class__ is Range else equal(value, item, run)
        if holds is True:
            return True
        if holds is not None:
            found.append(holds)
    if run is not None:
        run.spend(len(test))
    return disj(*found)
