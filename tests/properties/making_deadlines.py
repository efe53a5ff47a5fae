"""Random deadlines of a ruleset."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from tests.properties.making_expressions import Writer
from tests.properties.making_scopes import Items, Scope, Variable

__all__ = ["make_deadlines"]


def make_deadlines(random: Random, scope: Scope) -> dict[str, Any]:
    """Deadlines over what there is so far, some of them one per element of a list; they are in scope then."""
    deadlines: dict[str, Any] = {}
    for place in range(random.choice((0, 0, 0, 1, 1, 2))):
        name = f"deadline_{place}"
        listed = [items for items in scope.lists if items.entries and items.text != "codes"]
        items = random.choice(listed) if listed and random.random() < 0.35 else None
        seen = len(scope.variables)
        if items is not None:
            own = [replace(entry, text=f"item_{place}.{entry.text}") for entry in items.entries]
            scope.variables.extend([*own, *own, *own])
        deadlines[name] = _deadline(random, scope, items, f"item_{place}")
        del scope.variables[seen:]
        state = (
            Variable("status", "string", choices=("met", "overdue", "running", "paused", "not-started")),
            *(Variable(entry, "date", optional=True) for entry in ("due", "met_on", "starts_on")),
        )
        if items is None:
            scope.variables += [replace(one, text=f"{name}.{one.text}") for one in (*state, *state)]
        else:
            scope.lists.append(Items(name, (*items.entries, *state)))
    return deadlines


def _deadline(random: Random, scope: Scope, items: Items | None, element: str) -> dict[str, Any]:
    kind = random.choice(("calendar", "calendar", "school", "business"))
    deadline: dict[str, Any] = {} if items is None else {"each": f"{element} in {items.text}"}
    deadline["starts"] = _day_or_none(random, scope)
    backwards = random.random() < 0.2
    if random.random() < 0.9:
        deadline["length"] = f"{'-' * backwards}{random.choice((1, 5, 14, 30))} {kind} days"
    if "length" not in deadline or random.random() < 0.2:
        deadline["due"] = _day_or_none(random, scope)
    if random.random() < 0.3:
        deadline["waived"] = Writer(random, scope).boolean(1)
    if random.random() < 0.6:
        deadline["met"] = _day_or_none(random, scope)
    if random.random() < 0.3:
        deadline["soon"] = f"{random.choice((3, 10))} {kind} days"
    if not backwards and random.random() < 0.4:
        deadline["paused"] = {"from": _day_or_none(random, scope), "until": _day_or_none(random, scope)}
    return deadline


def _day_or_none(random: Random, scope: Scope) -> str:
    dates = [one.text for one in scope.variables if one.type == "date"]
    return random.choice(dates) if dates and random.random() < 0.7 else Writer(random, scope).date(0)
