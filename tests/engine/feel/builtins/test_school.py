from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.temporal import WideDate
from engine.feel.types import DATE, NULL, NUMBER, ListType, ScalarType, may_be_none
from engine.feel.values import parse_temporal
from tests.engine.feel import drawing
from tests.engine.feel.builtins.calling import builtin, called, causes, unknown


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("or else", (None, 1), 1),
        ("or else", (False, 1), False),
        ("or else", (None, None), None),
        ("or else", (None, None, 3, 4), 3),
        ("earliest", ([date(2018, 8, 3), None, date(2018, 8, 1)],), date(2018, 8, 1)),
        ("earliest", (date(2018, 8, 3), None), date(2018, 8, 3)),
        ("latest", (date(2018, 8, 3), date(2018, 8, 1)), date(2018, 8, 3)),
        ("latest", ([],), None),
        ("latest", (None,), None),
        ("latest", (1, 2), None),
        ("latest", (date(2018, 8, 3), parse_temporal("2018-08-04T00:00:00")), None),
        ("age on", (date(2010, 9, 1), date(2018, 8, 31)), 7),
        ("age on", (date(2010, 9, 1), date(2018, 9, 1)), 8),
        ("age on", (date(2012, 2, 29), date(2018, 2, 28)), 5),
        ("age on", (date(2012, 2, 29), date(2018, 3, 1)), 6),
        ("age on", (date(2012, 2, 29), date(2016, 2, 29)), 4),
        ("age on", (date(2018, 9, 1), date(2018, 9, 1)), 0),
        ("age on", (date(2018, 9, 2), date(2018, 9, 1)), None),
        ("nth weekday", (2018, 9, 1, "Monday"), date(2018, 9, 3)),
        ("nth weekday", (2018, 9, 1, "Saturday"), date(2018, 9, 1)),
        ("nth weekday", (2018, 11, 4, "Thursday"), date(2018, 11, 22)),
        ("nth weekday", (2018, 5, -1, "Monday"), date(2018, 5, 28)),
        ("nth weekday", (2018, 5, 5, "Thursday"), date(2018, 5, 31)),
        ("nth weekday", (2018, 5, 5, "Friday"), None),
        ("nth weekday", (2018, 5, 0, "Friday"), None),
        ("nth weekday", (2018, 5, 1, "Freitag"), None),
        ("nth weekday", (2018, 13, 1, "Friday"), None),
        ("nth weekday", (2018, 5, 1, None), None),
        ("school year", (date(2018, 7, 1),), "2018-19"),
        ("school year", (date(2019, 6, 30),), "2018-19"),
        ("school year", (date(1999, 9, 1),), "1999-00"),
        ("school year", (date(2018, 7, 1), 8), "2017-18"),
        ("school year", (date(2018, 7, 1), 13), None),
        ("school year", (WideDate(10_000, 7, 1),), None),
        ("add days", (date(2018, 12, 31), 1), date(2019, 1, 1)),
        ("add days", (parse_temporal("2018-12-31T10:00:00Z"), -1), parse_temporal("2018-12-30T10:00:00Z")),
        ("add days", (date(2018, 12, 31), 1.5), None),
        ("add days", (date(9999, 12, 31), 1), WideDate(10_000, 1, 1)),
        ("add days", (date(2018, 12, 31), 10**15), None),
        ("add months", (date(2018, 1, 31), 1), date(2018, 2, 28)),
        ("add months", (date(2018, 3, 31), -1), date(2018, 2, 28)),
        ("add years", (date(2016, 2, 29), 1), date(2017, 2, 28)),
        ("add years", ("2016-02-29", 1), None),
    ],
)
def test_school(name: str, arguments: tuple[Any, ...], expected: object) -> None:
    assert called(name, *arguments) == expected


def test_unknown_dates() -> None:
    assert called("or else", 1, unknown("x")) == 1
    assert causes(called("or else", None, unknown("x"))) == {"x"}
    assert causes(called("or else", unknown("x"), 1)) == {"x"}
    assert causes(called("latest", [date(2018, 8, 3), unknown("x")])) == {"x"}


def test_times_of_which_only_some_have_a_zone_have_no_latest() -> None:
    assert causes(called("latest", parse_temporal("2018-12-31T10:00:00Z"), parse_temporal("2018-12-31T10:00:00"))) == {
        "latest"
    }


@given(drawing.dates, drawing.dates)
def test_ages_are_completed_on_birthdays(born: date, on: date) -> None:
    age = called("age on", born, on)
    if on < born:
        assert age is None
    else:
        completed = called("add years", born, age)
        assert completed <= on
        assert called("add years", born, age + 1) >= on or (born.month, born.day) == (2, 29)


@given(st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 5), st.sampled_from(["Monday", "Friday"]))
def test_weekdays_counted_from_both_ends(year: int, month: int, n: int, name: str) -> None:
    day = called("nth weekday", year, month, n, name)
    if day is not None:
        assert called("day of week", day) == name
        assert (day.day - 1) // 7 == n - 1
        places = [called("nth weekday", year, month, -place, name) for place in range(1, 6)]
        assert day in places


def test_types_say_what_may_be_none() -> None:
    either = builtin("or else").overloads[0]
    assert either.result_type([may_be_none(DATE), DATE]) == DATE
    assert either.result_type([may_be_none(DATE), may_be_none(DATE)]) == may_be_none(DATE)
    assert either.result_type([may_be_none(DATE), NUMBER]) is None
    low, high = (ScalarType("string", choices=(choice,)) for choice in ("low", "high"))
    assert either.result_type([may_be_none(low), high]) == ScalarType("string", choices=("low", "high"))
    assert either.result_type([may_be_none(DATE), NULL, may_be_none(DATE), DATE]) == DATE
    several, one_by_one = builtin("latest").overloads
    assert several.result_type([ListType(may_be_none(DATE))]) == may_be_none(DATE)
    assert one_by_one.result_type([may_be_none(DATE), DATE]) == DATE
    assert one_by_one.result_type([may_be_none(DATE), may_be_none(DATE)]) == may_be_none(DATE)
    assert one_by_one.result_type([NUMBER]) is None
