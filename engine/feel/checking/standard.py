"""The check of standard FEEL, outside rulesets: what names mean, and the few types that are sure.

Nothing is refused but a name that there is not. A value may always be none here, so that every type is optional except
those of literals; what is not sure is `ANY`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from engine.feel import builtins
from engine.feel.checked import Reference
from engine.feel.checking.facts import children
from engine.feel.checking.scopes import Item, Local, Scope
from engine.feel.checking.unify import is_large, number
from engine.feel.checking.words import listed, near
from engine.feel.errors import FeelError
from engine.feel.syntax import (
    And,
    Between,
    Call,
    Comparison,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    In,
    InstanceOf,
    Iterator,
    ListLiteral,
    Literal,
    Name,
    Node,
    Or,
    Path,
    Quantified,
    Test,
    TypeName,
    UnaryTests,
)
from engine.feel.types import (
    ANY,
    BOOLEAN,
    NULL,
    STRING,
    AnyType,
    ContextType,
    FunctionType,
    ListType,
    Type,
    may_be_none,
)

__all__ = ["Standard"]

_TRUTH: Final = may_be_none(BOOLEAN)
_TESTED = (And, Or, Comparison, Between, In, InstanceOf, Quantified, UnaryTests, Test)


class Standard:
    """One check of one expression by the rules of the standard.

    Attributes:
        types: the type of every node that has a value.
        references: the meaning of every name.
    """

    def __init__(self) -> None:
        self.types: Final[dict[Node, Type]] = {}
        self.references: Final[dict[Node, Reference]] = {}

    def type_of(self, node: Node, scope: Scope) -> Type:
        """The type of `node`, entered into `types`.

        Raises:
            FeelError: `unknown-name`.
        """
        type_ = self._type_of(node, scope)
        self.types[node] = type_
        return type_

    def _type_of(self, node: Node, scope: Scope) -> Type:
        match node:
            case Literal():
                return _literal(node)
            case Name():
                return self._name(node, scope)
            case Path():
                source = self.type_of(node.source, scope)
                return _optional_entry(source, node.name)
            case Filter():
                return self._filter(node, scope)
            case For() | Quantified():
                return self._loop(node, scope)
            case ContextLiteral():
                return self._context(node, scope)
            case ListLiteral():
                return ListType(_same(self.type_of(item, scope) for item in node.items))
            case FunctionLiteral():
                return self._function(node, scope)
            case Call():
                return self._call(node, scope)
            case In():
                value = self.type_of(node.value, scope)
                self._all(node.tests, scope.with_local("?", value, node))
                return _TRUTH
            case _:
                self._all(children(node), scope)
                return _TRUTH if isinstance(node, _TESTED) else ANY

    def _all(self, nodes: Iterable[Node], scope: Scope) -> None:
        for node in nodes:
            if not isinstance(node, TypeName):
                self.type_of(node, scope)

    def _name(self, node: Name, scope: Scope) -> Type:
        reference, type_ = _meaning(node.name, scope, len(scope.frames))
        if reference is None and builtins.get(node.name):
            reference, type_ = Reference("builtin", node.name), FunctionType((), ANY)
        if reference is None:
            meant = near(node.name, [*scope.all_names(), *builtins.names()])
            remedy = f"Did you mean {listed((f'`{guess}`' for guess in meant), 'or')}?" if meant else ""
            raise FeelError("unknown-name", f"There is no `{node.name}` here.", node.span, remedy=remedy)
        self.references[node] = reference
        return type_

    def _filter(self, node: Filter, scope: Scope) -> Type:
        source = self.type_of(node.source, scope)
        element = source.element if isinstance(source, ListType) else source
        self.type_of(node.condition, scope.with_item(element, node))
        return ANY

    def _loop(self, node: For | Quantified, scope: Scope) -> Type:
        for iterator in node.iterators:
            self._iterator(iterator, scope)
            scope = scope.with_local(iterator.name, ANY, iterator)
        if isinstance(node, Quantified):
            self.type_of(node.condition, scope)
            return _TRUTH
        self.type_of(node.body, scope.with_local("partial", ANY, node))
        return ANY

    def _iterator(self, node: Iterator, scope: Scope) -> None:
        self.type_of(node.domain, scope)
        if node.end is not None:
            self.type_of(node.end, scope)
        self.types[node] = ANY

    def _context(self, node: ContextLiteral, scope: Scope) -> Type:
        entries: dict[str, Type] = {}
        for entry in node.entries:
            entries[entry.key] = self.types[entry] = type_ = self.type_of(entry.value, scope)
            scope = scope.with_local(entry.key, type_, entry)
        found = ContextType(entries)
        return ANY if is_large(found) else found

    def _function(self, node: FunctionLiteral, scope: Scope) -> Type:
        for parameter in node.parameters:
            self.types[parameter] = ANY
            scope = scope.with_local(parameter.name, ANY, parameter)
        if not node.external:
            self.type_of(node.body, scope)
        return FunctionType(tuple(ANY for _ in node.parameters), ANY)

    def _call(self, node: Call, scope: Scope) -> Type:
        """A function of the scope hides a built-in of its name; any other value of that name does not."""
        function = node.function
        if isinstance(function, Name) and builtins.get(function.name):
            reference, type_ = _meaning(function.name, scope, len(scope.frames))
            if reference is None or reference.kind == "dynamic" or not isinstance(type_, FunctionType | AnyType):
                reference, type_ = Reference("builtin", function.name), FunctionType((), ANY)
            self.references[function], self.types[function] = reference, type_
        else:
            self.type_of(function, scope)
        self._all(node.arguments, scope)
        return ANY


def _meaning(name: str, scope: Scope, depth: int) -> tuple[Reference | None, Type]:
    """What `name` means when the first `depth` frames of `scope` are looked at, and its type."""
    for place in range(depth - 1, -1, -1):
        frame = scope.frames[place]
        match frame:
            case Local(name=declared) if declared == name:
                return Reference("local", name, frame.node), frame.type
            case Item() if name == "item":
                return Reference("local", name, frame.node), frame.type
            case Item(type=ContextType() as type_) if name in type_.entries:
                return Reference("item", name, frame.node), may_be_none(type_.entries[name])
            case Item(type=AnyType() | ContextType()):
                outer, _ = _meaning(name, scope, place)
                return Reference("dynamic", name, frame.node, outer), ANY
            case _:
                pass
    if name in scope.names:
        return Reference("scope", name), may_be_none(scope.names[name])
    return None, ANY


def _literal(node: Literal) -> Type:
    match node.value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case str():
            return STRING
        case _:
            return number(None)


def _same(types: Iterable[Type]) -> Type:
    found = set(types)
    return found.pop() if len(found) == 1 else ANY


def _optional_entry(source: Type, name: str) -> Type:
    if isinstance(source, ContextType) and name in source.entries:
        return may_be_none(source.entries[name])
    return ANY
