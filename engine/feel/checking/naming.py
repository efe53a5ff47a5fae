"""Names and paths in rulesets: what each one means, exactly one thing, and the type of what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.feel import builtins
from engine.feel.checking.arithmetic import parts_of
from engine.feel.checking.scopes import Meaning, Scope
from engine.feel.checking.session import Checking
from engine.feel.checking.words import a, listed, near, quote
from engine.feel.errors import FeelError
from engine.feel.syntax import ContextEntry, Filter, Name, Parameter, Path, RangeLiteral
from engine.feel.syntax import Iterator as Iterates
from engine.feel.types import (
    AnyType,
    ContextType,
    ListType,
    RangeType,
    ScalarType,
    Type,
    never_none,
)

__all__ = ["name", "path"]


def name(check: Checking, node: Name, scope: Scope) -> Type:
    """The type of what the name means; it must mean one thing only."""
    meanings = list(scope.meanings(node.name))
    if not meanings:
        raise _unknown(check, node, scope)
    if len(meanings) > 1:
        raise _ambiguous(check, node, meanings)
    meaning = meanings[0]
    check.references[node] = meaning.reference
    owner = meaning.reference.node
    if meaning.owner is not None and meaning.owner.optional and (owner,) not in scope.known:
        message = f"`{node.name}` is read from items that may be none."
        raise check.error("may-be-none", message, node, remedy=f"Test them first: `item != null and {node.name} …`.")
    check.chains[node] = meaning.chain
    return never_none(meaning.type) if meaning.chain in scope.known else meaning.type


def path(check: Checking, node: Path, scope: Scope) -> Type:
    """The entry of a context, the entries of every item of a list of contexts, or a part of a date, time and so on."""
    source = check.present(node.source, scope)
    match source:
        case ContextType():
            type_ = _entry(check, node, source)
            if node.source in check.chains:
                check.chains[node] = chain = (*check.chains[node.source], node.name)
                return never_none(type_) if chain in scope.known else type_
            return type_
        case ListType(element=AnyType()):
            return source
        case ListType(element=ContextType() as element):
            if element.optional:
                raise check.items_may_be_none(node.source)
            return ListType(_entry(check, node, element))
        case _:
            pass
    parts = parts_of(source)
    if isinstance(source, RangeType) and isinstance(node.source, RangeLiteral):
        parts |= {key: source.element for key, end in _ends(node.source) if end}
    if node.name not in parts:
        raise _no_entry(check, node, a(source), parts)
    return parts[node.name]


def _ends(literal: RangeLiteral) -> tuple[tuple[str, bool], ...]:
    return ("start", literal.low is not None), ("end", literal.high is not None)


def _entry(check: Checking, node: Path, owner: ContextType) -> Type:
    found = owner.entries.get(node.name)
    if found is None:
        raise _no_entry(check, node, "", owner.entries)
    return found


def _no_entry(check: Checking, node: Path, kind: str, known: Iterable[str]) -> FeelError:
    text = quote(node.source, check.source)
    names = list(known)
    message = f"{text}{f', {kind},' if kind else ''} has no `{node.name}`."
    meant = near(node.name, names)
    if meant:
        owner = text.strip("`")
        remedy = f"Did you mean {_or(f'{owner}.{guess}' for guess in meant)}?"
    else:
        remedy = f"It has {listed(f'`{known_name}`' for known_name in names)}." if names else ""
    return check.error("unknown-entry", message, node, remedy=remedy)


def _or(guesses: Iterable[str]) -> str:
    return listed((f"`{guess}`" for guess in guesses), "or")


def _unknown(check: Checking, node: Name, scope: Scope) -> FeelError:
    if builtins.get(node.name):
        message = f"`{node.name}` is a function, which is no value by itself."
        return check.error("not-in-rulesets", message, node, remedy=f"Call it: `{node.name}(…)`.")
    if node.name == "partial":
        message = "`partial`, the results so far, is not part of rulesets."
        return check.error("not-in-rulesets", message, node)
    guesses = [*near(node.name, scope.all_names()), *_inside(node.name, scope)]
    if guesses:
        remedy = f"Did you mean {_or(dict.fromkeys(guesses))}?"
    elif node.name in {choice for type_ in scope.names.values() for choice in _choices(type_)}:
        remedy = f'Text stands in quotes: `"{node.name}"`.'
    else:
        remedy = "Declare it as a fact, a parameter or a value."
    return check.error("unknown-name", f"There is no `{node.name}` here.", node, remedy=remedy)


def _inside(wanted: str, scope: Scope) -> Iterator[str]:
    """The entries of the groups of the scope that are called so."""
    for group, type_ in scope.names.items():
        if isinstance(type_, ContextType) and wanted in type_.entries:
            yield f"{group}.{wanted}"


def _choices(type_: Type) -> Iterator[str]:
    match type_:
        case ScalarType():
            yield from type_.choices
        case ListType():
            yield from _choices(type_.element)
        case ContextType():
            for entry in type_.entries.values():
                yield from _choices(entry)
        case _:
            pass


def _ambiguous(check: Checking, node: Name, meanings: list[Meaning]) -> FeelError:
    message = f"`{node.name}` could mean {listed((_meaning(check, meaning) for meaning in meanings[:3]), 'or')}."
    kinds = {meaning.reference.kind for meaning in meanings}
    remedy = "Give one of them another name."
    if "item" in kinds:
        remedy = f"Write `item.{node.name}` if the item's is meant, else give one of them another name."
    return check.error("ambiguous-name", message, node, remedy=remedy)


def _meaning(check: Checking, meaning: Meaning) -> str:
    reference = meaning.reference
    if reference.kind == "scope":
        return f"the ruleset's `{reference.name}`"
    if reference.kind == "item" and isinstance(reference.node, Filter):
        return f"`{reference.name}` of the items of {quote(reference.node.source, check.source)}"
    match reference.node:
        case Iterates():
            return f"the `{reference.name}` of `{reference.name} in …` at column {reference.node.span.column}"
        case ContextEntry():
            return f"the entry `{reference.name}` before it"
        case Parameter():
            return f"the parameter `{reference.name}`"
        case Filter():
            return f"the item of {quote(reference.node.source, check.source)}"
        case _:
            return f"`{reference.name}`"
