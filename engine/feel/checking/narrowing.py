"""What a condition says about what may be none: after `x != null and …`, x is not none.

Only names and paths that start with a name are narrowed (`mark.score`, `item.day`), since nothing else is sure to be
the same value when it is read again. All of it holds for unknown values too: where a chain of `if_true` is none, its
condition is false, never unknown, so that the unknown lets nothing through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from engine.feel.syntax import Node
from engine.feel.types import ContextType, Type, never_none

__all__ = ["NOTHING_KNOWN", "Chain", "Truths", "conjunction", "disjunction", "narrowed", "negation", "one_of_two"]

Chain = tuple[str | Node, ...]
"""What is narrowed: a name of the scope, or the node that declares a local name, then the entries read from it."""

_NONE: Final[frozenset[Chain]] = frozenset()


@dataclass(frozen=True, slots=True)
class Truths:
    """What follows when a condition is true, and when it is false.

    Attributes:
        if_true: chains that are not none when the condition is true.
        if_false: chains that are not none when it is false.
        can_be_true: False for the literal `false`, and for what needs it.
        can_be_false: False for the literal `true`, and for what it settles.
    """

    if_true: frozenset[Chain] = _NONE
    if_false: frozenset[Chain] = _NONE
    can_be_true: bool = True
    can_be_false: bool = True


NOTHING_KNOWN: Final = Truths()


def negation(truths: Truths) -> Truths:
    """What follows from `not(condition)`."""
    return Truths(truths.if_false, truths.if_true, truths.can_be_false, truths.can_be_true)


def conjunction(parts: Iterable[Truths]) -> Truths:
    """What follows from the conditions joined by `and`."""
    all_parts = tuple(parts)
    culprits = [part.if_false for part in all_parts if part.can_be_false]
    return Truths(
        if_true=_NONE.union(*(part.if_true for part in all_parts)),
        if_false=culprits[0].intersection(*culprits[1:]) if culprits else _NONE,
        can_be_true=all(part.can_be_true for part in all_parts),
        can_be_false=bool(culprits),
    )


def disjunction(parts: Iterable[Truths]) -> Truths:
    """What follows from the conditions joined by `or`."""
    return negation(conjunction(negation(part) for part in parts))


def one_of_two(condition: Truths, then: Truths, otherwise: Truths) -> Truths:
    """What follows from `if condition then then else otherwise`, itself used as a condition."""
    return disjunction((conjunction((condition, then)), conjunction((negation(condition), otherwise))))


def narrowed(type_: Type, paths: Iterable[Chain]) -> Type:
    """`type_` when the entries at `paths` (relative to it; the empty path is the value itself) are not none."""
    deeper: dict[str, list[Chain]] = {}
    for path in paths:
        if not path:
            type_ = never_none(type_)
        elif isinstance(path[0], str):
            deeper.setdefault(path[0], []).append(path[1:])
    if not deeper or not isinstance(type_, ContextType):
        return type_
    entries: Mapping[str, Type] = {
        key: narrowed(entry, deeper[key]) if key in deeper else entry for key, entry in type_.entries.items()
    }
    return replace(type_, entries=entries)
