from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.feel.builtins import arrange
from engine.feel.builtins.calendar_days import NAMES
from engine.feel.temporal import WideDate
from engine.feel.types import DATE, NUMBER, ListType, may_be_none
from engine.feel.unknown import Cause, Unknown
from engine.feel.values import parse_temporal
from tests.engine.calendars.small import SMALL
from tests.engine.feel.builtins.calling import builtin, called, causes, unknown

FRIDAY, MONDAY = date(2024, 3, 1), date(2024, 3, 4)
BREAK = date(2024, 3, 13)


def counted(name: str, *arguments: Any) -> Any:
    return called(name, *arguments, calendar=SMALL)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("school days between", (FRIDAY, MONDAY), 1),
        ("school days between", (MONDAY, FRIDAY), -1),
        ("school days between", (parse_temporal("2024-03-01T23:00:00"), MONDAY), 1),
        ("school days between", (FRIDAY, "2024-03-04"), None),
        ("school days between", (WideDate(10_000, 1, 1), None), None),
        ("business days between", (date(2024, 3, 8), BREAK), 3),
        ("add school days", (FRIDAY, 1), MONDAY),
        ("add school days", (FRIDAY, Decimal("1.0")), MONDAY),
        ("add school days", (FRIDAY, Decimal("1.5")), None),
        ("add school days", (FRIDAY, True), None),
        ("add school days", (FRIDAY, -1), date(2024, 2, 29)),
        ("add business days", (date(2024, 3, 8), 1), date(2024, 3, 11)),
        ("is school day", (FRIDAY,), True),
        ("is school day", (BREAK,), False),
        ("is school day", (1,), None),
        ("last school day of week", (MONDAY,), date(2024, 3, 8)),
        ("last school day of week", (BREAK,), None),
        ("longest run without", ([], FRIDAY, MONDAY), 2),
        ("longest run without", ([MONDAY, None], FRIDAY, date(2024, 3, 8)), 3),
        ("longest run without", ([parse_temporal("2024-03-04T08:00:00Z")], FRIDAY, MONDAY), 1),
        ("longest run without", (["2024-03-04"], FRIDAY, MONDAY), None),
        ("longest run without", (None, FRIDAY, MONDAY), None),
        ("longest run without", (MONDAY, FRIDAY, MONDAY), 1),
    ],
)
def test_calendar_days(name: str, arguments: tuple[Any, ...], expected: object) -> None:
    found = counted(name, *arguments)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("name", "arguments"), [("add school days", (FRIDAY, 10**33)), ("add school days", (FRIDAY, -(10**33)))]
)
def test_no_calendar_is_as_long_as_that(name: str, arguments: tuple[Any, ...]) -> None:
    assert counted(name, *arguments).__class__ is Unknown


def test_a_day_that_is_not_covered_is_named() -> None:
    for name, arguments, day in (
        ("school days between", (FRIDAY, date(2024, 6, 1)), "2024-03-25"),
        ("add school days", (FRIDAY, 100), "2024-03-25"),
        ("is school day", (date(2023, 9, 1),), "2023-09-01"),
        ("is school day", (WideDate(10_000, 1, 1),), "10000-01-01"),
        ("longest run without", ([], FRIDAY, WideDate(-5, 1, 1)), "-0005-01-01"),
    ):
        found = counted(name, *arguments)
        assert found.__class__ is Unknown
        assert found.causes == {Cause("calendar-date", "small", day)}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_without_a_calendar_everything_is_unknown(name: str) -> None:
    arguments: dict[str, tuple[Any, ...]] = {
        "is school day": (FRIDAY,),
        "last school day of week": (FRIDAY,),
        "longest run without": ([], FRIDAY, MONDAY),
        "add school days": (FRIDAY, 1),
        "add business days": (FRIDAY, 1),
    }
    found = called(name, *arguments.get(name, (FRIDAY, MONDAY)))
    assert found.__class__ is Unknown
    assert [cause.kind for cause in found.causes] == ["calendar-date"]


def test_an_unknown_day_makes_the_count_unknown() -> None:
    assert causes(counted("school days between", unknown("enrolled_on"), MONDAY)) == {"enrolled_on"}
    assert causes(counted("longest run without", [MONDAY, unknown("days[1]")], FRIDAY, MONDAY)) == {"days[1]"}


def test_ends_are_said_by_name() -> None:
    assert arrange(builtin("school days between"), ["through", "after"]) == (1, 0)
    assert arrange(builtin("longest run without"), ["days", "from", "through"]) == (0, 1, 2)


def test_types() -> None:
    week = builtin("last school day of week").overloads[0]
    assert week.result_type([DATE]) == DATE
    assert week.no_result == "none"
    run = builtin("longest run without").overloads[0]
    assert run.result_type([ListType(may_be_none(DATE)), DATE, DATE]) is not None
    assert run.result_type([ListType(NUMBER), DATE, DATE]) is None
