"""What generated Python calls while it runs, besides the operators and the built-ins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from engine.feel import operators
from engine.feel.builtins import Builtin, invoke
from engine.feel.decimals import is_number, is_whole, whole
from engine.feel.errors import FeelBudgetError
from engine.feel.instances import OPEN, is_instance, make_range
from engine.feel.operators import conj, disj, in_test, negation
from engine.feel.run import MAX_ITEMS, Run
from engine.feel.unknown import Unknown, join
from engine.feel.values import FunctionValue, Range, entries, is_context

__all__ = [
    "OPEN",
    "FunctionValue",
    "as_value",
    "call",
    "collect",
    "conj",
    "counted",
    "disj",
    "domain",
    "filtered",
    "has",
    "in_test",
    "invoke",
    "is_instance",
    "make_range",
    "negation",
    "operators",
    "pending",
    "position",
    "row_of_table",
    "same",
    "settled",
]


def same(condition: Unknown, then: Any, otherwise: Any) -> Any:
    """What `if` gives on an unknown condition: what both branches agree on, else unknown."""
    if operators.equal(then, otherwise) is True:
        return then
    return join(condition, then, otherwise)


def pending(open_: list[Any] | None, truth: Any) -> list[Any]:
    """The truths so far that settle nothing, with one more."""
    if open_ is None:
        return [truth]
    open_.append(truth)
    return open_


def settled(open_: Sequence[Any]) -> Any:
    """What truths come to that settle nothing: unknown when one is unknown, else null."""
    return join(*open_) if any(truth.__class__ is Unknown for truth in open_) else None


def collect(items: list[Any], item: Any) -> None:
    """Adds to the list that a `for` makes.

    Raises:
        FeelBudgetError: when it gets too long.
    """
    if len(items) >= MAX_ITEMS:
        raise FeelBudgetError("a list would be longer than one may be")
    items.append(item)


def position(items: Any, index: Any) -> Any:
    """`items[index]`, from 1, or from the end when negative; none out of range."""
    if items.__class__ is Unknown or index.__class__ is Unknown:
        return join(items, index)
    place = _whole(index)
    if place is None or place == 0 or not -len(items) <= place <= len(items):
        return None
    return items[place - 1 if place > 0 else place]


def _whole(value: Any) -> int | None:
    """A whole number as an int; None for anything else."""
    return whole(value) if is_number(value) and is_whole(value) else None


def counted(low: Any, high: Any, run: Run, low_included: bool = True, high_included: bool = True) -> Any:  # noqa: FBT001, FBT002 - in the order of a range
    """The whole numbers or dates from `low` to `high`, downwards when `high` is less; null when there are none such.

    Raises:
        FeelBudgetError: when there are too many.
    """
    if low.__class__ is Unknown or high.__class__ is Unknown:
        return join(low, high)
    dates = low.__class__ is date and high.__class__ is date
    first, last = (low.toordinal(), high.toordinal()) if dates else (_whole(low), _whole(high))
    if first is None or last is None:
        return None
    step = 1 if first <= last else -1
    if abs(last - first) >= MAX_ITEMS:
        raise FeelBudgetError("a range has more steps than one may")
    run.spend(abs(last - first))
    places = range(first if low_included else first + step, last + step if high_included else last, step)
    return [low + timedelta(days=place - first) for place in places] if dates else list(places)


def row_of_table(truths: Sequence[Any], outputs: Callable[[int], Any], nothing: Unknown, *, first: bool) -> Any:
    """The outputs of a value table.

    Args:
        truths: for each row whether it covers the case.
        outputs: gives the outputs of a row.
        nothing: what stands for a case that no row covers.
        first: hit policy `first`; else `unique`.
    """
    open_ = [place for place, truth in enumerate(truths) if truth.__class__ is Unknown]
    sure = next((place for place, truth in enumerate(truths) if truth is True), None)
    if sure is None:
        return join(*(truths[place] for place in open_)) if open_ else nothing
    before = [place for place in open_ if place < sure] if first else []
    value = outputs(sure)
    if all(operators.equal(value, outputs(place)) is True for place in before):
        return value
    return join(*(truths[place] for place in before))


# Only outside rulesets, where types are not known beforehand.


def domain(value: Any, run: Run) -> Any:
    """What `for`, `some` and `every` go through: a list, a range step by step, a single value as a list of it."""
    if value is None or value.__class__ is list or value.__class__ is Unknown:
        return value
    if value.__class__ is Range:
        return counted(value.low, value.high, run, value.low_included, value.high_included)
    return [value]


def filtered(source: Any, condition: Callable[[Any], Any], run: Run) -> Any:
    """`source[condition]`: an index when the condition is a number without looking at an item, else a filter."""
    if source is None or source.__class__ is Unknown:
        return source
    items = source if source.__class__ is list else [source]
    index = condition(None)
    if is_number(index):
        return position(items, index)
    run.spend(len(items))
    found: list[Any] = []
    open_: list[Any] = []
    for item in items:
        truth = condition(item)
        if truth is True:
            found.append(item)
        elif truth.__class__ is Unknown:
            open_.append(truth)
    return join(*open_) if open_ else found


def has(item: Any, name: str) -> bool:
    """Whether an item has an entry of that name."""
    return is_context(item) and name in entries(item)


def as_value(builtin: Builtin, run: Run) -> FunctionValue:
    """A built-in as a value."""
    names = tuple(parameter.name for parameter in builtin.overloads[0].parameters)
    return FunctionValue(names, lambda *arguments: invoke(builtin, run, arguments))


def call(function: Any, arguments: Sequence[Any], names: tuple[str, ...] | None, run: Run) -> Any:
    """Calls a function value; null when it is none, or the arguments are not those of its parameters."""
    run.spend(1)
    if function.__class__ is not FunctionValue or len(arguments) != len(function.parameters):
        return None
    if names is None:
        return function.call(*arguments)
    if set(names) != set(function.parameters):
        return None
    return function.call(*(arguments[names.index(parameter)] for parameter in function.parameters))
