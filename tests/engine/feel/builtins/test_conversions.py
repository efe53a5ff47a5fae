from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.feel.temporal import DateTime, Time, WideDate
from engine.feel.values import Range, parse_duration, parse_temporal
from tests.engine.feel.builtins.calling import called, causes, unknown

P = parse_temporal


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("date", ("2018-08-03",), date(2018, 8, 3)),
        ("date", ("2018-08-03T10:00:00",), None),
        ("date", (P("2018-08-03T10:00:00Z"),), date(2018, 8, 3)),
        ("date", (2018, 8, 3), date(2018, 8, 3)),
        ("date", (-2018, 8, 3), WideDate(-2018, 8, 3)),
        ("date", (2018, 8, Decimal("3.5")), None),
        ("date", (2018, None, 3), None),
        ("date", (2018, 8), None),
        ("date", (2018,), None),
        ("date and time", ("2018-08-03",), DateTime(date(2018, 8, 3), 0)),
        ("date and time", (date(2018, 8, 3), P("10:00:00@Europe/Paris")), P("2018-08-03T10:00:00@Europe/Paris")),
        ("date and time", (P("2018-08-03T10:00:00Z"), P("11:00:00")), P("2018-08-03T11:00:00")),
        ("date and time", (date(2018, 8, 3), None), None),
        ("time", (date(2018, 8, 3),), Time(0, 0)),
        ("time", (P("2018-08-03T10:00:00-01:00"),), P("10:00:00-01:00")),
        ("time", (12, 0, Decimal("1.5")), P("12:00:01.5")),
        ("time", (12, 0, 0, parse_duration("-PT2H45M55S")), P("12:00:00-02:45:55")),
        ("time", (12, 0, 0, parse_duration("PT15H")), None),
        ("time", (12, 0, 0, parse_duration("PT0.5S")), None),
        ("time", (24, 0, 0), None),
        ("time", (12, 0, None), None),
        ("number", ("1 000,5", " ", ","), Decimal("1000.5")),
        ("number", ("1,000.5", ","), Decimal("1000.5")),
        ("number", ("-.5",), Decimal("-0.5")),
        ("number", ("1e3",), 1000),
        ("number", ("1.5,5", None, ","), None),
        ("number", ("1", ".", "."), None),
        ("number", ("1", "'", "."), None),
        ("number", ("",), None),
        ("number", ("1 ",), None),
        ("number", ("１",), None),
        ("number", ("NaN",), None),
        ("string", (None,), None),
        ("string", (Decimal("1.50"),), "1.5"),
        ("string", (date(2018, 8, 3),), "2018-08-03"),
        ("duration", ("P26M",), parse_duration("P2Y2M")),
        ("duration", ("P1Y1D",), None),
        ("years and months duration", (date(2016, 1, 31), date(2016, 2, 29)), parse_duration("P0M")),
        ("years and months duration", (date(2017, 12, 28), P("2016-09-30T00:00:00")), parse_duration("-P1Y2M")),
        ("range", ("[1..3]",), Range(1, True, 3, True)),
        ("range", (' ( "a" .. "b" [ ',), Range("a", False, "b", False)),
        ("range", ('[date("2018-08-03")..@"2018-08-04"]',), Range(date(2018, 8, 3), True, date(2018, 8, 4), True)),
        ("range", ('[date("2018-08-03"..@"2018-08-04"]',), None),
        ("range", ("[3..1]",), None),
        ("range", ("[1..]",), None),
        ("range", ('[1.."a"]',), None),
        ("range", ("1..3",), None),
    ],
)
def test_conversions(name: str, arguments: tuple[Any, ...], expected: object) -> None:
    assert called(name, *arguments) == expected


def test_the_text_of_something_with_unknown_parts_is_unknown() -> None:
    assert causes(called("string", {"a": [unknown("x")]})) == {"x"}
