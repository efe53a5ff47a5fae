"""From the truth of the premises to the rules that hold, in SQL: each component's premises index its table.

The tables are those that durable-rules filled when the version was loaded. A component that has none, since it is too
large, is asked pattern by pattern as they occur, through a function that DuckDB calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.feel.sql import Plan
from engine.inference import Component

__all__ = ["held_sql", "pattern_sql"]


def pattern_sql(premises: Sequence[str], bits: Sequence[int]) -> str:
    """The pattern of true premises as a whole number: `premises` are booleans, `bits` their places in it."""
    parts = [f"({premise})::INTEGER::BIGINT * {1 << bit}" for premise, bit in zip(premises, bits, strict=True)]
    return " + ".join(parts) if parts else "0::BIGINT"


@dataclass(frozen=True, slots=True)
class Asked:
    """A function that SQL calls: its name, and the component that it asks."""

    name: str
    component: Component


def held_sql(
    plan: Plan, components: Sequence[Component], premises: Mapping[str, str]
) -> tuple[Mapping[str, str], tuple[Asked, ...]]:
    """Whether each rule holds, by its id, and the functions that this calls.

    Args:
        plan: where columns go.
        components: the components of the rules.
        premises: for each rule its premise; a case in which one is NULL is decided elsewhere.
    """
    held: dict[str, str] = {}
    asked: list[Asked] = []
    for number, component in enumerate(components):
        if component.table == (0, 1):
            held[component.rules[0]] = plan.query.column(f"coalesce({premises[component.rules[0]]}, false)")
            continue
        pattern = plan.query.column(
            pattern_sql([premises[rule] for rule in component.rules], range(len(component.rules)))
        )
        if component.table is None:
            asked.append(Asked(f"holding_{number}", component))
            found = f"holding_{number}({pattern})"
        else:
            found = f"([{', '.join(map(str, component.table))}]::BIGINT[])[{pattern} + 1]"
        holding = plan.query.column(f"coalesce({found}, 0)")
        for bit, rule in enumerate(component.rules):
            held[rule] = plan.query.column(f"(({holding} & {1 << bit}) <> 0)")
    return held, tuple(asked)
