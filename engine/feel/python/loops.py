"""`for`, `some`, `every`, filters and indexes, as Python loops."""

from __future__ import annotations

from collections.abc import Iterator as PythonIterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from engine.feel.checking.facts import children
from engine.feel.python.comparisons import equals_plainly
from engine.feel.python.compiler import Compiler, emits
from engine.feel.python.source import Operand
from engine.feel.syntax import Comparison, Filter, For, Iterator, Node, Quantified, RangeLiteral
from engine.feel.types import ScalarType, Type


def _domain(compiler: Compiler, iterator: Iterator) -> Operand:
    """The list that an iterator goes through; outside rulesets perhaps null."""
    bounds = (iterator.domain, iterator.end)
    if iterator.end is None and isinstance(iterator.domain, RangeLiteral) and compiler.strict:
        bounds = (iterator.domain.low or iterator.domain, iterator.domain.high)
    if iterator.end is not None or bounds[1] is not None:
        return _counted(compiler, iterator, *bounds)
    domain = compiler.value(iterator.domain)
    if compiler.strict:
        return domain
    return Operand(compiler.source.assign(f"support.domain({domain.code}, run)"))


def _counted(compiler: Compiler, iterator: Iterator, low: Node, high: Node | None) -> Operand:
    first = compiler.value(low)
    last = compiler.value(high) if high is not None else Operand("None")
    range_ = iterator.domain
    ends = f", {range_.low_included}, {range_.high_included}" if isinstance(range_, RangeLiteral) else ""
    steps = compiler.resulting(iterator, f"support.counted({first.code}, {last.code}, run{ends})", first, last)
    return Operand(steps.code, items_known=True)


@contextmanager
def _each(compiler: Compiler, domain: Operand, node: Node, name: str, bodies: Sequence[Node]) -> PythonIterator[str]:
    """A Python loop over a list at hand; its body is what is written within. Gives the variable of the item."""
    item = compiler.source.fresh("x")
    for body in bodies:
        compiler.prepare(body)
    compiler.source.line(f"run.spend(len({domain.code}))")
    with compiler.source.block(f"for {item} in {domain.code}:"):
        compiler.bind(node, name, domain.item(item))
        yield item


@contextmanager
def _when_known(compiler: Compiler, domain: Operand, result: str, otherwise: str | None = None) -> PythonIterator[None]:
    """What is written within runs when the list is known; else `result` is `otherwise`.

    Without `otherwise` it is what stands for the list: the unknown, or null.
    """
    if domain.known:
        yield
        return
    null = "" if compiler.strict else f" or {domain.code} is None"
    with compiler.source.block(f"if {domain.code}.__class__ is U{null}:"):
        compiler.source.line(f"{result} = {otherwise or domain.code}")
    with compiler.source.block("else:"):
        yield


@emits(For)
def _for(compiler: Compiler, node: For) -> Operand:
    source = compiler.source
    partial, open_ = source.assign("[]", "list"), source.assign("None", "open")
    compiler.bind(node, "partial", Operand(f"{partial}.copy()" if not compiler.strict else partial, known=True))
    body = _for_iterators(compiler, node, node.iterators, partial, open_)
    result = source.assign(f"{partial} if {open_} is None else support.settled({open_})")
    return Operand(result, items_known=body.known)


def _for_iterators(compiler: Compiler, node: For, iterators: Sequence[Iterator], partial: str, open_: str) -> Operand:
    """The loops one in the other; lists that are unknown (or none) are put into `open_`, which settles the result."""
    if not iterators:
        body = compiler.value(node.body)
        compiler.source.line(f"support.collect({partial}, {body.code})")
        return body
    domain = _domain(compiler, iterators[0])
    with (
        _when_known(compiler, domain, open_, f"support.pending({open_}, {domain.code})"),
        _each(compiler, domain, iterators[0], iterators[0].name, (*iterators[1:], node.body)),
    ):
        return _for_iterators(compiler, node, iterators[1:], partial, open_)


@emits(Quantified)
def _quantified(compiler: Compiler, node: Quantified) -> Operand:
    return _quantify(compiler, node, node.iterators)


def _quantify(compiler: Compiler, node: Quantified, iterators: Sequence[Iterator]) -> Operand:
    """`some` is an `or` over the items, `every` an `and`; over several lists one within the other."""
    if not iterators:
        return compiler.value(node.condition)
    source, settles = compiler.source, node.kind == "some"
    domain = _domain(compiler, iterators[0])
    result = source.fresh()
    with _when_known(compiler, domain, result):
        open_ = source.assign("None", "open")
        with _each(compiler, domain, iterators[0], iterators[0].name, (*iterators[1:], node.condition)):
            condition = _quantify(compiler, node, iterators[1:])
            plain = condition.code if settles else f"not {condition.code}"
            sure = compiler.strict and condition.known
            with source.block(f"if {plain}:" if sure else f"if {condition.code} is {settles}:"):
                source.line(f"{result} = {settles}")
                source.line("break")
            if not condition.known:
                with source.block(f"if {condition.code} is not {not settles}:"):
                    source.line(f"{open_} = support.pending({open_}, {condition.code})")
        with source.block("else:"):
            settled = "" if condition.known else f" if {open_} is None else support.settled({open_})"
            source.line(f"{result} = {not settles}{settled}")
    return Operand(result, known=domain.known and condition.known)


@emits(Filter)
def _filter(compiler: Compiler, node: Filter) -> Operand:
    items = compiler.value(node.source)
    if not compiler.strict:
        return _filter_untyped(compiler, node, items)
    if _is_number(compiler.type_of(node.condition)):
        index = compiler.value(node.condition)
        return Operand(compiler.source.assign(f"support.position({items.code}, {index.code})"))
    if (found := _looked_up(compiler, node, items)) is not None:
        return found
    source, result = compiler.source, compiler.source.fresh()
    with _when_known(compiler, items, result):
        source.line(f"{result} = []")
        open_ = source.assign("None", "open")
        with _each(compiler, items, node, "item", (node.condition,)) as item:
            condition = compiler.value(node.condition)
            with source.block(f"if {condition.code}:" if condition.known else f"if {condition.code} is True:"):
                source.line(f"{result}.append({item})")
            if not condition.known:
                with source.block(f"elif {condition.code} is not False:"):
                    source.line(f"{open_} = support.pending({open_}, {condition.code})")
        if not condition.known:
            with source.block(f"if {open_} is not None:"):
                source.line(f"{result} = support.settled({open_})")
    known = items.known and condition.known
    return Operand(result, known, items.items_known, items.all_known)


def _looked_up(compiler: Compiler, node: Filter, items: Operand) -> Operand | None:
    """The filter as a look-up, where it takes those rows of a constant list whose one entry equals something else."""
    rows, condition = compiler.source.named(items.code), node.condition
    if not isinstance(rows, list) or not isinstance(condition, Comparison) or condition.op != "=":
        return None
    for entry, other in ((condition.left, condition.right), (condition.right, condition.left)):
        column = _column(compiler, entry, node)
        types = (compiler.type_of(entry), compiler.type_of(other))
        if column is None or _looks_at(compiler, other, node) or not equals_plainly(*types) or not _hashable(types[0]):
            continue
        index: dict[Any, list[Any]] = {}
        for row in rows:
            index.setdefault(row[column], []).append(row)
        value = compiler.value(other)
        found = compiler.guarded(f"[*{compiler.source.constant(index, 'INDEX')}.get({value.code}, ())]", value)
        return replace(found, items_known=True, all_known=items.all_known)
    return None


def _column(compiler: Compiler, node: Node, filter_: Filter) -> str | None:
    """The entry of the filter's item that `node` names, if it is one."""
    reference = compiler.checked.references.get(node)
    return reference.name if reference is not None and (reference.kind, reference.node) == ("item", filter_) else None


def _looks_at(compiler: Compiler, node: Node, filter_: Filter) -> bool:
    """Whether `node` looks at the item of the filter."""
    reference = compiler.checked.references.get(node)
    here = reference is not None and reference.node is filter_
    return here or any(_looks_at(compiler, inner, filter_) for inner in children(node))


def _hashable(type_: Type) -> bool:
    return isinstance(type_, ScalarType) and type_.name in {"string", "number", "boolean"}


def _is_number(type_: Type) -> bool:
    return isinstance(type_, ScalarType) and type_.name == "number"


def _filter_untyped(compiler: Compiler, node: Filter, items: Operand) -> Operand:
    """A filter of which only running it shows whether it is one, or an index."""
    source = compiler.source
    condition, item = source.fresh("condition"), source.fresh("x")
    with source.block(f"def {condition}({item}):"):
        compiler.bind(node, "item", Operand(item))
        source.line(f"return {compiler.value(node.condition).code}")
    return Operand(source.assign(f"support.filtered({items.code}, {condition}, run)"))
