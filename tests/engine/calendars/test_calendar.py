from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import Calendar, Days
from engine.feel.unknown import Cause, Unknown
from tests.engine.calendars.small import SMALL, calendar


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def cause(value: object) -> tuple[str, str]:
    """The calendar and the day that make a value unknown."""
    assert isinstance(value, Unknown)
    (only,) = value.causes
    assert only.kind == "calendar-date"
    return only.path, only.detail


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("03-01", "03-04", 1),  # a Friday to the Monday after: the Friday is not counted, the Monday is
        ("03-05", "03-07", 1),  # across the holiday
        ("03-08", "03-18", 1),  # across spring break
        ("03-08", "03-17", 0),
        ("03-04", "03-04", 0),
        ("03-04", "03-01", -1),
        ("02-25", "03-24", 14),  # the day before the first is not looked at
    ],
)
def test_school_days_between(start: str, end: str, count: int) -> None:
    assert SMALL.between(day(start), day(end), Days.SCHOOL) == count


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("03-01", 1, "03-04"),
        ("03-05", 1, "03-07"),
        ("03-09", 1, "03-18"),  # from a Saturday
        ("03-08", 0, "03-08"),
        ("03-10", 0, "03-10"),  # no days later is the day itself, school day or not
        ("02-25", 14, "03-22"),
        ("03-18", -1, "03-08"),
        ("03-25", -14, "02-26"),
    ],
)
def test_add_school_days(start: str, count: int, end: str) -> None:
    assert SMALL.add(day(start), count, Days.SCHOOL) == day(end)


def test_business_days_are_days_of_their_own() -> None:
    assert SMALL.between(day("03-08"), day("03-15"), Days.BUSINESS) == 3
    assert SMALL.add(day("03-08"), 4, Days.BUSINESS) == day("03-18")
    assert SMALL.is_one(day("03-12"), Days.BUSINESS) is True
    assert SMALL.is_one(day("03-12"), Days.SCHOOL) is False


def test_a_calendar_need_not_say_its_business_days() -> None:
    silent = replace(SMALL, business_days=())
    for answer in (
        silent.between(day("03-08"), day("03-15"), Days.BUSINESS),
        silent.add(day("03-08"), 1, Days.BUSINESS),
        silent.add(day("03-08"), -1, Days.BUSINESS),
        silent.is_one(day("03-08"), Days.BUSINESS),
    ):
        assert cause(answer) == ("small", "business days")
    assert silent.add(day("03-08"), 0, Days.BUSINESS) == day("03-08")


def test_what_lies_outside_is_unknown_and_names_the_first_day_that_is_not_covered() -> None:
    assert cause(SMALL.between(day("02-20"), day("03-01"), Days.SCHOOL)) == ("small", "2024-02-21")
    assert cause(SMALL.between(day("03-20"), day("04-20"), Days.SCHOOL)) == ("small", "2024-03-25")
    assert cause(SMALL.between(day("04-20"), day("03-20"), Days.SCHOOL)) == ("small", "2024-03-25")
    assert cause(SMALL.between(day("04-10"), day("04-20"), Days.SCHOOL)) == ("small", "2024-04-11")
    assert cause(SMALL.add(day("03-20"), 3, Days.SCHOOL)) == ("small", "2024-03-25")
    assert cause(SMALL.add(day("02-24"), 1, Days.SCHOOL)) == ("small", "2024-02-25")
    assert cause(SMALL.add(day("02-28"), -3, Days.SCHOOL)) == ("small", "2024-02-25")
    assert cause(SMALL.add(day("03-26"), -1, Days.SCHOOL)) == ("small", "2024-03-25")
    assert cause(SMALL.is_one(day("03-25"), Days.SCHOOL)) == ("small", "2024-03-25")
    assert cause(SMALL.longest_run_without([], day("03-20"), day("03-26"))) == ("small", "2024-03-25")


def test_the_first_and_the_last_day_there_is() -> None:
    assert cause(SMALL.add(date.max, 1, Days.SCHOOL)) == ("small", "9999-12-31")
    assert cause(SMALL.add(date.min, -1, Days.SCHOOL)) == ("small", "0001-01-01")
    assert cause(SMALL.last_of_week(date.max)) == ("small", "9999-12-27")
    assert cause(SMALL.add(date.max, 1, Days.CALENDAR)) == ("small", "9999-12-31")
    always = calendar(date.min, date.max, (date.max,))
    assert always.last_of_week(date.max) == date.max
    assert cause(always.add(date.max, 1, Days.SCHOOL)) == ("small", "9999-12-31")


@pytest.mark.parametrize(
    ("asked", "last"),
    [("02-26", "03-01"), ("03-03", "03-01"), ("03-06", "03-08"), ("03-13", None), ("03-24", "03-22")],
)
def test_last_school_day_of_week(asked: str, last: str | None) -> None:
    assert SMALL.last_of_week(day(asked)) == (None if last is None else day(last))


def test_the_last_school_day_of_a_week_that_is_covered_in_part() -> None:
    from_wednesday = calendar(day("03-06"), day("03-15"), (day("03-08"),))
    assert from_wednesday.last_of_week(day("03-04")) == day("03-08")  # what came before it cannot matter
    assert cause(from_wednesday.last_of_week(day("03-12"))) == ("small", "2024-03-16")
    assert cause(from_wednesday.last_of_week(day("02-28"))) == ("small", "2024-02-26")
    without = calendar(day("03-06"), day("03-15"), ())
    assert cause(without.last_of_week(day("03-08"))) == ("small", "2024-03-04")


def test_longest_run_without() -> None:
    assert SMALL.longest_run_without([], day("02-26"), day("03-24")) == 14
    assert SMALL.longest_run_without([day("03-04")], day("02-26"), day("03-08")) == 5
    assert SMALL.longest_run_without([day("03-06"), day("03-10")], day("02-26"), day("03-18")) == 10
    assert SMALL.longest_run_without([day("02-26"), day("03-01"), day("03-01")], day("02-26"), day("03-01")) == 3
    assert SMALL.longest_run_without([], day("03-09"), day("03-17")) == 0
    assert SMALL.longest_run_without([], day("03-08"), day("03-01")) == 0


_FIRST, _LAST = date(2024, 1, 1), date(2024, 3, 31)
_days = st.dates(_FIRST, _LAST)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    return calendar(
        _FIRST,
        _LAST,
        tuple(sorted(draw(st.sets(_days, min_size=1)))),
        tuple(sorted(draw(st.sets(_days, min_size=1)))),
    )


_KINDS = st.sampled_from([Days.CALENDAR, Days.SCHOOL, Days.BUSINESS])


def _all(start: date, end: date) -> list[date]:
    return [start + timedelta(days=offset) for offset in range((end - start).days + 1)]


@given(calendars(), _days, _days, _KINDS)
def test_days_between_are_those_after_the_start_through_the_end(
    one: Calendar, start: date, end: date, kind: Days
) -> None:
    early, late = sorted((start, end))
    counted = sum(one.is_one(each, kind) is True for each in _all(early, late)[1:])
    assert one.between(start, end, kind) == (counted if start <= end else -counted)


@given(calendars(), _days, _days, _days, _KINDS)
def test_counts_add_up(one: Calendar, first: date, second: date, third: date, kind: Days) -> None:
    to_second, on, whole = (
        one.between(start, end, kind) for start, end in ((first, second), (second, third), (first, third))
    )
    assert isinstance(to_second, int)
    assert isinstance(on, int)
    assert to_second + on == whole


@given(calendars(), _days, st.integers(-40, 40), _KINDS)
def test_adding_and_counting_are_each_other_s_way_back(one: Calendar, start: date, count: int, kind: Days) -> None:
    end = one.add(start, count, kind)
    if isinstance(end, Unknown):
        return
    if count > 0:
        assert one.is_one(end, kind) is True
        assert one.between(start, end, kind) == count
    elif count < 0:
        assert one.is_one(end, kind) is True
        # A count leaves out the day that it starts from, so the way back begins the day before.
        assert one.between(end - timedelta(days=1), start - timedelta(days=1), kind) == -count


@given(calendars(), _days, _days, st.integers(-20, 20), _KINDS)
def test_later_starts_and_longer_lengths_end_no_earlier(
    one: Calendar, start: date, other: date, count: int, kind: Days
) -> None:
    early, late = sorted((start, other))
    ends = [one.add(early, count, kind), one.add(late, count, kind), one.add(early, count + 1, kind)]
    if isinstance(ends[0], date):
        assert isinstance(ends[1], Unknown) or ends[0] <= ends[1]
        assert isinstance(ends[2], Unknown) or ends[0] < ends[2]


@given(calendars(), st.lists(_days, max_size=12), _days, _days)
def test_a_run_is_broken_by_the_days_of_the_list_alone(
    one: Calendar, taken: list[date], start: date, end: date
) -> None:
    longest = run = 0
    for each in _all(start, end) if start <= end else []:
        if one.is_one(each, Days.SCHOOL):
            run = 0 if each in taken else run + 1
        longest = max(longest, run)
    assert one.longest_run_without(taken, start, end) == longest


@given(calendars(), _days, _days, st.integers(-60, 60), _KINDS)
def test_a_calendar_that_covers_more_says_the_same_of_what_this_one_knows(
    one: Calendar, start: date, end: date, count: int, kind: Days
) -> None:
    further = replace(
        one,
        first=_FIRST - timedelta(days=50),
        last=_LAST + timedelta(days=50),
        school_days=(_FIRST - timedelta(days=3), *one.school_days, _LAST + timedelta(days=2)),
        business_days=(_FIRST - timedelta(days=9), *one.business_days, _LAST + timedelta(days=1)),
    )
    for less, more in (
        (one.between(start, end, kind), further.between(start, end, kind)),
        (one.add(start, count, kind), further.add(start, count, kind)),
        (one.is_one(start, kind), further.is_one(start, kind)),
        (one.last_of_week(start), further.last_of_week(start)),
        (one.longest_run_without([end], start, end), further.longest_run_without([end], start, end)),
    ):
        assert isinstance(less, Unknown) or less == more


def test_causes_are_causes() -> None:
    assert SMALL.is_one(day("04-01"), Days.SCHOOL).causes == {Cause("calendar-date", "small", "2024-04-01")}  # type: ignore[union-attr]  # unknown here
