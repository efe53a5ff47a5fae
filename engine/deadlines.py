"""Deadlines: until when something is in time, and where it stands.

The day after the start is day 1, and the due day is in time. A pause takes off the days after its `from` through its
`until`; what two pauses cover counts once; an open pause counts up to the decision's date. Every part may be unknown by
itself: what the known parts settle is settled, the rest is unknown with its causes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from engine.calendars.calendar import Calendar, Days
from engine.decisions import DeadlineState
from engine.feel.errors import FeelBudgetError
from engine.feel.unknown import Cause, Unknown, join

__all__ = ["ENTRIES", "LONGEST", "STATUSES", "Inputs", "Length", "Pause", "length", "pauses", "state", "told"]

STATUSES: Final = ("not-started", "met", "met-late", "waived", "paused", "overdue", "due-soon", "running")
"""The statuses; the first that fits is the status."""

ENTRIES: Final = ("starts_on", "due", "status", "met_on")
"""What expressions read of a deadline."""

LONGEST: Final = 100_000
"""Days that a length may have."""


@dataclass(frozen=True, slots=True)
class Length:
    """A number of days of a kind; negative before the start."""

    count: int
    days: Days


@dataclass(frozen=True, slots=True)
class Pause:
    """The days after `from_` through `until` do not count; an open pause (`until` is None) lasts as long as it does."""

    from_: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a deadline is reckoned from; any of it may be Unknown.

    Attributes:
        starts: the day after which the count begins; None when it has not begun.
        length: how long; None when only `due` says.
        pauses: when the count stands still.
        due: when it is not None the due day, final.
        waived: whether nobody is held to it.
        met: the day on which it was met; None when it was not.
        soon: how long before the due day it is due soon; None when that is not told apart.
    """

    starts: Any
    length: Length | Unknown | None = None
    pauses: Sequence[Any] | Unknown = ()
    due: Any = None
    waived: Any = False
    met: Any = None
    soon: Length | Unknown | None = None


def state(inputs: Inputs, as_of: date, calendar: Calendar | None) -> dict[str, Any]:
    """Where a deadline stands: its `starts_on`, `due` day (still in time), `status` and `met_on`.

    Args:
        inputs: what it is reckoned from.
        as_of: the decision's date.
        calendar: counts school and business days; without one those are unknown.

    Raises:
        FeelBudgetError: when it would count more days than a length may have.
    """
    due = _due(inputs, as_of, calendar)
    return {
        "starts_on": inputs.starts,
        "due": due,
        "status": _status(inputs, due, as_of, calendar),
        "met_on": _met_on(inputs.met, as_of),
    }


def length(count: Any, days: Days) -> Length | Unknown:
    """A length from a number of days (rounded towards 0, should it not be whole); unknown when the number is."""
    return join(count) if count.__class__ is Unknown else Length(int(count), days)


def pauses(intervals: Iterable[tuple[Any, Any]]) -> list[Any]:
    """The pauses from (from, until) pairs: one without a `from` is none, one with an unknown end is unknown."""
    return [
        join(from_, until) if _open(from_, until) else Pause(from_, until)
        for from_, until in intervals
        if from_ is not None
    ]


def told(name: str, value: Any) -> tuple[tuple[DeadlineState, ...], list[Unknown]]:
    """How a decision tells a deadline, and what is unknown in it.

    Args:
        name: the deadline.
        value: its state, or the states of its elements, as expressions see them; perhaps Unknown.
    """
    if value.__class__ is Unknown:
        return (), [value]
    states = value if value.__class__ is list else [value]
    open_ = [part for state_ in states for entry in ENTRIES if (part := state_[entry]).__class__ is Unknown]
    indexes = range(len(states)) if value.__class__ is list else (None,)
    return tuple(_told(name, index, state_) for index, state_ in zip(indexes, states, strict=True)), open_


def _told(name: str, element: int | None, state_: Mapping[str, Any]) -> DeadlineState:
    unknown = tuple(entry for entry in ENTRIES if state_[entry].__class__ is Unknown)
    known: dict[str, Any] = {entry: None if entry in unknown else state_[entry] for entry in ENTRIES}
    return DeadlineState(name=name, element=element, unknown=unknown, **known)


def _met_on(met: Any, as_of: date) -> Any:
    if met is None or met.__class__ is Unknown:
        return met
    return met if met <= as_of else None


def _due(inputs: Inputs, as_of: date, calendar: Calendar | None) -> Any:
    if inputs.starts is None:
        return None
    if inputs.due is not None:
        return join(inputs.starts, inputs.due) if _open(inputs.starts, inputs.due) else inputs.due
    if inputs.length is None:
        return join(inputs.starts) if _open(inputs.starts) else None
    if _open(inputs.starts, inputs.length, inputs.pauses, *_pauses(inputs)):
        return join(inputs.starts, inputs.length, inputs.pauses, *_pauses(inputs))
    assert isinstance(inputs.length, Length)
    return _counted(inputs.starts, inputs.length, _merged(_pauses(inputs), as_of), calendar)


def _open(*values: Any) -> bool:
    return any(value.__class__ is Unknown for value in values)


def _pauses(inputs: Inputs) -> Sequence[Any]:
    return () if isinstance(inputs.pauses, Unknown) else inputs.pauses


def _merged(pauses: Iterable[Pause], as_of: date) -> list[tuple[date, date]]:
    """The days taken off, as intervals (first, last), both included, ascending and apart from each other."""
    merged: list[tuple[date, date]] = []
    intervals = [(pause.from_, as_of if pause.until is None else pause.until) for pause in pauses]
    for from_, until in sorted(interval for interval in intervals if interval[0] < interval[1]):
        first = from_ + timedelta(days=1)
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((first, until))
    return merged


def _counted(start: date, length: Length, paused: Sequence[tuple[date, date]], calendar: Calendar | None) -> Any:
    """The day on which the count reaches `length`, the days in `paused` left out."""
    if abs(length.count) > LONGEST:
        raise FeelBudgetError("a deadline counts more days than a length may have")
    due = _add(start, length.count, length.days, calendar)
    for first, last in paused:
        if due.__class__ is Unknown or first > due:
            break
        taken = _between(max(first - timedelta(days=1), start), last, length.days, calendar)
        if taken.__class__ is Unknown:
            return taken
        if last > start:
            # Counting starts anew on the last day of the pause, with what was left before it.
            before = _between(start, first - timedelta(days=1), length.days, calendar) if first > start else 0
            if before.__class__ is Unknown:
                return before
            length = Length(length.count - before, length.days)
            start = last
            due = _add(start, length.count, length.days, calendar)
    return due


def _add(start: date, count: int, days: Days, calendar: Calendar | None) -> Any:
    if days is Days.CALENDAR:
        try:
            return start + timedelta(days=count)
        except OverflowError:
            return _no_calendar()
    return calendar.add(start, count, days) if calendar else _no_calendar()


def _between(start: date, end: date, days: Days, calendar: Calendar | None) -> Any:
    if days is Days.CALENDAR:
        return (end - start).days
    return calendar.between(start, end, days) if calendar else _no_calendar()


def _no_calendar() -> Unknown:
    return Unknown(frozenset((Cause("calendar-date", "", "no calendar"),)))


def _status(inputs: Inputs, due: Any, as_of: date, calendar: Calendar | None) -> Any:
    """The first status that fits; unknown when it is not known whether one does that comes before."""
    tests: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("not-started", lambda: _not_started(inputs, as_of)),
        ("met", lambda: _met(inputs, due, as_of)),
        ("waived", lambda: inputs.waived),
        ("paused", lambda: _paused(inputs, as_of)),
        ("overdue", lambda: due if due.__class__ is Unknown else due is not None and as_of > due),
        ("due-soon", lambda: _soon(inputs.soon, due, as_of, calendar)),
    )
    for status, fits in tests:
        found = fits()
        if found.__class__ is Unknown:
            return found
        if found is not False:
            return status if found is True else found
    return "running"


def _not_started(inputs: Inputs, as_of: date) -> Any:
    if inputs.starts is None or inputs.starts.__class__ is Unknown:
        return inputs.starts is None or inputs.starts
    if inputs.starts <= as_of or isinstance(inputs.length, Unknown):
        return False if inputs.starts <= as_of else inputs.length
    return inputs.length is None or inputs.length.count >= 0


def _met(inputs: Inputs, due: Any, as_of: date) -> Any:
    """Whether it was met, and how: `met` or `met-late`."""
    met_on = _met_on(inputs.met, as_of)
    if met_on is None:
        return False
    if _open(met_on, due):
        return join(met_on, due)
    return "met" if due is None or met_on <= due else "met-late"


def _paused(inputs: Inputs, as_of: date) -> Any:
    """Whether the count stands still on `as_of`."""
    if isinstance(inputs.pauses, Unknown):
        return inputs.pauses
    open_ = [pause for pause in inputs.pauses if pause.__class__ is Unknown]
    for pause in inputs.pauses:
        if isinstance(pause, Pause) and pause.from_ < as_of and (pause.until is None or as_of <= pause.until):
            return True
    return join(*open_) if open_ else False


def _soon(soon: Length | Unknown | None, due: Any, as_of: date, calendar: Calendar | None) -> Any:
    if soon is None or due is None:
        return False
    if _open(soon, due):
        return join(soon, due)
    assert isinstance(soon, Length)
    left = _between(as_of, due, soon.days, calendar)
    return left if left.__class__ is Unknown else left <= soon.count
