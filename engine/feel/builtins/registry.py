"""The built-ins by their names, and the one way to call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from engine.feel.builtins import (
    aggregates,
    booleans,
    calendar_days,
    contexts,
    conversions,
    dates,
    lists,
    numbers,
    ranges,
    school,
    strings,
)
from engine.feel.builtins.model import Builtin, Overload, Param
from engine.feel.run import Run
from engine.feel.unknown import Unknown, join
from engine.feel.values import unknown_within

__all__ = ["Builtin", "Overload", "Param", "arrange", "get", "invoke", "names"]

_MODULES: Final = (
    conversions,
    booleans,
    strings,
    numbers,
    lists,
    aggregates,
    dates,
    ranges,
    contexts,
    school,
    calendar_days,
)
_BUILTINS: Final[Mapping[str, Builtin]] = MappingProxyType(
    {builtin.name: builtin for builtin in chain.from_iterable(module.BUILTINS for module in _MODULES)}
)
_NAMES: Final = frozenset(_BUILTINS)


def names() -> frozenset[str]:
    """The names of all built-ins, with single spaces."""
    return _NAMES


def get(name: str) -> Builtin | None:
    """The built-in of that name, or None."""
    return _BUILTINS.get(name)


def arrange(builtin: Builtin, given: Sequence[str]) -> tuple[int | None, ...] | None:
    """Which named argument goes where.

    Args:
        builtin: what is called.
        given: the names of the arguments as they are written.

    Returns:
        For each position up to the last one given, the index into `given`, or None for an optional parameter that is
        left out (it is passed null). None when no overload has these names, or one that must be given is not.
    """
    if len(set(given)) != len(given):
        return None
    for overload in builtin.overloads:
        own = [parameter.name for parameter in overload.parameters]
        needed = {parameter.name for parameter in overload.parameters if not parameter.optional}
        if set(given) <= set(own) and needed <= set(given):
            places = overload.places or tuple(range(len(own)))
            index = {places[own.index(name)]: at for at, name in enumerate(given)}
            return tuple(index.get(place) for place in range(max(index, default=-1) + 1))
    return None


def invoke(builtin: Builtin, run: Run, arguments: Sequence[Any]) -> Any:
    """Calls a built-in: null for a wrong number of arguments, unknown as its policy says, else what it gives.

    Standard FEEL's conversions are made: a list of one value where a single value is wanted is that value, and a
    single value where a list is wanted is a list of it. Every item and every 64 characters of an argument are a step.

    Raises:
        FeelBudgetError: when the result would be too large, or no steps are left.
    """
    count = len(arguments)
    if not builtin.least <= count <= builtin.most:
        return None
    policy, shapes = builtin.unknown, builtin.shapes
    values = list(arguments)
    cost, unknown, nested = 1, False, False
    for place, value in enumerate(values):
        kind = value.__class__
        shape = shapes[place] if place < len(shapes) else ""
        if kind is list:
            cost += len(value)
            if shape == "single" and len(value) == 1:
                values[place] = value[0]
        elif kind is Unknown:
            unknown = True
        else:
            if kind is str:
                cost += len(value) >> 6
            if shape == "list" and value is not None:
                values[place] = [value]
        unknown = unknown or values[place].__class__ is Unknown
        nested = nested or kind not in _FLAT
    run.spend(cost)
    if policy != "custom":
        if unknown and policy == "shallow":
            return join(*values)
        if policy == "deep" and (unknown or nested) and (found := unknown_within(*values)) is not None:
            return found
    return builtin.call(run, *values) if builtin.needs_run else builtin.call(*values)


_FLAT: Final = frozenset({str, int, bool, type(None)})
