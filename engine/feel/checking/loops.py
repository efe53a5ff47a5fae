"""Lists and what goes through them: `for`, `some`, `every`, filters; contexts and function literals."""

from __future__ import annotations

from engine.feel.checking.narrowing import narrowed
from engine.feel.checking.scopes import Scope
from engine.feel.checking.session import Checking
from engine.feel.checking.unify import is_large, is_scalar, join
from engine.feel.checking.words import a, quote
from engine.feel.syntax import (
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    Iterator,
    ListLiteral,
    Node,
    Quantified,
    RangeLiteral,
)
from engine.feel.types import BOOLEAN, NULL, AnyType, ContextType, ListType, RangeType, ScalarType, Type, may_be_none

__all__ = ["context_literal", "filter_", "for_", "function_literal", "list_literal", "quantified"]


def list_literal(check: Checking, node: ListLiteral, scope: Scope) -> Type:
    """A list of the common type of its items; of `ANY` when it has none."""
    types = [check.type_of(item, scope) for item in node.items]
    common = join(*types)
    if common is None:
        odd = next(place for place in range(len(types)) if join(*types[: place + 1]) is None)
        message = f"The items of a list have one type; {quote(node.items[odd], check.source)} is {a(types[odd])}, "
        message += f"the first is {a(types[0])}."
        raise check.error("no-common-type", message, node.items[odd])
    return ListType(common)


def for_(check: Checking, node: For, scope: Scope) -> Type:
    """A list of what the body gives."""
    return ListType(check.type_of(node.body, _bind(check, node.iterators, scope)))


def quantified(check: Checking, node: Quantified, scope: Scope) -> Type:
    """`some` and `every`: the condition must be true or false of each item."""
    inner = _bind(check, node.iterators, scope)
    check.boolean(node.condition, inner, "What follows `satisfies`")
    return BOOLEAN


def _bind(check: Checking, iterators: tuple[Iterator, ...], scope: Scope) -> Scope:
    """The scope with the variables of `iterators`; a later domain sees the earlier variables."""
    for iterator in iterators:
        if iterator.end is None:
            type_ = _item_type(check, iterator.domain, scope)
        else:
            type_ = _counted(check, (iterator.domain, iterator.end), scope)
        check.types[iterator] = type_
        scope = scope.with_local(iterator.name, type_, iterator)
    return scope


def _item_type(check: Checking, domain: Node, scope: Scope) -> Type:
    if isinstance(domain, RangeLiteral):
        type_ = check.type_of(domain, scope)
        if domain.low is None or domain.high is None or not isinstance(type_, RangeType):
            raise check.error("not-a-list", "A range to go through needs both ends.", domain)
        return _steps(check, domain, type_.element)
    return check.present_list(domain, scope, "What is gone through").element


def _counted(check: Checking, ends: tuple[Node, Node], scope: Scope) -> Type:
    """The type of the variable of `in low..high`."""
    low, high = (check.present(end, scope) for end in ends)
    common = join(low, high)
    if common is None:
        message = f"The ends of `..` differ: {a(low)} and {a(high)}."
        raise check.error("type-mismatch", message, ends[1])
    return _steps(check, ends[0], common)


def _steps(check: Checking, node: Node, type_: Type) -> Type:
    if isinstance(type_, ScalarType) and type_.name in {"number", "date"}:
        return type_
    message = f"`..` goes through whole numbers or dates, not {a(type_)}."
    raise check.error("type-mismatch", message, node)


def filter_(check: Checking, node: Filter, scope: Scope) -> Type:
    """The items for which the condition is true, narrowed by it; or, for a number, one item, if it is there."""
    source = check.present_list(node.source, scope, "What stands before `[…]`")
    inner = scope.with_item(source.element, node)
    condition = check.type_of(node.condition, inner)
    if is_scalar(condition, "number"):
        return _indexed(check, node, source, condition)
    check.boolean(node.condition, inner, "A filter's condition")
    known = check.truth(node.condition).if_true
    paths = [chain[1:] for chain in known if chain[0] is node]
    return ListType(narrowed(source.element, paths))


def _indexed(check: Checking, node: Filter, source: ListType, index: Type) -> Type:
    if index.optional:
        raise check.may_be_none(node.condition, index)
    for name, reference in check.references.items():
        if reference.node is node:
            message = f"A place in a list cannot depend on its items: {quote(name, check.source)}."
            raise check.error("type-mismatch", message, name, remedy="Compare it with something to filter by it.")
    return NULL if isinstance(source.element, AnyType) else may_be_none(source.element)


def context_literal(check: Checking, node: ContextLiteral, scope: Scope) -> Type:
    """A context of its entries; later ones may read earlier ones."""
    entries: dict[str, Type] = {}
    for entry in node.entries:
        if entry.key in entries:
            raise check.error("duplicate-entry", f"The entry `{entry.key}` stands here twice.", entry)
        type_ = check.type_of(entry.value, scope)
        entries[entry.key] = check.types[entry] = type_
        scope = scope.with_local(entry.key, type_, entry)
    if is_large(found := ContextType(entries)):
        message = "The context has too many parts."
        raise check.error("too-deep", message, node, remedy="Leave out entries that nothing reads.")
    return found


def function_literal(check: Checking, node: FunctionLiteral, _scope: Scope) -> Type:
    """Refused, except where a call looks at it itself (`sort`, `list replace`)."""
    message = "A function can only be written as the second argument of `sort` or `list replace` in a ruleset."
    raise check.error("not-in-rulesets", message, node, remedy="Name what it does as a value.")
