"""Built-ins that make and search lists (DMN 1.5, table 76). Positions count from 1, or from -1 at the end.

Items that are unknown stay in a list where nothing is asked of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.feel.builtins.fitting import ANYTHING, INTEGER, LIST, element, fits, join, join_all
from engine.feel.builtins.model import Builtin, Overload, Param
from engine.feel.comparisons import disj, equal
from engine.feel.decimals import whole
from engine.feel.errors import FeelBudgetError
from engine.feel.run import MAX_ITEMS, Run
from engine.feel.types import ANY, BOOLEAN, NUMBER, AnyType, FunctionType, ListType, Type
from engine.feel.unknown import Unknown
from engine.feel.unknown import join as join_unknowns
from engine.feel.values import FunctionValue, keys

__all__ = ["BUILTINS"]

_OMITTED: Final = object()


def _check_length(count: int) -> None:
    if count > MAX_ITEMS:
        raise FeelBudgetError("a list would have more items than one may have")


def _place(items: list[Any], position: Any) -> int | None:
    """The index of a position; None when the list has none there."""
    place = whole(position)
    if place is None or place == 0 or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


def _list_contains(run: Run, items: Any, wanted: Any) -> Any:
    """Whether an item equals `wanted`; unknown when none is known to, and one may."""
    if items.__class__ is Unknown:
        return join_unknowns(items, wanted)
    if items.__class__ is not list:
        return None
    found: list[Any] = []
    for item in items:
        same = equal(item, wanted, run)
        if same is True:
            return True
        if same.__class__ is Unknown:
            found.append(same)
    return disj(*found)


def _count(items: Any) -> int | None:
    return len(items) if items.__class__ is list else None


def _sublist(items: Any, start: Any, length: Any = _OMITTED) -> list[Any] | None:
    """`length` items (all when it is left out) from `start`; null when the list does not have them."""
    if items.__class__ is not list:
        return None
    begin = _place(items, start)
    if begin is None:
        return None
    if length is _OMITTED:
        return list(items[begin:])
    count = whole(length)
    return list(items[begin : begin + count]) if count is not None and 1 <= count <= len(items) - begin else None


def _append(items: Any, *further: Any) -> Any:
    if items.__class__ is Unknown:
        return items
    if items.__class__ is not list:
        return None
    _check_length(len(items) + len(further))
    return [*items, *further]


def _concatenate(*lists: Any) -> list[Any] | None:
    if not all(items.__class__ is list for items in lists):
        return None
    _check_length(sum(map(len, lists)))
    return [item for items in lists for item in items]


def _insert_before(items: Any, position: Any, item: Any) -> Any:
    if items.__class__ is Unknown or position.__class__ is Unknown:
        return join_unknowns(items, position)
    if items.__class__ is not list:
        return None
    place = whole(position)
    index = len(items) if place == len(items) + 1 else _place(items, position)
    if index is None:
        return None
    _check_length(len(items) + 1)
    return [*items[:index], item, *items[index:]]


def _remove(items: Any, position: Any) -> list[Any] | None:
    if items.__class__ is not list:
        return None
    index = _place(items, position)
    return None if index is None else [*items[:index], *items[index + 1 :]]


def _list_replace(items: Any, position: Any, item: Any) -> Any:
    """The list with the item at a position, or every item that a function matches, replaced."""
    if items.__class__ is Unknown or position.__class__ is Unknown:
        return join_unknowns(items, position)
    if items.__class__ is not list:
        return None
    if isinstance(position, FunctionValue):
        return _replace_matching(items, position, item)
    index = _place(items, position)
    return None if index is None else [*items[:index], item, *items[index + 1 :]]


def _replace_matching(items: list[Any], match: FunctionValue, new: Any) -> Any:
    if len(match.parameters) != 2:
        return None
    replaced: list[Any] = []
    unknowns: list[Any] = []
    for item in items:
        holds = match.call(item, new)
        if holds.__class__ is Unknown:
            unknowns.append(holds)
        elif holds.__class__ is not bool:
            return None
        replaced.append(new if holds is True else item)
    return join_unknowns(*unknowns) if unknowns else replaced


def _reverse(items: Any) -> list[Any] | None:
    return items[::-1] if items.__class__ is list else None


def _index_of(items: Any, wanted: Any) -> list[int] | None:
    """The positions, ascending, of the items that equal `wanted`."""
    if items.__class__ is not list:
        return None
    same, *others = keys([wanted, *items])
    return [place for place, other in enumerate(others, start=1) if other == same]


def _distinct_values(items: Any) -> list[Any] | None:
    """The list without the items that equal an earlier one."""
    if items.__class__ is not list:
        return None
    first: dict[Any, Any] = {}
    for item, same in zip(items, keys(items), strict=True):
        first.setdefault(same, item)
    return list(first.values())


def _union(*lists: Any) -> list[Any] | None:
    return _distinct_values(_concatenate(*lists))


def _flatten(run: Run, items: Any) -> list[Any] | None:
    """All that is in the list and the lists within it, in one list."""
    if items.__class__ is not list:
        return None
    flat: list[Any] = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            run.spend(1)
            if item.__class__ is list:
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
        _check_length(len(flat))
    return flat


def _same_list(arguments: tuple[Type, ...]) -> Type:
    return arguments[0]


def _boolean_if_alike(arguments: tuple[Type, ...]) -> Type | None:
    """For `list contains`: the element must be able to equal an item."""
    return BOOLEAN if _alike(element(arguments[0]), arguments[1]) else None


def _places_if_alike(arguments: tuple[Type, ...]) -> Type | None:
    return ListType(INTEGER) if _alike(element(arguments[0]), arguments[1]) else None


def _alike(left: Type, right: Type) -> bool:
    return isinstance(left, AnyType) or isinstance(right, AnyType) or join(left, right) is not None


def _with_item(place: int) -> Callable[[tuple[Type, ...]], Type | None]:
    """The type of a list that arguments from `place` on become items of."""

    def result(arguments: tuple[Type, ...]) -> Type | None:
        inner = join_all((element(arguments[0]), *arguments[place:]))
        return None if inner is None else ListType(inner)

    return result


def _joined_lists(arguments: tuple[Type, ...]) -> Type | None:
    inner = join_all(element(type_) for type_ in arguments)
    return None if inner is None else ListType(inner)


def _flat(arguments: tuple[Type, ...]) -> Type | None:
    inner = arguments[0]
    while isinstance(inner, ListType):
        inner = inner.element
    return ListType(inner)


def _matching(arguments: tuple[Type, ...]) -> Type | None:
    match = arguments[1]
    if isinstance(match, FunctionType) and (len(match.parameters) != 2 or not fits(BOOLEAN, match.result)):
        return None
    return _with_item(2)(arguments)


_LIST: Final = Param("list", LIST)
_POSITION: Final = Param("position", NUMBER)
_NEW_ITEM: Final = Param("newItem", ANYTHING, accepts_none=True)
_MATCH: Final = Param("match", FunctionType((ANY, ANY), BOOLEAN))

BUILTINS: Final = (
    Builtin(
        "list contains",
        (Overload((_LIST, Param("element", ANYTHING, accepts_none=True)), _boolean_if_alike),),
        _list_contains,
        unknown="custom",
        needs_run=True,
    ),
    Builtin("count", (Overload((_LIST,), INTEGER),), _count),
    Builtin(
        "sublist",
        (
            Overload(
                (_LIST, Param("start position", NUMBER), Param("length", NUMBER, optional=True)),
                _same_list,
                "unknown",
            ),
        ),
        _sublist,
    ),
    Builtin(
        "append",
        (Overload((_LIST, Param("item", ANYTHING, optional=True, variadic=True, accepts_none=True)), _with_item(1)),),
        _append,
        unknown="custom",
    ),
    Builtin(
        "concatenate",
        (Overload((_LIST, Param("lists", LIST, optional=True, variadic=True)), _joined_lists),),
        _concatenate,
    ),
    Builtin(
        "insert before",
        (Overload((_LIST, _POSITION, _NEW_ITEM), _with_item(2), "unknown"),),
        _insert_before,
        unknown="custom",
    ),
    Builtin("remove", (Overload((_LIST, _POSITION), _same_list, "unknown"),), _remove),
    Builtin(
        "list replace",
        (
            Overload((_LIST, _POSITION, _NEW_ITEM), _with_item(2), "unknown"),
            Overload((_LIST, _MATCH, _NEW_ITEM), _matching, "unknown"),
        ),
        _list_replace,
        unknown="custom",
    ),
    Builtin("reverse", (Overload((_LIST,), _same_list),), _reverse),
    Builtin(
        "index of",
        (Overload((_LIST, Param("match", ANYTHING, accepts_none=True)), _places_if_alike),),
        _index_of,
        unknown="deep",
    ),
    Builtin(
        "union",
        (Overload((_LIST, Param("lists", LIST, optional=True, variadic=True)), _joined_lists),),
        _union,
        unknown="deep",
    ),
    Builtin("distinct values", (Overload((_LIST,), _same_list),), _distinct_values, unknown="deep"),
    Builtin("flatten", (Overload((_LIST,), _flat),), _flatten, unknown="deep", needs_run=True),
)
