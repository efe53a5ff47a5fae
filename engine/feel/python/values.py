"""Literals, names, paths, arithmetic."""

from __future__ import annotations

from engine.feel.builtins import get
from engine.feel.checked import Reference
from engine.feel.python.compiler import Compiler, emits
from engine.feel.python.source import Operand, access
from engine.feel.syntax import (
    AtLiteral,
    BinaryOp,
    ContextLiteral,
    InstanceOf,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Path,
    RangeLiteral,
)
from engine.feel.temporal_text import parse_temporal
from engine.feel.types import ContextType, ListType, Type

_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}


@emits(Literal)
def _literal(compiler: Compiler, node: Literal) -> Operand:
    code = compiler.source.constant(node.value)
    # Outside rulesets any value may stand where a truth is tested by identity, which Python warns of for a literal.
    return Operand.certain(code if compiler.strict else compiler.source.assign(code))


@emits(AtLiteral)
def _at_literal(compiler: Compiler, node: AtLiteral) -> Operand:
    return Operand.certain(compiler.source.constant(parse_temporal(node.text)))


@emits(Name)
def _name(compiler: Compiler, node: Name) -> Operand:
    return _referred(compiler, compiler.checked.references[node])


def _referred(compiler: Compiler, reference: Reference) -> Operand:
    match reference.kind:
        case "scope":
            return compiler.scope(reference.name)
        case "local":
            return compiler.local(reference.node, reference.name)
        case "item":
            item = compiler.local(reference.node, "item")
            return _entry(compiler, item, compiler.item_type(reference.node), reference.name)
        case "dynamic":
            return _dynamic(compiler, reference)
        case "builtin":
            builtin = get(reference.name)
            return Operand(f"support.as_value({compiler.source.constant(builtin, 'B')}, run)", known=True)


def _dynamic(compiler: Compiler, reference: Reference) -> Operand:
    """An entry of the item when it has one of that name, else the outer meaning."""
    item = compiler.local(reference.node, "item").code
    value = compiler.source.fresh()
    with compiler.source.block(f"if support.has({item}, {reference.name!r}):"):
        compiler.source.line(f"{value} = support.operators.entry({item}, {reference.name!r})")
    with compiler.source.block("else:"):
        outer = _referred(compiler, reference.outer) if reference.outer else Operand("None")
        compiler.source.line(f"{value} = {outer.code}")
    return Operand(value)


@emits(Path)
def _path(compiler: Compiler, node: Path) -> Operand:
    return _entry(compiler, compiler.value(node.source), compiler.type_of(node.source), node.name)


def _entry(compiler: Compiler, source: Operand, type_: Type, name: str) -> Operand:
    """`source.name`, as directly as the type of the source allows."""
    if isinstance(type_, ContextType) and not type_.optional:
        code = access(source.code, name) if type_.is_record else f"{source.code}[{name!r}]"
        if source.all_known:
            return Operand.certain(code) if source.known else _within(compiler.guarded(code, source))
        if source.known:
            inner = type_.entries.get(name)
            group = isinstance(inner, ContextType) and inner.is_record and not inner.optional
            return Operand(code, known=group)
        return compiler.guarded(code, source)
    if isinstance(type_, ListType) and isinstance(type_.element, ContextType) and not type_.element.optional:
        code = access("x", name) if type_.element.is_record else f"x[{name!r}]"
        if not source.items_known:
            code = f"{code} if x.__class__ is not U else x"
        entries = compiler.guarded(f"[{code} for x in {source.code}]", source)
        return _within(entries) if source.all_known else entries
    return Operand(compiler.source.assign(f"support.operators.entry({source.code}, {name!r})"))


def _within(operand: Operand) -> Operand:
    """The same value, of something in which nothing can be Unknown."""
    return Operand(operand.code, operand.known, items_known=True, all_known=True)


@emits(Negation)
def _negation(compiler: Compiler, node: Negation) -> Operand:
    operand = compiler.value(node.operand)
    return compiler.resulting(node, f"support.operators.negate({operand.code})", operand)


@emits(BinaryOp)
def _arithmetic(compiler: Compiler, node: BinaryOp) -> Operand:
    left, right = compiler.value(node.left), compiler.value(node.right)
    code = f"support.operators.{_ARITHMETIC[node.op]}({left.code}, {right.code})"
    return compiler.resulting(node, code, left, right)


@emits(ListLiteral)
def _list(compiler: Compiler, node: ListLiteral) -> Operand:
    items = [compiler.value(item) for item in node.items]
    code = f"[{', '.join(item.code for item in items)}]"
    known = [all(item.known for item in items), all(item.all_known for item in items)]
    return Operand(compiler.source.assign(code), True, *known)


@emits(ContextLiteral)
def _context(compiler: Compiler, node: ContextLiteral) -> Operand:
    if len({entry.key for entry in node.entries}) < len(node.entries):
        return Operand("None", known=True)
    context = compiler.source.assign("{}")
    for entry in node.entries:
        value = compiler.value(entry.value)
        compiler.bind(entry, entry.key, value)
        compiler.source.line(f"{context}[{entry.key!r}] = {value.code}")
    return Operand(context, known=True)


@emits(RangeLiteral)
def _range(compiler: Compiler, node: RangeLiteral) -> Operand:
    low = compiler.value(node.low).code if node.low else "support.OPEN"
    high = compiler.value(node.high).code if node.high else "support.OPEN"
    return compiler.resulting(node, f"support.make_range({low}, {node.low_included}, {high}, {node.high_included})")


@emits(InstanceOf)
def _instance_of(compiler: Compiler, node: InstanceOf) -> Operand:
    value = compiler.value(node.value)
    return Operand(
        compiler.source.assign(f"support.is_instance({value.code}, {compiler.source.constant(node.type, 'T')})"),
        known=value.known,
    )
