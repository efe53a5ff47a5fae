"""Which facts of the case, and which names of the scope, an expression reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from engine.feel.checked import Checked, Reference
from engine.feel.syntax import Filter, Name, Node, Path
from engine.feel.types import ContextType, ListType, Type

__all__ = ["builtins_used", "children", "dependencies", "fact_path", "paths"]


def children(node: Node) -> Iterator[Node]:
    """The nodes directly under `node`, in the order of the text."""
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


def dependencies(checked: Checked) -> frozenset[str]:
    """The names of the scope that the expression reads: facts, groups, values, parameters."""
    return frozenset(
        meaning.name
        for reference in checked.references.values()
        for meaning in _meanings(reference)
        if meaning.kind == "scope"
    )


def _meanings(reference: Reference) -> Iterator[Reference]:
    """What a name can mean: outside rulesets a name within a filter may mean one thing or another."""
    meaning: Reference | None = reference
    while meaning is not None:
        yield meaning
        meaning = meaning.outer


def builtins_used(checked: Checked) -> frozenset[str]:
    """The names of the built-in functions that the expression names."""
    return frozenset(
        meaning.name
        for reference in checked.references.values()
        for meaning in _meanings(reference)
        if meaning.kind == "builtin"
    )


def paths(checked: Checked) -> frozenset[str]:
    """The paths of the facts that the expression reads: `mark.score`, `warning_notices[].sent_on`.

    Only what lies in a group or a list of groups has a path; a fact that is a scope name of its own is among the
    `dependencies`. The path of a group or of a list itself stands among them when it is read other than by its entries:
    counted, gone through, compared, handed on.
    """
    found: set[str] = set()
    waiting: list[Node] = [checked.root]
    while waiting:
        node = waiting.pop()
        if path := fact_path(node, *_tables(checked)):
            found.update(_alternatives(path))
        if isinstance(node, Path):
            node = _read_through(node, checked, found)
        waiting.extend(children(node))
    return frozenset(found)


def _read_through(path: Path, checked: Checked, found: set[str]) -> Node:
    """Where the path starts: a name, or what else it is taken from. Lists gone through on the way are read."""
    source: Node = path.source
    while isinstance(source, Name | Path):
        if isinstance(checked.types.get(source), ListType) and (through := fact_path(source, *_tables(checked))):
            found.update(_alternatives(through))
        if isinstance(source, Name):
            return source
        source = source.source
    return path


def _alternatives(path: str) -> Iterator[str]:
    """Each path that `one[]|other[].entry` stands for."""
    *others, last = path.split("|")
    yield last
    groups, _, entry = last.rpartition("[].")
    for other in others:
        yield f"{other}.{entry}" if groups else other.removesuffix("[]")


def _tables(checked: Checked) -> tuple[Mapping[Node, Type], Mapping[Node, Reference]]:
    return checked.types, checked.references


def fact_path(node: Node, types: Mapping[Node, Type], references: Mapping[Node, Reference]) -> str:
    """The path of the fact that a Name or Path reads, or an empty string when it reads none that is known."""
    match node:
        case Path():
            return _entry(types.get(node.source), node.name)
        case Name():
            reference = references.get(node)
            if reference is None:
                return ""
            if reference.kind == "item" and isinstance(reference.node, Filter):
                return _entry(types.get(reference.node.source), node.name)
            return _whole(types.get(node)) if reference.kind == "scope" else ""
        case _:
            return ""


def _entry(owner: Type | None, name: str) -> str:
    inner = owner.element if isinstance(owner, ListType) else owner
    return f"{inner.path}.{name}" if isinstance(inner, ContextType) and inner.path else ""


def _whole(type_: Type | None) -> str:
    inner = type_.element if isinstance(type_, ListType) else type_
    return inner.path.removesuffix("[]") if isinstance(inner, ContextType) else ""
