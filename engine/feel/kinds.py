"""The kinds of FEEL's values at run time, the entries of contexts, and the limits on what one operation looks at.

null is None, booleans are bool, numbers int or Decimal, strings str, lists list. A context is a dict, or a msgspec
structure where the facts of a case are meant. The other values are classes of this package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import wraps
from types import MappingProxyType
from typing import Any, Final, ParamSpec, TypeVar

from engine.feel.errors import FeelBudgetError
from engine.feel.ranges import Range
from engine.feel.run import MAX_ITEMS
from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration, Time, WideDate
from engine.feel.unknown import Unknown

__all__ = ["Budget", "FunctionValue", "entries", "entry", "is_context", "kind_of", "limited_depth"]


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue:
    """A function: the names of its parameters, and what to call with one value for each."""

    parameters: tuple[str, ...]
    call: Callable[..., Any]


_KINDS: Final[Mapping[type, str]] = MappingProxyType(
    {
        type(None): "null",
        bool: "boolean",
        int: "number",
        Decimal: "number",
        str: "string",
        date: "date",
        WideDate: "date",
        Time: "time",
        DateTime: "date and time",
        DaysDuration: "days and time duration",
        MonthsDuration: "years and months duration",
        list: "list",
        dict: "context",
        Range: "range",
        FunctionValue: "function",
        Unknown: "unknown",
    }
)


def kind_of(value: Any) -> str:
    """The name of a value's type, without its parts: `number`, `date and time`, `list`, `unknown`, …"""
    found = _KINDS.get(value.__class__)
    if found is not None:
        return found
    return "context" if is_context(value) else "other"


def is_context(value: Any) -> bool:
    """Whether `value` is a context: a dict, or a msgspec structure."""
    return value.__class__ is dict or hasattr(value.__class__, "__struct_fields__")


def entries(context: Any) -> Mapping[str, Any]:
    """The entries of a context by their names."""
    if isinstance(context, dict):
        return context
    return {name: getattr(context, name) for name in context.__struct_fields__}


def entry(context: Any, name: str) -> Any:
    """The entry `name` of a context; None when it has none, or is no context."""
    if isinstance(context, dict):
        return context.get(name)
    return getattr(context, name) if name in getattr(context.__class__, "__struct_fields__", ()) else None


_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def limited_depth(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """The same function, which stops the evaluation (FeelBudgetError) when values are nested too deep for it."""

    @wraps(function)
    def limited(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except RecursionError:
            raise FeelBudgetError("a value is nested too deep") from None

    return limited


class Budget:
    """How many more values one operation may look at; looking at more stops the evaluation."""

    __slots__ = ("left",)

    def __init__(self, left: int = MAX_ITEMS) -> None:
        self.left = left

    def spend(self, amount: int = 1) -> None:
        """Takes `amount` off what is left.

        Raises:
            FeelBudgetError: when nothing is left.
        """
        self.left -= amount
        if self.left < 0:
            raise FeelBudgetError("one operation looks at more values than it may")
