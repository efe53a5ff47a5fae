"""Where a deadline stands, in SQL: what `engine.deadlines.state` says, test by test in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.calendars.calendar import Days
from engine.feel.sql import Operand, Plan, days
from engine.feel.sql.operand import FALSE, NULL, TRUE, quoted
from engine.feel.sql.shapes import DAY, TEXT
from engine.rosters.deadline_inputs import Count, Hold, Inputs, Pauses

__all__ = ["state_of"]

_NEVER = 10_000_000
"""The number of a day after every other."""


def state_of(plan: Plan, hold: Hold, inputs: Inputs) -> Mapping[str, Operand]:
    """The entries `starts_on`, `due`, `status` and `met_on` of a deadline.

    Args:
        plan: what has the date and the calendar.
        hold: what holds expressions.
        inputs: what it is reckoned from, held.
    """
    due = _due(plan, hold, inputs)
    met_on = _met_on(plan, hold, inputs.met)
    status = _status(plan, inputs, due, met_on)
    known = _status_known(inputs, due)
    return {
        "starts_on": inputs.starts,
        "due": due,
        "status": Operand(hold(status), TEXT, known=known),
        "met_on": met_on,
    }


def _cases(branches: Iterable[tuple[str, str]], otherwise: str) -> str:
    """The first value of which the condition holds."""
    kept = [f"WHEN {condition} THEN {value}" for condition, value in branches if condition != FALSE]
    return f"CASE {' '.join(kept)} ELSE {otherwise} END" if kept else otherwise


def _is_none(operand: Operand) -> str:
    """Whether it is known that there is none."""
    if not operand.optional:
        return FALSE
    return f"({operand.sql} IS NULL)" if operand.known else f"({operand.sql} IS NULL AND NOT {operand.flag})"


# Met, and due.


def _met_on(plan: Plan, hold: Hold, met: Operand | None) -> Operand:
    """The day on which it was met; what comes after the decision's date has not happened."""
    if met is None:
        return Operand("NULL::DATE", DAY, known=True, optional=True)
    sql = hold(f"CASE WHEN {met.sql} <= {_day(plan)} THEN {met.sql} END")
    flag = "" if met.known else hold(met.unknown)
    return Operand(sql, DAY, known=met.known, optional=True, flag=flag)


def _due(plan: Plan, hold: Hold, inputs: Inputs) -> Operand:
    """The due day: what `due` says, else the day on which the count reaches the length; none without a start."""
    starts, said = inputs.starts, inputs.due
    counted = hold(_counted(plan, hold, inputs, inputs.length)) if inputs.length else None
    values = [(_is_none(starts), NULL), (starts.unknown, NULL)]
    flags = [(_is_none(starts), FALSE), (starts.unknown, TRUE)]
    if said is not None:
        values += [(said.unknown, NULL), (f"({said.sql} IS NOT NULL)", said.sql)]
        flags += [(said.unknown, TRUE), (f"({said.sql} IS NOT NULL)", FALSE)]
    known = starts.known and (said is None or said.known) and counted is None
    sql = hold(_cases(values, counted or "NULL::DATE"))
    flag = "" if known else hold(_cases(flags, f"({counted} IS NULL)" if counted else FALSE))
    return Operand(sql, DAY, known=known, optional=True, flag=flag)


def _counted(plan: Plan, hold: Hold, inputs: Inputs, length: Count) -> str:
    """The day on which the count reaches `length`; NULL when that is not known, or the start is not."""
    start = hold(days.number(inputs.starts.sql))
    if inputs.pauses is None:
        return days.to_day(days.add(plan, length.days, start, length.sql))
    item = plan.item()
    taken = hold(f"list_sort(list_filter({inputs.pauses.sql}, lambda {item}: {item}.f < {item}.u))")
    plain = days.add(plan, length.days, start, length.sql)
    moved = hold(f"CASE WHEN len({taken}) > 0 THEN {_moved(plan, length.days, taken, start, length.sql)} END")
    paused = days.add(plan, length.days, f"{moved}.start", f"{moved}.n")
    branches = [(inputs.pauses.open, NULL), (f"len({taken}) = 0", plain)]
    return days.to_day(hold(_cases(branches, paused)))


def _moved(plan: Plan, kind: Days, taken: str, start: str, count: str) -> str:
    """From where how many days are left to count after all pauses: a structure of `start` and `n`.

    It goes through the pauses, earliest first. Those that overlap are put together (`first` through `last`) until the
    next one begins later; then the days of `first` through `last` are taken off. After the last comes one that no
    other reaches. `n` is NULL when the calendar does not say.
    """
    before, pause = plan.item(), plan.item()
    given, none = plan.item(), "NULL::BIGINT"

    def packed(from_: str, until: str, start: str, n: str, first: str, last: str) -> str:
        return f"struct_pack(f := {from_}, u := {until}, start := {start}, n := {n}, first := {first}, last := {last})"

    pauses = f"list_transform({taken}, lambda {given}: {packed(f'{given}.f', f'{given}.u', none, none, none, none)})"
    never = f"{_NEVER}::BIGINT"
    ended = packed(never, never, none, none, none, none)
    begun = packed(none, none, start, count, none, none)

    first, last, from_, n = (f"{before}.{name}" for name in ("first", "last", "start", "n"))
    reached = f"coalesce({pause}.f < {last}, false)"
    # Counting starts anew on the last day of the pause, with what was left before it.
    hit = f"coalesce({first} <= {days.add(plan, kind, from_, n)}, false)"
    left = f"CASE WHEN {first} > {from_} THEN {n} - {_between(plan, kind, from_, f'({first} - 1)')} ELSE {n} END"
    unsaid = FALSE
    if kind is not Days.CALENDAR:
        unsaid = f"{_between(plan, kind, f'greatest({first} - 1, {from_})', last)} IS NULL"
    still = f"{reached} OR NOT {hit}"
    step = packed(
        none,
        none,
        f"CASE WHEN {still} OR {last} <= {from_} THEN {from_} ELSE {last} END",
        _cases([(still, n), (unsaid, none), (f"{last} > {from_}", left)], n),
        f"CASE WHEN {reached} THEN {first} ELSE {pause}.f + 1 END",
        f"CASE WHEN {reached} THEN greatest({last}, {pause}.u) ELSE {pause}.u END",
    )
    return f"list_reduce({pauses} || [{ended}], lambda {before}, {pause}: {step}, {begun})"


def _between(plan: Plan, kind: Days, start: str, end: str) -> str:
    return f"({days.between(plan, kind, start, end)})"


# The status.


def _status(plan: Plan, inputs: Inputs, due: Operand, met_on: Operand) -> str:
    """The first status that fits; NULL when it is not known whether one does that comes before."""
    as_of, starts, length = _day(plan), inputs.starts, inputs.length
    later = f"{starts.sql} > {as_of}"
    branches = [(_is_none(starts), quoted("not-started")), (starts.unknown, NULL)]
    if length is not None:
        branches += [(FALSE if length.known else f"{later} AND {length.sql} IS NULL", NULL)]
        later += f" AND {length.sql} >= 0"
    branches += [(later, quoted("not-started"))]
    if inputs.met is not None:
        in_time = f"CASE WHEN {met_on.sql} > {due.sql} THEN 'met-late' ELSE 'met' END"
        met = _cases([(due.unknown, NULL)], in_time)
        branches += [(met_on.unknown, NULL), (f"{met_on.sql} IS NOT NULL", met)]
    if inputs.waived is not None:
        branches += [(inputs.waived.sql, quoted("waived")), (inputs.waived.unknown, NULL)]
    if inputs.pauses is not None:
        branches += [(_stands_still(plan, inputs.pauses), quoted("paused")), (inputs.pauses.open, NULL)]
    branches += [(due.unknown, NULL), (f"{due.sql} < {as_of}", quoted("overdue"))]
    if inputs.soon is not None:
        branches += [(f"{due.sql} IS NULL", quoted("running"))]
        branches += _soon(plan, inputs.soon, due)
    return _cases(branches, quoted("running"))


def _stands_still(plan: Plan, pauses: Pauses) -> str:
    """Whether the count is known to stand still on the decision's date."""
    item, today = plan.item(), days.numbered(plan.as_of)
    return f"len(list_filter({pauses.sql}, lambda {item}: {item}.f < {today} AND {item}.u >= {today})) > 0"


def _soon(plan: Plan, soon: Count, due: Operand) -> list[tuple[str, str]]:
    """Whether no more days are left than `soon` says; the due day is known and is not none."""
    left = _between(plan, soon.days, f"{days.numbered(plan.as_of)}", days.number(due.sql))
    unsaid = FALSE if soon.days is Days.CALENDAR else f"{left} IS NULL"
    unknown = FALSE if soon.known else f"{soon.sql} IS NULL"
    return [(unknown, NULL), (unsaid, NULL), (f"{left} <= {soon.sql}", quoted("due-soon"))]


def _status_known(inputs: Inputs, due: Operand) -> bool:
    """Whether every test is always decided."""
    operands = (inputs.starts, due, inputs.met, inputs.waived)
    soon = inputs.soon
    return (
        all(operand is None or operand.known for operand in operands)
        and (inputs.length is None or inputs.length.known)
        and (inputs.pauses is None or inputs.pauses.open == FALSE)
        and (soon is None or (soon.known and soon.days is Days.CALENDAR))
    )


def _day(plan: Plan) -> str:
    return f"DATE '{plan.as_of.isoformat()}'"
