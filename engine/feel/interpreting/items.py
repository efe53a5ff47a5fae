"""`for`, `some`, `every`, filters: whatever looks at the items of a list, one step of the budget for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from engine.feel import operators
from engine.feel import syntax as s
from engine.feel.decimals import is_whole
from engine.feel.errors import FeelBudgetError
from engine.feel.interpreting.environment import Environment, Evaluates
from engine.feel.run import MAX_ITEMS
from engine.feel.types import ScalarType
from engine.feel.unknown import Unknown, join
from engine.feel.values import DaysDuration, Range, WideDate, is_number

__all__ = ["filter_", "for_", "quantified"]

_DAY: Final = DaysDuration(24 * 3600 * 10**9)


def for_(evaluation: Evaluates, node: s.For, env: Environment) -> Any:
    """The list of what the body gives; unknown when it is not known what to go through, null with null in its place."""
    results: list[Any] = []
    missing: list[Unknown | None] = []
    for turn in _turns(evaluation, node.iterators, env.bind(node, "partial", results)):
        if not isinstance(turn, Environment):
            missing.append(turn)
        elif len(results) == MAX_ITEMS:
            raise FeelBudgetError("a list would have more items than one may")
        else:
            results.append(evaluation.of(node.body, turn))
    return operators.disj(*missing) if missing else results


def quantified(evaluation: Evaluates, node: s.Quantified, env: Environment) -> Any:
    """`some`: whether one of the conditions is true; `every`: whether all are.

    Not knowing what to go through counts as a condition that is unknown, a null in its place as one that is null.
    """
    results = [
        evaluation.of(node.condition, turn) if isinstance(turn, Environment) else turn
        for turn in _turns(evaluation, node.iterators, env)
    ]
    return operators.disj(*results) if node.kind == "some" else operators.conj(*results)


def _turns(
    evaluation: Evaluates, iterators: tuple[s.Iterator, ...], env: Environment
) -> Iterator[Environment | Unknown | None]:
    """An environment for each combination of items, the last iterator fastest.

    In place of the turns of a domain that is unknown stands that Unknown, of one that is null None.
    """
    if not iterators:
        yield env
        return
    domain = _domain(evaluation, iterators[0], env)
    if domain is None or isinstance(domain, Unknown):
        yield domain
        return
    for item in domain:
        evaluation.run.spend(1)
        yield from _turns(evaluation, iterators[1:], env.bind(iterators[0], iterators[0].name, item))


def _domain(evaluation: Evaluates, iterator: s.Iterator, env: Environment) -> Iterable[Any] | Unknown | None:
    """What an iterator goes through: a list, a range of whole numbers or dates, one value like a list of it."""
    value = evaluation.of(iterator.domain, env)
    if iterator.end is not None:
        end = evaluation.of(iterator.end, env)
        steps: Iterable[Any] | Unknown | None = evaluation.result(
            iterator, _steps(Range(value, True, end, True)), value, end
        )
        return steps
    if isinstance(value, Range):
        found: Iterable[Any] | Unknown | None = evaluation.result(iterator, _steps(value), value)
        return found
    return value if value is None or isinstance(value, Unknown) else _as_list(value)


def _as_list(value: Any) -> list[Any]:
    """A list as it is, another value as a list of it."""
    return value if isinstance(value, list) else [value]


def _steps(range_: Range) -> Iterable[Any] | Unknown | None:
    """The whole numbers or dates from one end of a range to the other, up or down; null when it has other ends."""
    low, high = range_.low, range_.high
    if low.__class__ is Unknown or high.__class__ is Unknown:
        return join(low, high)
    if is_number(low) and is_number(high) and is_whole(low) and is_whole(high):
        step: Any = 1 if low <= high else -1
    elif isinstance(low, date | WideDate) and isinstance(high, date | WideDate):
        step = _DAY if low <= high else operators.negate(_DAY)
    else:
        return None
    return _count(range_, step)


def _count(range_: Range, step: Any) -> Iterator[Any]:
    item = range_.low if range_.low_included else operators.add(range_.low, step)
    upward = range_.low <= range_.high
    while item is not None and (item < range_.high if upward else item > range_.high):
        yield item
        item = operators.add(item, step)
    if item == range_.high and range_.high_included:
        yield item


def filter_(evaluation: Evaluates, node: s.Filter, env: Environment) -> Any:
    """The items for which the condition is true, or the item at a place."""
    source = evaluation.of(node.source, env)
    if source is None:
        return None
    if _is_place(evaluation, node, env):
        place = evaluation.of(node.condition, env.bind(node, "item", None))
        unknown_operands = [operand for operand in (source, place) if isinstance(operand, Unknown)]
        return join(*unknown_operands) if unknown_operands else _at(_as_list(source), place)
    if isinstance(source, Unknown):
        return source
    kept, unknown = [], []
    for item in _as_list(source):
        evaluation.run.spend(1)
        holds = evaluation.of(node.condition, env.bind(node, "item", item))
        if holds is True:
            kept.append(item)
        elif isinstance(holds, Unknown):
            unknown.append(holds)
    return join(*unknown) if unknown else kept


def _is_place(evaluation: Evaluates, node: s.Filter, env: Environment) -> bool:
    """Whether the condition is a number. Outside rulesets that shows only when it is evaluated without an item."""
    type_ = evaluation.checked.types[node.condition]
    if evaluation.checked.strict or (isinstance(type_, ScalarType) and type_.name == "boolean"):
        return isinstance(type_, ScalarType) and type_.name == "number"
    return is_number(evaluation.of(node.condition, env.bind(node, "item", None)))


def _at(items: list[Any], place: Any) -> Any:
    """The item at `place`, counted from 1, or from -1 at the end; null when there is none."""
    if not is_number(place) or not is_whole(place) or not 1 <= abs(place) <= len(items):
        return None
    return items[int(place) - 1 if place > 0 else int(place)]
