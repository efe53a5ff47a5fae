"""What is unknown within a value: in its items and entries, however deep."""

from __future__ import annotations

from collections.abc import Iterable

from engine.feel.sql.fitting import entry_of, item_of
from engine.feel.sql.operand import FALSE, Operand
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import Items, Record, Spread

__all__ = ["either", "settled", "unknown_within"]


def unknown_within(plan: Plan, operand: Operand) -> str:
    """An expression that is never NULL: whether the value or anything within it is unknown."""
    if isinstance(operand.shape, Spread):
        return either(operand.unknown, *(unknown_within(plan, entry) for entry in operand.shape.entries.values()))
    return either(operand.unknown, _inside(plan, operand))


def _inside(plan: Plan, operand: Operand) -> str:
    match operand.shape:
        case Items():
            item = plan.item()
            open_ = unknown_within(plan, item_of(operand.items, item))
            if open_ == FALSE:
                return FALSE
            return f"coalesce(len(list_filter({operand.sql}, lambda {item}: {open_})) > 0, false)"
        case Record() as shape:
            record = Operand(operand.sql, shape, known=True)
            open_ = either(*(unknown_within(plan, entry_of(record, name)) for name in shape.entries))
            return FALSE if open_ == FALSE else f"({operand.sql} IS NOT NULL AND {open_})"
        case _:
            return FALSE


def either(*conditions: str) -> str:
    """Whether one of the conditions, which are never NULL, is true."""
    real = list(dict.fromkeys(condition for condition in conditions if condition != FALSE))
    return f"({' OR '.join(real)})" if len(real) > 1 else real[0] if real else FALSE


def settled(plan: Plan, sql: str, operands: Iterable[Operand]) -> tuple[str, str]:
    """`sql` where nothing within the operands is unknown, and whether something is (never NULL)."""
    open_ = either(*(unknown_within(plan, operand) for operand in operands))
    if open_ == FALSE:
        return sql, FALSE
    held = plan.column(open_)
    return f"CASE WHEN NOT {held} THEN {sql} END", held
