"""Rules of other rulesets that a rule is given: whether they hold in the same case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.feel.unknown import Unknown, join
from engine.reference.inference import Component
from engine.rulesets.checked import CheckedRule, CheckedRuleset
from engine.rulesets.facts import FactGroup, FactList, FactNode

__all__ = ["declared_part", "stand_ins", "whether"]


def stand_ins(ruleset: CheckedRuleset) -> Mapping[str, CheckedRule]:
    """For each borrowed rule one that concludes nothing and is linked to nothing: its premise is whether it holds."""
    return {
        id_: replace(
            part.rules[id_.partition("#")[2]],
            id=id_,
            given=(),
            exception_to=(),
            defeats=(),
            outcome=None,
            results=MappingProxyType({}),
            obliges=(),
        )
        for id_, part in ruleset.borrowed.items()
    }


def declared_part(node: FactNode, given: Any) -> Any:
    """The part of the given facts that `node` declares."""
    if isinstance(node, FactGroup) and isinstance(given, Mapping):
        return {name: declared_part(node.entries[name], value) for name, value in given.items() if name in node.entries}
    if isinstance(node, FactList) and isinstance(given, list | tuple):
        return [declared_part(node.element, item) for item in given]
    return given


def whether(rule: str, inside: Any, parts: tuple[Component, ...], premises: Mapping[str, Any]) -> Any:
    """Whether a rule holds, as far as it is known; an Unknown has the causes of the premises that it hangs on.

    Args:
        rule: the rule.
        inside: whether the case lies inside its ruleset.
        parts: the components of that ruleset in this case.
        premises: the truths of its premises.
    """
    if inside is False:
        return False
    part = next(part for part in parts if rule in part.premises)
    if rule not in part.held and rule not in part.undetermined:
        return False
    if rule in part.held:
        return True if inside is True else inside
    hanging = [
        name
        for name in part.unknown
        if part.approximated
        or any((rule in one.held) != (rule in other.held) for one, other in part.neighbouring(name))
    ]
    unknown: Unknown = join(inside, *(premises[name] for name in hanging))
    return unknown
