"""Values as messages say them, and as JSON."""

from __future__ import annotations

from engine.feel.sql.errors import NotCovered
from engine.feel.sql.operand import Operand, quoted
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import BOOLEAN, TEXT, Items, Number

__all__ = ["json_of", "worded"]


def worded(plan: Plan, operand: Operand, none: str) -> str:
    """The words of a value; NULL where it is unknown."""
    if isinstance(operand.shape, Number) and operand.shape.scale:
        raise NotCovered("the words of a number with decimals")
    sql = f"({operand.sql})::VARCHAR"
    if operand.shape == TEXT:
        sql = operand.sql
    elif operand.shape == BOOLEAN:
        sql = f"CASE WHEN {operand.sql} THEN 'yes' WHEN NOT {operand.sql} THEN 'no' END"
    elif isinstance(operand.shape, Items):
        sql = f"list_aggregate({operand.sql}, 'string_agg', ', ')"
    if operand.optional:
        sql = f"CASE WHEN {operand.unknown} THEN NULL ELSE coalesce({sql}, {quoted(none)}) END"
    return plan.column(sql)


def json_of(plan: Plan, operand: Operand) -> str:
    """The JSON text of a value; NULL where it is unknown."""
    if isinstance(operand.shape, Number) and operand.shape.scale:
        raise NotCovered("a number with decimals as JSON")
    return plan.column(f"to_json({operand.sql})::VARCHAR")
