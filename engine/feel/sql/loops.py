"""`for`, `some`, `every`, filters and indexes, as list functions of SQL."""

from __future__ import annotations

from collections.abc import Sequence

from engine.feel.sql.comparisons import equal
from engine.feel.sql.compiler import Compiler, emits
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import as_record, item_of, stored
from engine.feel.sql.items import any_item
from engine.feel.sql.operand import Operand
from engine.feel.sql.shapes import BOOLEAN, LONGEST_LIST, Items, Number, Scalar
from engine.feel.sql.values import to_scale
from engine.feel.sql.wholes import as_list, as_number
from engine.feel.syntax import Filter, For, Iterator, Node, Quantified, RangeLiteral

__all__ = ["contains"]


def _domain(compiler: Compiler, iterator: Iterator) -> Operand:
    """The list that an iterator goes through."""
    if iterator.end is not None:
        return _counted(compiler, iterator.domain, iterator.end)
    if isinstance(iterator.domain, RangeLiteral):
        raise NotCovered("a loop over a range in brackets")
    return as_list(compiler.value(iterator.domain))


def _counted(compiler: Compiler, low: Node, high: Node) -> Operand:
    """The whole numbers from `low` to `high`, downwards when `high` is less."""
    first, last = (as_number(compiler.value(end)) for end in (low, high))
    for end in (first, last):
        if end.number.scale:
            raise NotCovered("a loop over other steps than whole numbers")
    ends = [to_scale(end, Number(0, 62)) for end in (first, last)]
    far = f"coalesce(abs({ends[0]} - {ends[1]}) >= {LONGEST_LIST}, false)"
    if compiler.plan.in_loop(far):
        raise NotCovered("a loop over numbers within another loop")
    for end in (first, last):
        if end.number.bits > 60:
            raise NotCovered("a loop over very large numbers")
    compiler.plan.leave_out(far)
    up = f"generate_series({ends[0]}, {ends[1]})"
    down = f"generate_series({ends[0]}, {ends[1]}, -1)"
    sql = f"CASE WHEN {far} THEN NULL WHEN {ends[0]} <= {ends[1]} THEN {up} WHEN {ends[0]} > {ends[1]} THEN {down} END"
    element = Number(0, max(first.number.bits, last.number.bits))
    return compiler.make(sql, Items(element), known=first.known and last.known)


def _body(compiler: Compiler, domain: Operand, node: Node, name: str) -> str:
    """Declares the item of a loop over `domain`; gives its variable."""
    item = compiler.plan.item()
    compiler.bind(node, name, item_of(domain.items, item))
    return item


@emits(For)
def _for(compiler: Compiler, node: For) -> Operand:
    return _for_iterators(compiler, node, node.iterators)


def _for_iterators(compiler: Compiler, node: For, iterators: Sequence[Iterator]) -> Operand:
    domain = _domain(compiler, iterators[0])
    item = _body(compiler, domain, iterators[0], iterators[0].name)
    if len(iterators) > 1:
        inner = _for_iterators(compiler, node, iterators[1:])
        lists = f"list_transform({domain.sql}, lambda {item}: {inner.sql})"
        if inner.known:
            return compiler.make(f"flatten({lists})", inner.shape, known=domain.known)
        held, left = compiler.plan.column(lists), compiler.plan.item()
        sql = f"CASE WHEN len(list_filter({held}, lambda {left}: {left} IS NULL)) = 0 THEN flatten({held}) END"
        return compiler.make(sql, inner.shape)
    body = as_record_in_loop(compiler, compiler.value(node.body))
    items = Items(body.shape, body.optional, body.known)
    sql = f"list_transform({domain.sql}, lambda {item}: {stored(compiler.plan, body, items)})"
    return compiler.make(sql, items, known=domain.known)


def as_record_in_loop(compiler: Compiler, operand: Operand) -> Operand:
    """The operand, as one value."""
    return as_record(compiler.plan, operand)


@emits(Quantified)
def _quantified(compiler: Compiler, node: Quantified) -> Operand:
    return _quantify(compiler, node, node.iterators)


def _quantify(compiler: Compiler, node: Quantified, iterators: Sequence[Iterator]) -> Operand:
    """`some` is an `or` over the items, `every` an `and`; over several lists one within the other."""
    if not iterators:
        return compiler.value(node.condition)
    domain = _domain(compiler, iterators[0])
    item = _body(compiler, domain, iterators[0], iterators[0].name)
    condition = _quantify(compiler, node, iterators[1:])
    return any_item(compiler.plan, domain, item, condition, settles=node.kind == "some")


@emits(Filter)
def _filter(compiler: Compiler, node: Filter) -> Operand:
    source = as_list(compiler.value(node.source))
    item = _body(compiler, source, node, "item")
    condition = compiler.value(node.condition)
    if isinstance(condition.shape, Number):
        return _indexed(compiler, source, condition)
    items = f"list_filter({source.sql}, lambda {item}: {condition.sql})"
    if condition.known:
        return compiler.make(items, source.shape, known=source.known)
    left = compiler.plan.item()
    open_ = f"list_filter(list_transform({source.sql}, lambda {item}: {condition.sql}), lambda {left}: {left} IS NULL)"
    return compiler.make(f"CASE WHEN len({open_}) = 0 THEN {items} END", source.shape)


def _indexed(compiler: Compiler, source: Operand, index: Operand) -> Operand:
    """The item at a place, from 1, or from the end when negative; none out of range."""
    if index.number.scale:
        raise NotCovered("a place in a list that may be no whole number")
    if index.number.bits > 60:
        raise NotCovered("a very large place in a list")
    held = compiler.plan.column(source.sql)
    place = compiler.plan.column(f"CASE WHEN {index.sql} < 0 THEN {index.sql} + len({held}) + 1 ELSE {index.sql} END")
    there = f"{place} BETWEEN 1 AND len({held})"
    found = item_of(source.items, f"{held}[{place}]")
    # In brackets, since an index binds tighter than what reads the item's parts.
    sql = f"CASE WHEN {there} THEN {found.sql} END"
    unknown = [FALSE if source.known else f"({held} IS NULL)", FALSE if index.known else f"({index.sql} IS NULL)"]
    if not found.known:
        unknown.append(f"coalesce({there} AND {found.unknown}, false)")
    flags = [flag for flag in unknown if flag != FALSE]
    flag = f"({' OR '.join(flags)})" if flags else FALSE
    return compiler.make(sql, source.items.element, known=not flags, optional=True, flag=flag)


FALSE = "false"


def contains(compiler: Compiler, items: Operand, value: Operand) -> Operand:
    """Whether an item equals `value`; unknown when none is known to, and one may."""
    shape = items.items
    plain = shape.known and not shape.optional and not value.optional
    if plain and isinstance(shape.element, Scalar) and shape.element == value.shape:
        # A known list of plain values: SQL's own search, which gives NULL for an unknown list or value.
        known = items.known and value.known
        sql = f"list_contains({items.sql}, {value.sql})"
        if not known:
            sql = f"CASE WHEN {value.sql} IS NOT NULL THEN {sql} WHEN len({items.sql}) = 0 THEN false END"
        return compiler.make(sql, BOOLEAN, known=known)
    item = compiler.plan.item()
    same = equal(compiler, item_of(shape, item), value)
    return any_item(compiler.plan, items, item, same)
