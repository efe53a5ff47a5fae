"""Values in replies are the texts that people and other systems read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import MappingProxyType

from engine.feel.temporal import DateTime, MonthsDuration
from server.json_values import json_text


def test_times_and_durations_are_their_text_however_deep() -> None:
    moment = DateTime(date(2020, 1, 1), 0, 0)
    results = MappingProxyType({"at": moment, "spans": [MonthsDuration(5)], "more": {"day": date(2020, 1, 2)}})
    assert json_text(results) == '{"at":"2020-01-01T00:00:00Z","spans":["P5M"],"more":{"day":"2020-01-02"}}'


def test_plain_values() -> None:
    assert json_text([1, Decimal("1.50"), True, None, "a"]) == '[1,1.50,true,null,"a"]'
