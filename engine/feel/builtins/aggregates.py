"""Built-ins that make one value of a list (DMN 1.5, table 76), given as a list or as arguments, and `sort`.

An empty list has a count and a truth, but no sum, mean or least value: these give null. A result that is too large for
a number stops the evaluation, since null would say that the list is empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import reduce
from typing import Any, Final

from engine.feel.arithmetic import add, divide, multiply, subtract
from engine.feel.builtins.fitting import (
    BOOLEANS,
    COMPARABLE,
    COMPARABLES,
    LIST,
    NUMBERS,
    Accepts,
    element,
    fits,
    join_all,
)
from engine.feel.builtins.model import Builtin, Overload, Param, ResultType
from engine.feel.comparisons import conj, disj, less
from engine.feel.decimals import CONTEXT, Number, is_number
from engine.feel.errors import FeelBudgetError
from engine.feel.run import Run
from engine.feel.types import ANY, BOOLEAN, NUMBER, FunctionType, ListType, ScalarType, Type, may_be_none, never_none
from engine.feel.unknown import Unknown, join
from engine.feel.values import FunctionValue

__all__ = ["BUILTINS", "extreme", "items_of"]


def items_of(values: tuple[Any, ...]) -> list[Any] | None:
    """The items of the one list among the arguments, or the arguments; None for null alone."""
    if len(values) == 1:
        if values[0].__class__ is list:
            return list(values[0])
        if values[0] is None:
            return None
    return list(values)


def _numbers(values: tuple[Any, ...]) -> list[Number] | None:
    """The numbers given; None when there are none, or something else is among them."""
    items = items_of(values)
    return items if items and all(is_number(item) for item in items) else None


def extreme(items: list[Any] | None, *, last: bool) -> Any:
    """The least item, or the greatest one for `last`; null when there is none, or two have no order."""
    if not items:
        return None
    best = items[0]
    if less(best, best) is None:
        return None
    for item in items[1:]:
        before = less(best, item) if last else less(item, best)
        if before is None:
            return None
        if before is True:
            best = item
    return best


def _min(*values: Any) -> Any:
    return extreme(items_of(values), last=False)


def _max(*values: Any) -> Any:
    return extreme(items_of(values), last=True)


def _fitting(result: Any) -> Any:
    """The result of arithmetic on numbers.

    Raises:
        FeelBudgetError: when there is none, since it is too large.
    """
    if result is None:
        raise FeelBudgetError("a number would be larger than one may be")
    return result


def _sum(*values: Any) -> Any:
    numbers = _numbers(values)
    return _fitting(reduce(add, numbers)) if numbers else None


def _product(*values: Any) -> Any:
    numbers = _numbers(values)
    return _fitting(reduce(multiply, numbers)) if numbers else None


def _mean(*values: Any) -> Any:
    numbers = _numbers(values)
    return _fitting(divide(_fitting(reduce(add, numbers)), len(numbers))) if numbers else None


def _median(*values: Any) -> Any:
    """The middle number, or the mean of the two in the middle."""
    numbers = _numbers(values)
    if not numbers:
        return None
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else _mean(ordered[middle - 1], ordered[middle])


def _stddev(*values: Any) -> Any:
    """The standard deviation of a sample; null for fewer than two numbers."""
    numbers = _numbers(values)
    if not numbers or len(numbers) < 2:
        return None
    mean = _mean(*numbers)
    distances = [_fitting(subtract(number, mean)) for number in numbers]
    squares = _fitting(reduce(add, [_fitting(multiply(distance, distance)) for distance in distances]))
    return CONTEXT.sqrt(_fitting(divide(squares, len(numbers) - 1)))


def _mode(*values: Any) -> list[Number] | None:
    """The numbers that occur most often, ascending."""
    items = items_of(values)
    if items is None or not all(is_number(item) for item in items):
        return None
    counts = Counter(items)
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)


def _truth(combine: Callable[..., Any]) -> Callable[..., Any]:
    """`all` or `any`: null when something is no boolean and the others do not settle it."""

    def truth(*values: Any) -> Any:
        if len(values) == 1 and values[0].__class__ is Unknown:
            return values[0]
        items = items_of(values)
        return None if items is None else combine(*items)

    return truth


class _Precedes:
    """An item that is put in order by a function of two items."""

    __slots__ = ("_before", "item")

    def __init__(self, item: Any, before: Callable[[Any, Any], Any]) -> None:
        self.item = item
        self._before = before

    def __lt__(self, other: _Precedes) -> bool:
        precedes = self._before(self.item, other.item)
        if precedes.__class__ is not bool:
            raise _Unordered(precedes)
        return bool(precedes)


class _Unordered(Exception):  # noqa: N818 - it never leaves this module
    """Two items have no order, or one that is not known."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer


def _sort(run: Run, items: Any, precedes: Any = less) -> Any:
    """The items in order: by a function that says which of two comes first, or least first; equal ones stay."""
    if items.__class__ is not list:
        return None
    before = precedes
    if precedes is not less:
        if not isinstance(precedes, FunctionValue) or len(precedes.parameters) != 2:
            return None
        before = precedes.call
    run.spend(len(items) * len(items).bit_length())
    try:
        return [wrapped.item for wrapped in sorted(_Precedes(item, before) for item in items)]
    except _Unordered as unordered:
        return join(unordered.answer, *items) if unordered.answer.__class__ is Unknown else None


def _item(arguments: tuple[Type, ...]) -> Type | None:
    return may_be_none(element(arguments[0]))


def _any_of(arguments: tuple[Type, ...]) -> Type | None:
    return join_all(arguments)


def _total(arguments: tuple[Type, ...]) -> Type | None:
    """Sums of whole numbers are whole; of numbers with declared places, they have these."""
    return _plain(join_all(arguments), places=True)


def _total_of_list(arguments: tuple[Type, ...]) -> Type | None:
    return _plain(element(arguments[0]), places=True, optional=True)


def _times(arguments: tuple[Type, ...]) -> Type | None:
    return _plain(join_all(arguments), places=False)


def _times_of_list(arguments: tuple[Type, ...]) -> Type | None:
    return _plain(element(arguments[0]), places=False, optional=True)


def _plain(type_: Type | None, *, places: bool, optional: bool = False) -> Type:
    if not isinstance(type_, ScalarType):
        return may_be_none(NUMBER) if optional else NUMBER
    return ScalarType("number", integer=type_.integer, places=type_.places if places else None, optional=optional)


def _sorted(arguments: tuple[Type, ...]) -> Type | None:
    if len(arguments) == 1:
        return arguments[0] if COMPARABLES(arguments[0]) else None
    precedes = arguments[1]
    if isinstance(precedes, FunctionType) and (len(precedes.parameters) != 2 or not fits(BOOLEAN, precedes.result)):
        return None
    return arguments[0]


_TIMELESS: Final = Accepts(
    "a list of numbers, strings, dates or durations (for dates and times: `earliest`, `latest`)",
    lambda type_: COMPARABLES(type_) and str(never_none(element(type_))) not in {"time", "date and time"},
    "list",
)
"""Lists of what always has an order: null says that they are empty, not that some have a zone and some have none."""

_OPTIONAL_NUMBER: Final = may_be_none(NUMBER)
_SOME: Final = Param("numbers", NUMBER, variadic=True)


def _of_numbers(name: str, call: Callable[..., Any], of_list: ResultType, of_arguments: ResultType) -> Builtin:
    overloads = (
        Overload((Param("list", NUMBERS),), of_list, "none"),
        Overload((_SOME,), of_arguments, "none" if of_arguments == _OPTIONAL_NUMBER else "never"),
    )
    return Builtin(name, overloads, call, unknown="deep")


def _of_comparables(name: str, call: Callable[..., Any]) -> Builtin:
    overloads = (
        Overload((Param("list", _TIMELESS),), _item, "none"),
        Overload((Param("values", COMPARABLE, variadic=True),), _any_of, "unknown"),
    )
    return Builtin(name, overloads, call, unknown="deep")


def _of_booleans(name: str, call: Callable[..., Any]) -> Builtin:
    overloads = (
        Overload((Param("list", BOOLEANS),), BOOLEAN),
        Overload((Param("booleans", BOOLEAN, variadic=True),), BOOLEAN),
    )
    return Builtin(name, overloads, call, unknown="custom")


BUILTINS: Final = (
    _of_comparables("min", _min),
    _of_comparables("max", _max),
    _of_numbers("sum", _sum, _total_of_list, _total),
    _of_numbers("product", _product, _times_of_list, _times),
    _of_numbers("mean", _mean, _OPTIONAL_NUMBER, NUMBER),
    _of_numbers("median", _median, _OPTIONAL_NUMBER, NUMBER),
    _of_numbers("stddev", _stddev, _OPTIONAL_NUMBER, _OPTIONAL_NUMBER),
    Builtin(
        "mode",
        (
            Overload((Param("list", NUMBERS),), lambda arguments: ListType(element(arguments[0]))),
            Overload((_SOME,), lambda arguments: ListType(join_all(arguments) or NUMBER)),
        ),
        _mode,
        unknown="deep",
    ),
    _of_booleans("all", _truth(conj)),
    _of_booleans("any", _truth(disj)),
    Builtin(
        "sort",
        (
            Overload(
                (Param("list", LIST), Param("precedes", FunctionType((ANY, ANY), BOOLEAN), optional=True)),
                _sorted,
                "unknown",
            ),
        ),
        _sort,
        needs_run=True,
    ),
)
