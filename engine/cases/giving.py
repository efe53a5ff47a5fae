"""What a rule gives when it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.cases.wording import worded
from engine.decisions import Held, Obligation
from engine.feel.unknown import unknown_in
from engine.rulesets.checked import CheckedObligation, CheckedRule

__all__ = ["NOTHING", "Given", "Held", "Obligation", "obligation", "obligation_code", "unknown_in", "worded"]

Given = Callable[..., None]
"""What a rule gives: called with facts, parameters, run, values, the truths of its elements, and three lists that it
adds to: the rule, once per element when it has `each`; what is owed because of it; what is unknown in its messages,
results and due dates, and the elements of which it is not known whether they are among them."""

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
"""The results of a rule that sets none."""


def obligation(rule: CheckedRule, obliged: CheckedObligation) -> Obligation:
    """The obligation of a rule that has no due date."""
    action = obliged.action
    by, to, deadline = (str(text or "") for text in (action.by, action.to, obliged.deadline))
    return Obligation(obliged.action_id, str(action.text), by, to, action.force, None, deadline, rule.id)


def obligation_code(rule: CheckedRule, obliged: CheckedObligation, due: str, element: str) -> str:
    """Python code that makes an obligation of a rule.

    Args:
        rule: the rule.
        obliged: what it obliges to.
        due: code for the due date, None for none.
        element: code for the index of the element, and for whether the due date is unknown where that is not False.
    """
    owed = obligation(rule, obliged)
    said = ", ".join(map(repr, (owed.action, owed.text, owed.by, owed.to, owed.force)))
    return f"Obligation({said}, {due}, {owed.deadline!r}, {owed.rule!r}, {element})"
