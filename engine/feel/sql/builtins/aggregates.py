"""Built-in functions that make one value of a list, given as a list or as arguments, and `sort`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from types import MappingProxyType
from typing import Final

from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.comparisons import ordering
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.constants import gathered
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, fitted, item_of
from engine.feel.sql.items import any_item
from engine.feel.sql.logic import any_of, every_of
from engine.feel.sql.operand import FALSE, Operand
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import BOOLEAN, MOST_BITS, Items, Nothing, Number, Quotient, Scalar, Shape
from engine.feel.sql.wholes import as_number, capped
from engine.feel.sql.within import settled
from engine.feel.syntax import Call

__all__ = ["EMITTERS"]

_COUNT_BITS: Final = 12
_MOST_ITEMS: Final = 2**_COUNT_BITS - 1
"""Items that are added up; a case in which there are more (a list of lists gone through) is left out."""


def _list_given(arguments: Sequence[Operand]) -> Operand | None:
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0].shape, Items) else None


def _few(plan: Plan, items: Operand) -> str:
    """Whether a list has so few items that they can be added up; a case in which it has more is left out."""
    many = f"coalesce(len({items.sql}) > {_MOST_ITEMS}, false)"
    if not plan.in_loop(many):
        plan.leave_out(many)
    return f"len({items.sql}) BETWEEN 1 AND {_MOST_ITEMS}"


def _of_list(compiler: Compiler, items: Operand, sql: str, shape: Shape) -> Operand:
    """`sql` where nothing in a list is unknown, none when the list is empty; unknown with more than `_MOST_ITEMS`."""
    sql, open_ = settled(compiler.plan, sql, [items])
    flags = [flag for flag in (open_, f"coalesce(len({items.sql}) > {_MOST_ITEMS}, false)") if flag != FALSE]
    return compiler.make(sql, shape, optional=True, flag=f"({' OR '.join(flags)})")


def _extreme(*, last: bool) -> Emit:
    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        items = _list_given(arguments)
        if items is None:
            return reduce(lambda one, other: _outer(compiler, one, other, last=last), arguments)
        if isinstance(items.items.element, Nothing):  # an empty list, or a narrowed one
            return Operand("NULL", items.items.element, known=True, optional=True)
        _plain(items)
        sql, open_ = settled(compiler.plan, f"{'list_max' if last else 'list_min'}({items.sql})", [items])
        return compiler.make(sql, items.items.element, known=open_ == FALSE, optional=True, flag=open_)

    return emit


def _plain(items: Operand) -> None:
    if not isinstance(items.items.element, Scalar | Number):
        raise NotCovered("the order of such values")


def _outer(compiler: Compiler, one: Operand, other: Operand, *, last: bool) -> Operand:
    """The lesser of two values, or the greater one for `last`."""
    shape = common((one.shape, other.shape))
    left, right = (fitted(compiler.plan, side, shape) for side in (one, other))
    sql = f"CASE WHEN {ordering(right, '>' if last else '<', left, shape)} THEN {right} ELSE {left} END"
    known = one.known and other.known
    sql = f"CASE WHEN {left} IS NOT NULL AND {right} IS NOT NULL THEN {sql} END"
    return compiler.make(sql, shape, known=known)


def _sum(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items = _list_given(arguments)
    if items is None:
        return _added(compiler, arguments)
    shape = _total(items)
    few = _few(compiler.plan, items)
    return _of_list(compiler, items, f"CASE WHEN {few} THEN list_sum({items.sql})::{shape.sql_type} END", shape)


def _total(items: Operand) -> Number:
    element = items.items.element
    if isinstance(element, Nothing):
        element = Number(0, 1)
    if not isinstance(element, Number):
        raise NotCovered("the sum of such values")
    return _within(Number(element.scale, element.bits + _COUNT_BITS))


def _within(shape: Number) -> Number:
    if shape.bits > MOST_BITS:
        raise NotCovered("a number with very many digits")
    return shape


def _added(compiler: Compiler, arguments: Sequence[Operand]) -> Operand:
    numbers = [as_number(argument) for argument in arguments]
    shape = common(number.shape for number in numbers)
    assert isinstance(shape, Number)
    shape = _within(Number(shape.scale, shape.bits + len(numbers).bit_length()))
    parts = [fitted(compiler.plan, number, shape) for number in numbers]
    return compiler.make(f"({' + '.join(parts)})", shape, known=all(number.known for number in numbers))


def _product(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    if _list_given(arguments) is not None:
        raise NotCovered("the product of a list")
    most = MOST_BITS // len(arguments)
    numbers = [as_number(argument) for argument in arguments]
    if sum(number.number.bits for number in numbers) > MOST_BITS:
        numbers = [capped(compiler.plan, number, most) for number in numbers]
    shape = _within(Number(sum(one.number.scale for one in numbers), sum(one.number.bits for one in numbers)))
    sql = " * ".join(f"{number.sql}::{shape.sql_type}" for number in numbers)
    return compiler.make(f"({sql})", shape, known=all(number.known for number in numbers))


def _mean(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    items = _list_given(arguments)
    if items is None:
        total = _added(compiler, arguments)
        mean = f"{{'n': {total.sql}::HUGEINT, 'd': {len(arguments)}::HUGEINT}}"
        sql = f"CASE WHEN {total.sql} IS NOT NULL THEN {mean} END"
        return compiler.make(sql, Quotient(total.number, len(arguments).bit_length()), known=total.known)
    mean = f"{{'n': list_sum({items.sql})::HUGEINT, 'd': len({items.sql})::HUGEINT}}"
    sql = f"CASE WHEN {_few(compiler.plan, items)} THEN {mean} END"
    return _of_list(compiler, items, sql, Quotient(_total(items), _COUNT_BITS))


def _median(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """The middle number, or the mean of the two in the middle: half of the sum of both, or of the one with itself."""
    items = _list_given(arguments)
    given = gathered(compiler.plan, [as_number(argument) for argument in arguments]) if items is None else items
    shape = _total(given)
    ordered = compiler.plan.column(f"list_sort({given.sql})")
    size = f"len({given.sql})"
    middle = f"{ordered}[({size} + 1) // 2]::HUGEINT + {ordered}[{size} // 2 + 1]::HUGEINT"
    sql = f"CASE WHEN {_few(compiler.plan, given)} THEN {{'n': {middle}, 'd': 2::HUGEINT}} END"
    found = _of_list(compiler, given, sql, Quotient(shape, 2))
    return found if items is not None else Operand(found.sql, found.shape)


def _truth(*, settles: bool) -> Emit:
    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        items = _list_given(arguments)
        if items is None:
            return (any_of if settles else every_of)(compiler, list(arguments))
        if isinstance(items.items.element, Nothing):
            return Operand("false" if settles else "true", BOOLEAN, known=True)
        item = compiler.plan.item()
        return any_item(compiler.plan, items, item, item_of(items.items, item), settles=settles)

    return emit


def _sort(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """Least first. One item needs no order, so that it may be unknown."""
    items = arguments[0]
    if len(arguments) > 1:
        raise NotCovered("an order by a function")
    if not isinstance(items.shape, Items) or items.items.optional:
        raise NotCovered("the order of such values")
    _plain(items)
    sql = f"list_sort({items.sql})"
    if items.items.known:
        return compiler.make(sql, items.shape, known=items.known)
    item = compiler.plan.item()
    open_ = f"len({items.sql}) > 1 AND len(list_filter({items.sql}, lambda {item}: {item} IS NULL)) > 0"
    return compiler.make(f"CASE WHEN NOT ({open_}) THEN {sql} END", items.shape)


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType(
    {
        "min": _extreme(last=False),
        "max": _extreme(last=True),
        "sum": _sum,
        "product": _product,
        "mean": _mean,
        "median": _median,
        "all": _truth(settles=False),
        "any": _truth(settles=True),
        "sort": _sort,
    }
)
