"""Built-in functions that make and search lists. Positions count from 1, or from -1 at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.constants import gathered
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, fitted
from engine.feel.sql.loops import contains
from engine.feel.sql.operand import Operand
from engine.feel.sql.shapes import Items, Nothing, Number, Quotient, Record, Scalar, Shape
from engine.feel.sql.wholes import as_list, let, truncated
from engine.feel.sql.within import settled
from engine.feel.syntax import Call

__all__ = ["EMITTERS"]

_FAR: Final = 2**30
"""A place that no list has."""


def _count(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items = as_list(arguments[0])
    return compiler.make(f"len({items.sql})", Number(0, 17), known=items.known)


def _list_contains(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    return contains(compiler, as_list(arguments[0]), arguments[1])


def _concatenate(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    return _joined(compiler, [as_list(argument) for argument in arguments])


def _joined(compiler: Compiler, lists: Sequence[Operand]) -> Operand:
    shape = common(items.shape for items in lists)
    parts = [fitted(compiler.plan, items, shape) for items in lists]
    # `||` gives NULL when one of the lists is NULL, and so unknown.
    return compiler.make(f"({' || '.join(parts)})", shape, known=all(items.known for items in lists))


def _append(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items = as_list(arguments[0])
    return _joined(compiler, [items, gathered(compiler.plan, list(arguments[1:]))]) if len(arguments) > 1 else items


def _at(compiler: Compiler, items: Operand, position: Operand, write: Callable[[str, str], str]) -> str:
    """What `write` makes of a list and of a place in it, counted from 1; NULL where the list has no such place."""
    plan = compiler.plan
    place = truncated(plan, position, _FAR)

    def found(held: str) -> str:
        from_start = f"CASE WHEN {place} < 0 THEN {place} + len({held}) + 1 ELSE {place} END"
        return let(plan, from_start, lambda at: f"CASE WHEN {at} BETWEEN 1 AND len({held}) THEN {write(held, at)} END")

    return let(plan, items.sql, found)


def _sublist(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items = as_list(arguments[0])
    if len(arguments) == 2:
        sql = _at(compiler, items, arguments[1], lambda held, at: f"{held}[{at}:]")
    else:
        count = truncated(compiler.plan, arguments[2], _FAR)
        sql = _at(
            compiler,
            items,
            arguments[1],
            lambda held, at: (
                f"CASE WHEN {count} BETWEEN 1 AND len({held}) - {at} + 1 THEN {held}[{at}:{at} + {count} - 1] END"
            ),
        )
    return compiler.make(sql, items.shape)


def _remove(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items = as_list(arguments[0])
    sql = _at(compiler, items, arguments[1], lambda held, at: f"({held}[1:{at} - 1] || {held}[{at} + 1:])")
    return compiler.make(sql, items.shape)


def _with_item(compiler: Compiler, items: Operand, item: Operand) -> tuple[Operand, str]:
    """A list in the shape that it has with an item more, and that item as a list."""
    one = gathered(compiler.plan, [item])
    shape = common((items.shape, one.shape))
    fitting = compiler.make(fitted(compiler.plan, items, shape), shape, known=items.known)
    return fitting, fitted(compiler.plan, one, shape)


def _insert_before(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """Before the place behind the last one, too."""
    items, one = _with_item(compiler, as_list(arguments[0]), arguments[2])
    place = truncated(compiler.plan, arguments[1], _FAR)
    within = _at(compiler, items, arguments[1], lambda held, at: f"({held}[1:{at} - 1] || {one} || {held}[{at}:])")
    sql = f"CASE WHEN {place} = len({items.sql}) + 1 THEN {items.sql} || {one} ELSE {within} END"
    return compiler.make(sql, items.shape)


def _list_replace(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items, one = _with_item(compiler, as_list(arguments[0]), arguments[2])
    sql = _at(compiler, items, arguments[1], lambda held, at: f"({held}[1:{at} - 1] || {one} || {held}[{at} + 1:])")
    return compiler.make(sql, items.shape)


def _reverse(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items = as_list(arguments[0])
    return compiler.make(f"list_reverse({items.sql})", items.shape, known=items.known)


def _index_of(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """The places, ascending, of the items that equal a value."""
    items, wanted = _with_item(compiler, as_list(arguments[0]), arguments[1])
    _comparable(items.items.element)
    item, place, at = (compiler.plan.item() for _ in range(3))
    same = f"CASE WHEN {item} IS NOT DISTINCT FROM {wanted}[1] THEN {place} END"
    places = f"list_transform({items.sql}, lambda {item}, {place}: {same})"
    found = f"list_filter({places}, lambda {at}: {at} IS NOT NULL)"
    sql, open_ = settled(compiler.plan, found, arguments)
    return compiler.make(sql, Items(Number(0, 17)), known=open_ == "false")


def _distinct_values(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    return _distinct(compiler, as_list(arguments[0]))


def _union(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    return _distinct(compiler, _joined(compiler, [as_list(argument) for argument in arguments]))


def _distinct(compiler: Compiler, items: Operand) -> Operand:
    """The list without the items that equal an earlier one."""
    _comparable(items.items.element)
    item, place = compiler.plan.item(), compiler.plan.item()

    def first(held: str) -> str:
        return f"list_filter({held}, lambda {item}, {place}: list_position({held}, {item}) = {place})"

    sql, open_ = settled(compiler.plan, let(compiler.plan, items.sql, first), [items])
    return compiler.make(sql, items.shape, known=open_ == "false")


def _comparable(shape: Shape) -> None:
    """SQL finds that two such values are the same, nothing unknown within them, where FEEL finds them equal.

    Raises:
        NotCovered: when it does not.
    """
    match shape:
        case Record():
            for entry in shape.entries.values():
                _comparable(entry.shape)
                if entry.value:
                    raise NotCovered("a comparison of facts in groups")
        case Items():
            _comparable(shape.element)
        case Quotient():
            raise NotCovered("a comparison of what divisions give in lists")
        case Scalar() | Number() | Nothing():
            pass
        case _:
            raise NotCovered("a comparison of such values")


def _flatten(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items = as_list(arguments[0])
    sql, shape = items.sql, items.items
    while isinstance(shape.element, Items):
        if shape.optional:
            raise NotCovered("a list in which a list may be none")
        sql, shape = f"flatten({sql})", shape.element
    sql, open_ = settled(compiler.plan, sql, [items])
    return compiler.make(sql, shape, known=open_ == "false")


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType(
    {
        "append": _append,
        "concatenate": _concatenate,
        "count": _count,
        "distinct values": _distinct_values,
        "flatten": _flatten,
        "index of": _index_of,
        "insert before": _insert_before,
        "list contains": _list_contains,
        "list replace": _list_replace,
        "remove": _remove,
        "reverse": _reverse,
        "sublist": _sublist,
        "union": _union,
    }
)
