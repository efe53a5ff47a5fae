from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from engine.feel.temporal import DateTime, WideDate
from engine.feel.values import parse_temporal
from tests.engine.feel import drawing
from tests.engine.feel.builtins.calling import AS_OF, called


@pytest.mark.parametrize(
    ("name", "argument", "expected"),
    [
        ("day of year", date(2020, 12, 31), 366),
        ("day of year", WideDate(10_001, 12, 31), 365),
        ("day of week", date(2018, 8, 3), "Friday"),
        ("day of week", parse_temporal("2018-08-03T23:59:59-10:00"), "Friday"),
        ("month of year", date(2018, 8, 3), "August"),
        ("week of year", date(2003, 12, 29), 1),
        ("week of year", date(2005, 1, 1), 53),
        ("week of year", "2018-08-03", None),
        ("day of week", None, None),
    ],
)
def test_parts_of_the_calendar(name: str, argument: Any, expected: object) -> None:
    assert called(name, argument) == expected


@given(drawing.dates)
def test_weeks_are_those_of_iso_8601(day: date) -> None:
    assert called("week of year", day) == day.isocalendar().week
    assert called("day of week", day) == day.strftime("%A")
    assert called("day of year", day) == int(day.strftime("%j"))


def test_today_is_the_date_of_the_decision() -> None:
    assert called("today") == AS_OF
    assert called("now") == DateTime(AS_OF, 0, 0)
