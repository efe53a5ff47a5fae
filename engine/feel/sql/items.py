"""What is true of one item of a list, or of every one."""

from __future__ import annotations

from engine.feel.sql.operand import Operand
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import BOOLEAN

__all__ = ["any_item"]


def any_item(plan: Plan, domain: Operand, item: str, condition: Operand, *, settles: bool = True) -> Operand:
    """Whether `condition` is true of one item (`settles`), or of every item.

    Args:
        plan: where columns go.
        domain: the list.
        item: the variable that the condition reads an item as.
        condition: the condition.
        settles: the truth that settles it: true for `some`, false for `every`.
    """
    word, start = ("OR", "false") if settles else ("AND", "true")
    truths = f"list_transform({domain.sql}, lambda {item}: {condition.sql})"
    left, right = plan.item(), plan.item()
    sql = f"list_reduce({truths}, lambda {left}, {right}: {left} {word} {right}, {start})"
    return Operand(plan.column(sql), BOOLEAN, known=domain.known and condition.known)
