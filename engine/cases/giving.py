"""What a rule gives when it holds."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from engine.cases.wording import worded
from engine.decisions import Held, Obligation
from engine.feel.unknown import Unknown, unknown_in
from engine.rulesets.checked import CheckedRule

__all__ = ["Gives", "Held", "Obligation", "Owing", "unknown_in", "worded"]


class Gives(Struct, frozen=True):
    """What one rule gives in one case.

    Attributes:
        held: the rule, once per element when it has `each`.
        obligations: what is owed because of it.
        open: what is unknown in its messages, results and due dates, and the elements of which it is not known whether
            they are among them.
    """

    held: tuple[Held, ...]
    obligations: tuple[Obligation, ...]
    open: tuple[Unknown, ...]


class Owing:
    """Makes one obligation of a rule for a case."""

    def __init__(self, rule: CheckedRule, position: int) -> None:
        obliged = rule.obliges[position]
        self._rule = rule.id
        self._action = obliged.action_id
        self._text = obliged.action.text
        self._by = obliged.action.by or ""
        self._to = obliged.action.to or ""
        self._force = obliged.action.force
        self._deadline = obliged.deadline or ""

    def by(self, due: Any, element: int | None) -> Obligation:
        """The obligation with its due date (a date that is still in time, None, or Unknown)."""
        unknown = due.__class__ is Unknown
        return Obligation(
            self._action,
            self._text,
            self._by,
            self._to,
            self._force,
            None if unknown else due,
            self._deadline,
            self._rule,
            element,
            unknown,
        )
