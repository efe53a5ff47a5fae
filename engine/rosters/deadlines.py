"""Deadlines in SQL: what expressions read of them, and how a decision tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.deadlines import ENTRIES
from engine.feel.sql import NotCovered, Operand, Plan
from engine.feel.sql.fitting import entry_of, item_of, structure
from engine.feel.sql.operand import FALSE, NULL, TRUE, quoted
from engine.feel.sql.shapes import Entry, Items, Record, Spread
from engine.rosters.deadline_inputs import Compile, inputs_of
from engine.rosters.deadline_states import state_of
from engine.rosters.elements import Elements
from engine.rulesets.checked import CheckedDeadline, CheckedEach

__all__ = ["deadline_operand", "told_sql"]


def deadline_operand(plan: Plan, deadline: CheckedDeadline, compile_: Compile) -> Operand:
    """What expressions see of a deadline: a context of its state, with `each` a list of the elements with theirs.

    Args:
        plan: where columns go; leaves out the cases of which a length is too long.
        deadline: the deadline.
        compile_: writes an expression that is a part of it: takes the expression, its place (`paused.from`), and the
            names that are there besides those of the ruleset.

    Raises:
        NotCovered: when SQL cannot say one of its expressions.
    """
    if deadline.each is not None:
        return _each(plan, deadline, deadline.each, compile_)
    inputs = inputs_of(plan, plan.column, deadline, compile_, {})
    if inputs.length is not None:
        _leave_out(plan, inputs.length.beyond)
    return Operand(NULL, Spread(state_of(plan, plan.column, inputs)), known=True)


def _each(plan: Plan, deadline: CheckedDeadline, each: CheckedEach, compile_: Compile) -> Operand:
    domain = compile_(each.list, "each", {})
    if not isinstance(domain.shape, Items) or not isinstance(domain.shape.element, Record) or domain.shape.optional:
        raise NotCovered("a deadline for each of what is no list of groups")
    elements = Elements(plan)
    item = item_of(domain.shape, elements.item)
    inputs = inputs_of(plan, elements.hold, deadline, compile_, {each.name: item})
    if inputs.length is not None:
        _leave_out(plan, _of_any(domain, elements.item, inputs.length.beyond))
    state = state_of(plan, elements.hold, inputs)
    held = Operand(elements.hold(item.sql), item.shape, known=item.known)
    entries = {name: entry_of(held, name) for name in domain.shape.element.entries}
    entries |= state if domain.shape.known else _hidden(state, held)
    shape = Record({name: Entry(entry.shape, entry.optional, entry.known) for name, entry in entries.items()})
    sql = elements.listed(domain.sql, structure(plan, entries, shape))
    return Operand(plan.column(sql), Items(shape), known=domain.known)


def _of_any(domain: Operand, item: str, condition: str) -> str:
    """Whether the condition holds of any item; never NULL."""
    if condition == FALSE:
        return FALSE
    return f"coalesce(len(list_filter({domain.sql}, lambda {item}: {condition})) > 0, false)"


def _leave_out(plan: Plan, condition: str) -> None:
    if condition != FALSE:
        plan.leave_out(plan.column(condition))


def _hidden(state: Mapping[str, Operand], item: Operand) -> dict[str, Operand]:
    """The state where the item is known; where it is not, nothing of its element is."""
    there = f"{item.sql} IS NOT NULL"
    return {
        name: Operand(
            f"CASE WHEN {there} THEN {operand.sql} END",
            operand.shape,
            optional=operand.optional,
            flag=f"(NOT ({there}) OR {operand.unknown})",
        )
        for name, operand in state.items()
    }


def told_sql(plan: Plan, deadline: CheckedDeadline, operand: Operand) -> tuple[str, str]:
    """How a decision tells a deadline: the list of its states, and whether anything in it is unknown (never NULL).

    A state is a structure of `name`, `element` (from 0; NULL without `each`), `starts_on`, `due`, `status`, `met_on`
    and `unknown`, the names of those that are not known. The list is empty when it is not known how many there are.

    Args:
        plan: where columns go.
        deadline: the deadline.
        operand: what `deadline_operand` gave for it.
    """
    if not isinstance(operand.shape, Items):
        entries = [entry_of(operand, name) for name in ENTRIES]
        return f"[{_told(plan, deadline, entries, 'NULL')}]", _any(entry.unknown for entry in entries)
    item, place = plan.item(), plan.item()
    element = item_of(operand.shape, item)
    entries = [entry_of(element, name) for name in ENTRIES]
    told = _told(plan, deadline, entries, f"({place} - 1)")
    open_ = _of_any(operand, item, _any(entry.unknown for entry in entries))
    states = f"list_transform({operand.sql}, lambda {item}, {place}: {told})"
    if operand.known:
        return states, open_
    return f"coalesce({states}, [])", f"({operand.sql} IS NULL OR {open_})"


def _any(conditions: Iterable[str]) -> str:
    kept = [condition for condition in conditions if condition != FALSE]
    return f"({' OR '.join(kept)})" if kept else FALSE


def _told(plan: Plan, deadline: CheckedDeadline, entries: Sequence[Operand], place: str) -> str:
    flags = [
        quoted(name) if entry.unknown == TRUE else f"CASE WHEN {entry.unknown} THEN {quoted(name)} END"
        for name, entry in zip(ENTRIES, entries, strict=True)
        if entry.unknown != FALSE
    ]
    unknown = "[]"
    if flags:
        item = plan.item()
        names = f"list_filter([{', '.join(flags)}], lambda {item}: {item} IS NOT NULL)"
        # Mostly nothing is unknown, and then no list is gone through.
        unknown = f"CASE WHEN {_any(entry.unknown for entry in entries)} THEN {names} ELSE [] END"
    parts = [f"name := {quoted(deadline.name)}", f"element := {place}::INTEGER"]
    parts += [f"{name} := {entry.sql}" for name, entry in zip(ENTRIES, entries, strict=True)]
    return f"struct_pack({', '.join(parts)}, unknown := ({unknown})::VARCHAR[])"
