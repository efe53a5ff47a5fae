"""Deadlines of a case: what they are reckoned from, each expression in its turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from engine import deadlines
from engine.calendars.calendar import Calendar
from engine.feel.checked import Checked
from engine.feel.unknown import Unknown
from engine.rulesets.checked import CheckedDeadline, CheckedPause

__all__ = ["deadline_value"]

Evaluate = Callable[[Checked, str, Mapping[str, Any]], Any]
"""Gives the value of an expression; takes its place in the document, and further names."""


def deadline_value(deadline: CheckedDeadline, evaluate: Evaluate, as_of: date, calendar: Calendar | None) -> Any:
    """What expressions see of a deadline: its state, or the states of its elements with their own entries."""

    def part(checked: Checked | None, key: str, names: Mapping[str, Any], otherwise: Any = None) -> Any:
        return otherwise if checked is None else evaluate(checked, f"deadlines.{deadline.name}.{key}", names)

    def state(names: Mapping[str, Any]) -> dict[str, Any]:
        counts = {
            key: None if length is None else deadlines.length(part(length.count, key, names), length.days)
            for key, length in (("length", deadline.length), ("soon", deadline.soon))
        }
        inputs = deadlines.Inputs(
            starts=part(deadline.starts, "starts", names),
            length=counts["length"],
            pauses=() if deadline.paused is None else _pauses(deadline.paused, part, names),
            due=part(deadline.due, "due", names),
            waived=part(deadline.waived, "waived", names, otherwise=False),
            met=part(deadline.met, "met", names),
            soon=counts["soon"],
        )
        return deadlines.state(inputs, as_of, calendar)

    if deadline.each is None:
        return state({})
    items = part(deadline.each.list, "each", {})
    if items.__class__ is Unknown:
        return items
    name = deadline.each.name
    return [item if item.__class__ is Unknown else {**item, **state({name: item})} for item in items]


def _pauses(pause: CheckedPause, part: Callable[..., Any], names: Mapping[str, Any]) -> Any:
    """The pauses: one, or one per element; unknown when the elements are."""
    within = [names]
    if pause.each is not None:
        items = part(pause.each.list, "paused.each", names)
        if items.__class__ is Unknown:
            return items
        within = [{**names, pause.each.name: item} for item in items]
    return deadlines.pauses(
        (part(pause.from_, "paused.from", each), part(pause.until, "paused.until", each)) for each in within
    )
