"""The part of a ruleset that one of its rules rests on: what another ruleset borrows when it builds on that rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

from engine.feel.checked import Checked
from engine.feel.checker import dependencies, paths
from engine.rulesets.checked import CheckedRule, CheckedRuleset
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["differing_facts", "needed", "part_for", "worked_out_from"]


def part_for(ruleset: CheckedRuleset, rule: str) -> CheckedRuleset:
    """The ruleset with only the rules that decide whether `rule` holds, and what those read and build on.

    It keeps the version of the whole, and concludes, sets and obliges to nothing.
    """
    rules = {id_: ruleset.rules[id_] for id_ in ruleset.rules if id_ in _touching(ruleset, rule)}
    read = list(_read_by(ruleset, rules.values()))
    names: set[str] = set()
    waiting = [name for checked in read for name in dependencies(checked)]
    while waiting:
        name = waiting.pop()
        if name not in names and name in ruleset.order:
            names.add(name)
            inner = list(worked_out_from(ruleset, name))
            read += inner
            waiting += [other for checked in inner for other in dependencies(checked)]
    given = {other for one in rules.values() for other in one.given}
    borrowed = {name: part for name, part in ruleset.borrowed.items() if name in given}
    wanted = frozenset().union(*(paths(checked) | dependencies(checked) for checked in read))
    wanted = wanted.union(*(needed(part.facts) for part in borrowed.values()))
    facts = _kept(ruleset.facts, wanted)
    assert isinstance(facts, FactGroup)
    return replace(
        ruleset,
        facts=facts,
        values=MappingProxyType({name: value for name, value in ruleset.values.items() if name in names}),
        tables=MappingProxyType({name: table for name, table in ruleset.tables.items() if name in names}),
        deadlines=MappingProxyType({name: one for name, one in ruleset.deadlines.items() if name in names}),
        order=tuple(name for name in ruleset.order if name in names),
        rules=MappingProxyType(
            {id_: replace(one, outcome=None, results=MappingProxyType({}), obliges=()) for id_, one in rules.items()}
        ),
        default=None,
        expects=(),
        borrowed=MappingProxyType(borrowed),
    )


def differing_facts(part: CheckedRuleset, facts: FactGroup) -> Iterator[str]:
    """The paths of facts that the part reads and `facts` does not declare, or declares as something else."""
    yield from _differing(part.facts, facts)


def needed(node: FactNode) -> Iterator[str]:
    """The paths of what a borrowed part needs declared: every fact and list that it keeps."""
    match node:
        case Fact():
            yield node.path
        case FactGroup():
            for entry in node.entries.values():
                yield from needed(entry)
        case FactList():
            yield node.path
            yield from needed(node.element)


def _touching(ruleset: CheckedRuleset, rule: str) -> set[str]:
    """The rules of the component of `rule`."""
    touching: dict[str, set[str]] = {id_: set() for id_ in ruleset.rules}
    for id_, one in ruleset.rules.items():
        for other in (*one.given, *one.exception_to, *one.defeats):
            if other in touching:
                touching[id_].add(other)
                touching[other].add(id_)
    found, waiting = {rule}, [rule]
    while waiting:
        fresh = touching[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def _read_by(ruleset: CheckedRuleset, rules: Iterable[CheckedRule]) -> Iterator[Checked]:
    if ruleset.applies is not None:
        yield ruleset.applies.when
    for rule in rules:
        yield rule.premise
        if rule.each is not None:
            yield rule.each.list


def worked_out_from(ruleset: CheckedRuleset, name: str) -> Iterator[Checked]:
    """The expressions of a value, value table or deadline."""
    if name in ruleset.values:
        yield ruleset.values[name]
    elif name in ruleset.deadlines:
        yield from ruleset.deadlines[name].expressions
    else:
        table = ruleset.tables[name]
        yield from table.inputs
        for row in table.rows:
            yield from row.tests
            yield from row.outputs.values()


def _kept(node: FactNode, wanted: frozenset[str]) -> FactNode | None:
    """The declaration with only what is wanted; None when nothing of it is."""
    match node:
        case Fact():
            return node if node.path in wanted else None
        case FactGroup():
            entries = {name: kept for name, entry in node.entries.items() if (kept := _kept(entry, wanted)) is not None}
            if not entries and node.path:
                return node if node.path.removesuffix("[]") in wanted else None
            return replace(node, entries=MappingProxyType(entries))
        case FactList():
            element = _kept(node.element, wanted | {f"{node.element.path}.{node.sorted_by}"})
            if element is None and node.path in wanted:
                element = node.element
            if element is None or not (node.path in wanted or _any_wanted(node.element, wanted)):
                return None
            return replace(node, element=element, unique_by=())


def _any_wanted(node: FactNode, wanted: frozenset[str]) -> bool:
    match node:
        case Fact():
            return node.path in wanted
        case FactGroup():
            return any(_any_wanted(entry, wanted) for entry in node.entries.values())
        case FactList():
            return node.path in wanted or _any_wanted(node.element, wanted)


def _differing(needed: FactNode, declared: FactNode | None) -> Iterator[str]:
    match needed, declared:
        case FactGroup(), FactGroup():
            for name, entry in needed.entries.items():
                yield from _differing(entry, declared.entries.get(name))
        case FactList(), FactList() if needed.sorted_by == declared.sorted_by:
            yield from _differing(needed.element, declared.element)
        case Fact(), Fact() if _meaning(needed) == _meaning(declared):
            return
        case _:
            yield needed.path


def _meaning(fact: Fact) -> tuple[object, ...]:
    """What of a declaration changes how its value reads."""
    return fact.kind, fact.choices, fact.ordered, fact.places, fact.may_be_none, fact.none is not None
