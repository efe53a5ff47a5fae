"""What a deadline is reckoned from, in SQL: its expressions, held so that the state can read them again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from engine.calendars.calendar import Days
from engine.deadlines import LONGEST
from engine.feel.checked import Checked
from engine.feel.sql import NotCovered, Operand, Plan, days
from engine.feel.sql.fitting import item_of
from engine.feel.sql.operand import FALSE
from engine.feel.sql.shapes import BOOLEAN, DAY, Items, Nothing, Number, Shape
from engine.rosters.elements import Elements
from engine.rulesets.checked import CheckedDeadline, CheckedLength, CheckedPause

__all__ = ["Compile", "Count", "Hold", "Inputs", "Pauses", "inputs_of"]

Compile: TypeAlias = Callable[[Checked, str, Mapping[str, Operand]], Operand]
"""Writes an expression that is a part of a deadline; takes its place in the deadline, and further names."""

Hold: TypeAlias = Callable[[str], str]
"""Gives what reads an expression of SQL that is worked out once."""

_SMALL_BITS: Final = 16
"""Binary digits of numbers that are never more than the days that a length may have."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of days of a kind.

    Attributes:
        sql: the number, whole; NULL when it is not known.
        known: whether it always is.
        days: what it counts.
        beyond: an expression that is never NULL and reads nothing that is held: whether it is more than a length may
            have, or may be.
    """

    sql: str
    known: bool
    days: Days
    beyond: str


@dataclass(frozen=True, slots=True)
class Pauses:
    """When the count stands still.

    Attributes:
        sql: a list of structures `f` and `u` (the days after `f` through `u` are taken off, by their numbers; NULL when
            that is not known) and `k` (whether it is not known); NULL when the list is not known.
        open: an expression that is never NULL: whether any of it is not known.
    """

    sql: str
    open: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a deadline is reckoned from, as `engine.deadlines.Inputs` says; None for what the deadline does not have."""

    starts: Operand
    length: Count | None
    pauses: Pauses | None
    due: Operand | None
    waived: Operand | None
    met: Operand | None
    soon: Count | None


def inputs_of(
    plan: Plan, hold: Hold, deadline: CheckedDeadline, compile_: Compile, local: Mapping[str, Operand]
) -> Inputs:
    """The inputs of a deadline, held.

    Args:
        plan: where columns go.
        hold: what holds expressions.
        deadline: the deadline.
        compile_: writes its expressions.
        local: further names, that of the element.

    Raises:
        NotCovered: when SQL cannot say one of them.
    """

    def part(checked: Checked | None, key: str, shape: Shape) -> Operand | None:
        return None if checked is None else _held(hold, _typed(compile_(checked, key, local), shape))

    def count(length: CheckedLength | None, key: str) -> Operand | None:
        return None if length is None else compile_(length.count, key, local)

    starts = part(deadline.starts, "starts", DAY)
    assert starts is not None
    length, soon = count(deadline.length, "length"), count(deadline.soon, "soon")
    return Inputs(
        starts=starts,
        length=None if length is None or deadline.length is None else _length(hold, length, deadline.length.days),
        pauses=None if deadline.paused is None else _pauses(plan, hold, deadline.paused, compile_, local),
        due=part(deadline.due, "due", DAY),
        waived=part(deadline.waived, "waived", BOOLEAN),
        met=part(deadline.met, "met", DAY),
        soon=None if soon is None or deadline.soon is None else _count(hold, soon, deadline.soon.days),
    )


def _typed(operand: Operand, shape: Shape) -> Operand:
    """The operand, which is of that shape or null."""
    if isinstance(operand.shape, Nothing):
        sql = "NULL::DATE" if shape == DAY else "NULL::BOOLEAN"
        return Operand(sql, shape, operand.known, operand.optional, operand.flag)
    if operand.shape != shape:
        raise NotCovered("a part of a deadline of this kind")
    return operand


def _held(hold: Hold, operand: Operand) -> Operand:
    flag = hold(operand.flag) if operand.flag else ""
    return Operand(hold(operand.sql), operand.shape, operand.known, operand.optional, flag)


def _length(hold: Hold, count: Operand, kind: Days) -> Count:
    """How long; NULL for more than a length may have, which leaves the case to the case engine."""
    shape = count.shape
    if isinstance(shape, Number) and (shape.bits > _SMALL_BITS or shape.scale):
        most = LONGEST * 10**shape.scale
        beyond = f"coalesce({count.sql} NOT BETWEEN {-most} AND {most}, false)"
        sql = f"CASE WHEN NOT {beyond} THEN {_whole(count)}::BIGINT END"
        return Count(hold(sql), count.known and not count.optional, kind, beyond)
    return _count(hold, count, kind)


def _count(hold: Hold, count: Operand, kind: Days) -> Count:
    return Count(hold(_whole(count)), count.known and not count.optional, kind, FALSE)


def _whole(count: Operand) -> str:
    """The whole part of a number."""
    if isinstance(count.shape, Nothing):
        return days.UNKNOWN_NUMBER
    if not isinstance(count.shape, Number):
        raise NotCovered("a number of days of this kind")
    return f"({count.sql} // {10**count.shape.scale})" if count.shape.scale else count.sql


def _pauses(plan: Plan, hold: Hold, pause: CheckedPause, compile_: Compile, local: Mapping[str, Operand]) -> Pauses:
    if pause.each is None:
        ends = [
            _held(hold, _typed(compile_(checked, key, local), DAY))
            for checked, key in ((pause.from_, "paused.from"), (pause.until, "paused.until"))
        ]
        sql = hold(f"[{_interval(plan, *ends)}]")
        return Pauses(sql, FALSE if all(end.known for end in ends) else hold(f"{sql}[1].k"))
    domain = compile_(pause.each.list, "paused.each", local)
    if not isinstance(domain.shape, Items):
        raise NotCovered("pauses for what is no list")
    elements = Elements(plan)
    within = {**local, pause.each.name: item_of(domain.shape, elements.item)}
    ends = [
        _held(elements.hold, _typed(compile_(checked, key, within), DAY))
        for checked, key in ((pause.from_, "paused.from"), (pause.until, "paused.until"))
    ]
    sql = hold(elements.listed(domain.sql, _interval(plan, *ends)))
    if domain.known and all(end.known for end in ends):
        return Pauses(sql, FALSE)
    item = plan.item()
    return Pauses(sql, hold(f"({sql} IS NULL OR len(list_filter({sql}, lambda {item}: {item}.k)) > 0)"))


def _interval(plan: Plan, from_: Operand, until: Operand) -> str:
    """A pause: no days of it when it has no `from`, through the decision's date when it has no `until`."""
    unknown = f"({from_.unknown} OR ({from_.sql} IS NOT NULL AND {until.unknown}))"
    first = f"CASE WHEN NOT {unknown} THEN {days.number(from_.sql)} END"
    last = f"coalesce({days.number(until.sql)}, {days.numbered(plan.as_of)})"
    return f"struct_pack(f := {first}, u := {last}, k := {unknown})"
