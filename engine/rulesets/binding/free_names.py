"""The names that an expression takes from outside, as far as its syntax tells."""

from __future__ import annotations

from engine.feel.checking.facts import children
from engine.feel.syntax import Call, ContextLiteral, For, FunctionLiteral, Iterator, Name, Node, Quantified

__all__ = ["free_names"]


def free_names(node: Node, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """Every name in `node` that is not declared within it.

    A name in a filter may turn out to be an entry of the item; it is among them all the same.
    """
    match node:
        case Name(name=name):
            return frozenset() if name in bound else frozenset((name,))
        case Call(function=Name(), arguments=arguments):
            return _all(arguments, bound)
        case For(iterators=iterators, body=body) | Quantified(iterators=iterators, condition=body):
            return _through(iterators, body, bound)
        case FunctionLiteral(parameters=parameters, body=body):
            return free_names(body, bound | {parameter.name for parameter in parameters})
        case ContextLiteral(entries=entries):
            found: frozenset[str] = frozenset()
            for entry in entries:
                found |= free_names(entry.value, bound)
                bound |= {entry.key}
            return found
        case _:
            return _all(tuple(children(node)), bound)


def _all(nodes: tuple[Node, ...], bound: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(free_names(node, bound) for node in nodes))


def _through(iterators: tuple[Iterator, ...], body: Node, bound: frozenset[str]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for iterator in iterators:
        ends = (iterator.domain,) if iterator.end is None else (iterator.domain, iterator.end)
        found |= _all(ends, bound)
        bound |= {iterator.name}
    return found | free_names(body, bound)
