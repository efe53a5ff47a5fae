"""Deadlines in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from engine.feel.checked import Checked
from engine.feel.sql import NotCovered, Operand, Plan
from engine.rulesets.checked import CheckedDeadline

__all__ = ["deadline_operand", "told_sql"]

Compile: TypeAlias = Callable[[Checked, str, Mapping[str, Operand]], Operand]


def deadline_operand(_plan: Plan, _deadline: CheckedDeadline, _compile: Compile) -> Operand:
    """What expressions read of a deadline."""
    raise NotCovered("a deadline")


def told_sql(_plan: Plan, _deadline: CheckedDeadline, _operand: Operand) -> tuple[str, str]:
    """The states that a decision tells, and whether anything in them is unknown."""
    raise NotCovered("a deadline")
