"""Cases that are not complete although their outcome is: something that their decisions say besides is unknown.

Where only outcomes are asked for, nothing else asks of a case whether its messages, results, due dates and deadlines
are known; yet whether a decision is complete must not hang on how much of it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.feel.checked import Checked
from engine.feel.sql import Operand, Plan
from engine.feel.sql.fitting import item_of
from engine.feel.sql.operand import FALSE
from engine.feel.sql.within import either, unknown_within
from engine.rosters.consequences import defaulted_sql, inside_sql
from engine.rosters.deadlines import told_sql
from engine.rosters.names import Names
from engine.rulesets.checked import CheckedRule, CheckedRuleset, Message

__all__ = ["OpenDetails"]


@dataclass(frozen=True)
class OpenDetails:
    """Leaves such cases to the case engine; the attributes are those of `Consequences`."""

    plan: Plan
    ruleset: CheckedRuleset
    names: Names
    inside: str
    held: Mapping[str, str]

    def leave_out(self) -> None:
        """Says on which conditions a case is left out; on none where nothing can be unknown."""
        inside = inside_sql(self.inside)
        for rule in self.ruleset.rules.values():
            self._where(self.held[rule.id], self._of_rule(rule, {}) if rule.each is None else self._of_elements(rule))
        if default := self.ruleset.default:
            when = defaulted_sql(self.ruleset, self.inside, self.held)
            self._where(when, self._of_message(default.because, "default.because", {}))
        if outside := self.ruleset.applies:
            self._where(f"(NOT {inside})", self._of_message(outside.because, "applies.because", {}))
        for name, deadline in self.ruleset.deadlines.items():
            self._where(inside, told_sql(self.plan, deadline, self.names.operand(name))[1])

    def _where(self, when: str, unknown: str) -> None:
        if unknown != FALSE:
            self.plan.leave_out(f"({when} AND {unknown})")

    def _of_rule(self, rule: CheckedRule, local: Mapping[str, Operand]) -> str:
        where = f"rules.{rule.id}"
        results = (self._of(one, f"{where}.results.{name}", local) for name, one in rule.results.items())
        dues = (
            self._of(owed.due, f"{where}.obliges[{number}].due", local)
            for number, owed in enumerate(rule.obliges)
            if owed.due
        )
        return either(self._of_message(rule.because, f"{where}.because", local), *results, *dues)

    def _of_elements(self, rule: CheckedRule) -> str:
        """Whether it is unknown of an element if the premise is true of it, or what the rule says of one."""
        assert rule.each is not None
        items = self.names.compile(rule.each.list, f"rules.{rule.id}.each")
        item = self.plan.item()
        local = {rule.each.name: item_of(items.items, item)}
        premise = self.names.compile(rule.premise, f"rules.{rule.id}.when", local)
        open_ = self._of_rule(rule, local)
        unknown = either(premise.unknown, FALSE if open_ == FALSE else f"({premise.sql} AND {open_})")
        if unknown == FALSE:
            return FALSE
        return f"coalesce(len(list_filter({items.sql}, lambda {item}: {unknown})) > 0, false)"

    def _of_message(self, message: Message, where: str, local: Mapping[str, Operand]) -> str:
        return either(*(self._of(it.expression, where, local) for it in message.parts if not isinstance(it, str)))

    def _of(self, checked: Checked, where: str, local: Mapping[str, Operand]) -> str:
        return unknown_within(self.plan, self.names.compile(checked, where, local))
