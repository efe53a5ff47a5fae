"""What follows from the rules that hold: messages, results, obligations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.decisions import Held, Obligation
from engine.feel.checked import Checked
from engine.feel.unknown import Cause, Unknown, unknown_in
from engine.reference.case import Case, Element, Premise
from engine.reference.messages import fill
from engine.rulesets.checked import CheckedObligation, CheckedRule, CheckedRuleset

__all__ = ["Consequences", "merge"]


@dataclass(frozen=True, slots=True)
class Consequences:
    """What the rules that hold give, and why parts of it are not known.

    Attributes:
        held: each rule that holds, once per element where it has `each`.
        obligations: in the order of the rules.
        causes: of every message path, result and due date that is not known, and of the elements of which it is not
            known whether the rule holds for them too.
    """

    held: tuple[Held, ...]
    obligations: tuple[Obligation, ...]
    causes: frozenset[Cause]

    @classmethod
    def of(cls, case: Case, rules: Iterable[str], premises: Mapping[str, Premise]) -> Consequences:
        """What `rules` give, which hold."""
        gathering = _Gathering(case)
        for name in rules:
            for element in premises[name].elements:
                gathering.add(case.ruleset.rules[name], element)
        return cls(tuple(gathering.held), tuple(gathering.obligations), frozenset(gathering.causes))


@dataclass
class _Gathering:
    case: Case
    held: list[Held] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    causes: set[Cause] = field(default_factory=set)

    def add(self, rule: CheckedRule, element: Element) -> None:
        """What `rule` gives for one element, if its premise is true of it."""
        if element.premise.__class__ is Unknown:
            self.causes |= element.premise.causes
        if element.premise is not True:
            return
        because = fill(
            rule.because,
            lambda expression: self.case.evaluate(expression, f"rules.{rule.id}.because", element.names),
            self.case.ruleset.document.time_zone,
        )
        self.causes |= because.causes
        results = {
            name: self._known(expression, f"rules.{rule.id}.results.{name}", element)
            for name, expression in rule.results.items()
        }
        self.held.append(
            Held(
                rule=rule.id,
                cites=rule.cites,
                because=because.text,
                outcome=rule.outcome,
                results={name: value for name, value in results.items() if value.__class__ is not Unknown},
                element=element.index,
            )
        )
        self.obligations.extend(self._obligation(rule, obligation, element) for obligation in rule.obliges)

    def _known(self, expression: Checked, where: str, element: Element) -> Any:
        """A value that is wholly known, or Unknown, whose causes are kept."""
        value = self.case.evaluate(expression, where, element.names)
        unknown = unknown_in(value)
        if unknown is None:
            return value
        self.causes |= unknown.causes
        return unknown

    def _obligation(self, rule: CheckedRule, obligation: CheckedObligation, element: Element) -> Obligation:
        due = None
        if obligation.due is not None:
            due = self._known(obligation.due, f"rules.{rule.id}.obliges[{obligation.position}].due", element)
        return Obligation(
            action=obligation.action_id,
            text=obligation.action.text,
            by=obligation.action.by or "",
            to=obligation.action.to or "",
            force=obligation.action.force,
            due=None if due.__class__ is Unknown else due,
            deadline=obligation.deadline or "",
            rule=rule.id,
            element=element.index,
            due_unknown=due.__class__ is Unknown,
        )


def merge(ruleset: CheckedRuleset, held: Iterable[Held]) -> dict[str, Any]:
    """The results of all rules that hold, by name: united where the result says so, else the one that there is."""
    merged: dict[str, Any] = {}
    for rule in held:
        for name, value in rule.results.items():
            if ruleset.results[name].merge != "union":
                merged.setdefault(name, value)
                continue
            united = merged.setdefault(name, [])
            for item in value if isinstance(value, list) else [value]:
                if item not in united:
                    united.append(item)
    return merged
