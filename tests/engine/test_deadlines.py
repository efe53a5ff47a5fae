"""Deadlines: the days that count, what is paused, and the status that follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars.calendar import Calendar, Days
from engine.deadlines import STATUSES, Inputs, Length, Pause, state
from engine.feel.unknown import Cause, Unknown

FIRST, LAST = date(2012, 7, 1), date(2014, 8, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
HOLIDAYS = {date(2012, 11, 22), date(2012, 11, 23), date(2013, 1, 1), *(date(2013, 3, day) for day in range(11, 16))}
WORKDAYS = tuple(day for day in EVERY_DAY if day.weekday() < 5 and day not in HOLIDAYS)
SUMMERS = {day for day in EVERY_DAY if day.month in (6, 7) or (day.month == 8 and day.day < 20)}
CALENDAR = Calendar(
    name="example",
    version="0" * 64,
    first=FIRST,
    last=LAST,
    school_days=tuple(day for day in WORKDAYS if day not in SUMMERS),
    business_days=WORKDAYS,
    events={},
)
UNKNOWN = Unknown(frozenset((Cause("fact", "x"),)))


def asked(as_of: date, **inputs: Any) -> dict[str, Any]:
    return state(Inputs(**inputs), as_of, CALENDAR)


def due_by_walking(start: date, length: Length, pauses: Sequence[Pause], as_of: date) -> date | None:
    """The due day found a day at a time; None when the calendar ends before."""
    step = timedelta(days=1 if length.count >= 0 else -1)
    counted, day = 0, start
    while counted < abs(length.count):
        day += step
        if not FIRST <= day <= LAST:
            return None
        paused = any(p.from_ < day <= (p.until or as_of) for p in pauses)
        counts = {Days.CALENDAR: True, Days.SCHOOL: day in CALENDAR.school_days, Days.BUSINESS: day in WORKDAYS}
        counted += counts[length.days] and not paused
    return day


days = st.dates(date(2012, 9, 1), date(2013, 5, 31))
kinds = st.sampled_from(list(Days))
lengths = st.builds(Length, st.integers(0, 90), kinds)
pauses_ = st.lists(st.builds(Pause, days, st.none() | days), max_size=4)


@given(days, lengths, pauses_, days)
def test_the_due_day_is_the_one_found_by_walking(start: date, length: Length, pauses: list[Pause], as_of: date) -> None:
    due = asked(as_of, starts=start, length=length, pauses=pauses)["due"]
    assert (None if due.__class__ is Unknown else due) == due_by_walking(start, length, pauses, as_of)


@given(days, st.integers(-60, -1), kinds)
def test_a_negative_length_counts_back(start: date, count: int, kind: Days) -> None:
    due = asked(start, starts=start, length=Length(count, kind))["due"]
    assert (None if due.__class__ is Unknown else due) == due_by_walking(start, Length(count, kind), [], start)


@given(days, st.integers(1, 90), st.integers(0, 89), st.integers(0, 60))
def test_a_pause_of_n_days_moves_the_due_day_by_n(start: date, length: int, after: int, n: int) -> None:
    from_ = start + timedelta(days=after % length)
    pause = Pause(from_, from_ + timedelta(days=n))
    plain = asked(start, starts=start, length=Length(length, Days.CALENDAR))["due"]
    paused = asked(start, starts=start, length=Length(length, Days.CALENDAR), pauses=[pause])["due"]
    assert paused == plain + timedelta(days=n)


@given(days, lengths, pauses_, days, st.randoms())
def test_overlapping_pauses_count_once_in_any_order(
    start: date, length: Length, pauses: list[Pause], as_of: date, random: Any
) -> None:
    again = [*pauses, *pauses]
    random.shuffle(again)
    once = asked(as_of, starts=start, length=length, pauses=pauses)["due"]
    twice = asked(as_of, starts=start, length=length, pauses=again)["due"]
    assert once == twice or (once.causes == twice.causes)


@given(days, lengths, pauses_, days, st.integers(0, 200))
def test_the_due_day_never_moves_earlier(
    start: date, length: Length, pauses: list[Pause], as_of: date, later: int
) -> None:
    early = asked(as_of, starts=start, length=length, pauses=pauses)["due"]
    late = asked(as_of + timedelta(days=later), starts=start, length=length, pauses=pauses)["due"]
    if early.__class__ is not Unknown and late.__class__ is not Unknown:
        assert early <= late


ORDER = {status: place for place, status in enumerate(("not-started", "running", "due-soon", "overdue"))}


@given(days, lengths, pauses_, days, st.none() | days, st.integers(0, 20))
def test_the_status_never_goes_back_except_into_and_out_of_paused(
    start: date, length: Length, pauses: list[Pause], as_of: date, met: date | None, soon: int
) -> None:
    statuses = [
        asked(
            as_of + timedelta(days=n),
            starts=start,
            length=length,
            pauses=[pause for pause in pauses if pause.until],
            met=met,
            soon=Length(soon, Days.CALENDAR),
        )["status"]
        for n in range(0, 150, 7)
    ]
    known = [status for status in statuses if isinstance(status, str) and status != "paused"]
    for before, after in pairwise(known):
        if before in ("met", "met-late"):
            assert after == before
        elif after not in ("met", "met-late"):
            assert ORDER[before] <= ORDER[after]


SIXTY = Length(60, Days.CALENDAR)
CONSENT = date(2013, 3, 4)


def test_sixty_days_after_consent() -> None:
    assert asked(CONSENT, starts=CONSENT, length=SIXTY)["due"] == date(2013, 5, 3)


@pytest.mark.parametrize(
    ("as_of", "inputs", "status"),
    [
        (date(2013, 3, 4), {"starts": None}, "not-started"),
        (date(2013, 3, 3), {}, "not-started"),
        (date(2013, 3, 4), {}, "running"),
        (date(2013, 4, 22), {}, "running"),
        (date(2013, 4, 23), {}, "due-soon"),
        (date(2013, 5, 3), {}, "due-soon"),
        (date(2013, 5, 4), {}, "overdue"),
        (date(2013, 5, 4), {"waived": True}, "waived"),
        (date(2013, 5, 4), {"met": date(2013, 5, 3)}, "met"),
        (date(2013, 5, 4), {"met": date(2013, 5, 4)}, "met-late"),
        (date(2013, 5, 3), {"met": date(2013, 5, 4)}, "due-soon"),
        (date(2013, 5, 4), {"pauses": [Pause(date(2013, 5, 1), None)]}, "paused"),
        (date(2013, 5, 1), {"pauses": [Pause(date(2013, 5, 1), None)]}, "due-soon"),
        (date(2013, 5, 4), {"due": date(2013, 6, 1)}, "running"),
        (date(2013, 6, 2), {"due": date(2013, 6, 1), "pauses": [Pause(CONSENT, date(2013, 3, 20))]}, "overdue"),
        (date(2014, 5, 4), {"length": None, "soon": None}, "running"),
        (date(2013, 3, 3), {"length": None, "due": date(2013, 6, 1)}, "not-started"),
        (date(2013, 3, 1), {"length": Length(-5, Days.SCHOOL), "starts": date(2013, 3, 18), "soon": None}, "running"),
    ],
)
def test_the_first_status_that_fits(as_of: date, inputs: dict[str, Any], status: str) -> None:
    given_ = {"starts": CONSENT, "length": SIXTY, "soon": Length(10, Days.CALENDAR), **inputs}
    assert status in STATUSES
    assert asked(as_of, **given_)["status"] == status


def test_five_school_days_before_the_meeting_across_spring_break() -> None:
    found = asked(date(2013, 3, 1), starts=date(2013, 3, 18), length=Length(-5, Days.SCHOOL))
    assert (found["due"], found["status"]) == (date(2013, 3, 4), "running")


@pytest.mark.parametrize(
    ("inputs", "entry", "known"),
    [
        ({"starts": UNKNOWN}, "status", False),
        ({"met": UNKNOWN}, "status", False),
        ({"met": UNKNOWN}, "due", True),
        ({"waived": UNKNOWN, "met": date(2013, 4, 1)}, "status", True),
        ({"waived": UNKNOWN}, "status", False),
        ({"due": UNKNOWN}, "due", False),
        ({"pauses": [UNKNOWN]}, "due", False),
        ({"pauses": [UNKNOWN, Pause(CONSENT, None)]}, "status", True),
        ({"soon": UNKNOWN}, "status", False),
        ({"length": UNKNOWN, "due": date(2013, 4, 1)}, "due", True),
        ({"starts": None, "due": UNKNOWN}, "due", True),
    ],
)
def test_what_is_unknown_leaves_known_what_it_cannot_change(inputs: dict[str, Any], entry: str, known: bool) -> None:
    found = asked(date(2013, 4, 2), **{"starts": CONSENT, "length": SIXTY, "pauses": (), **inputs})
    assert (found[entry].__class__ is not Unknown) == known


def test_the_calendar_ends() -> None:
    due = asked(CONSENT, starts=date(2014, 5, 1), length=Length(90, Days.SCHOOL))["due"]
    assert due.causes == {Cause("calendar-date", "example", "2014-09-01")}


def test_a_start_on_the_last_day_that_there_is_can_have_pauses_before_it() -> None:
    earlier = Pause(date(9999, 12, 1), date(9999, 12, 20))
    found = asked(date.max, starts=date.max, length=Length(0, Days.CALENDAR), pauses=[earlier])
    assert found["due"] == date.max
