"""Whether a ruleset applies, and whether the premises of its rules are true, in SQL."""

from __future__ import annotations

from typing import Final

from engine.feel.sql import NotCovered, Operand, Plan
from engine.feel.sql.fitting import item_of
from engine.feel.sql.items import any_item
from engine.feel.sql.operand import TRUE
from engine.feel.sql.shapes import BOOLEAN, Items
from engine.rosters.names import Names
from engine.rulesets.checked import CheckedRule, CheckedRuleset

__all__ = ["MOST_RULES", "inside_of", "premise_of"]

MOST_RULES: Final = 62
"""Premises whose truths fit a whole number of SQL."""


def premise_of(plan: Plan, names: Names, rule: CheckedRule) -> Operand:
    """The premise of a rule; with `each`, whether it is true of an element."""
    where = f"rules.{rule.id}.when"
    if rule.each is None:
        return names.compile(rule.premise, where)
    items = names.compile(rule.each.list, f"rules.{rule.id}.each")
    if not isinstance(items.shape, Items):
        raise NotCovered("`each` over what is no list", where=f"rules.{rule.id}.each")
    item = plan.item()
    premise = names.compile(rule.premise, where, {rule.each.name: item_of(items.items, item)})
    return any_item(plan, items, item, premise)


def inside_of(ruleset: CheckedRuleset, names: Names) -> Operand:
    """Whether the ruleset applies."""
    applies = ruleset.applies
    return Operand(TRUE, BOOLEAN, known=True) if applies is None else names.compile(applies.when, "applies.when")
