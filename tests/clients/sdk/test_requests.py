"""Facts are sent in the forms that the contract has for them."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rollbook.requests import facts_json, resource


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (date(2018, 9, 14), "2018-09-14"),
        (datetime(2018, 9, 14, 8, 30, tzinfo=UTC), "2018-09-14T08:30:00+00:00"),
        (Decimal("2.50"), "2.50"),
        (Decimal("1E+3"), "1000"),
        (timedelta(days=10), "P10D"),
        (timedelta(hours=1, seconds=1.5), "P0DT3601.5S"),
        (timedelta(days=-1), "-P1D"),
        (timedelta(), "P0D"),
        (None, None),
        (True, True),
        (14, 14),
        ("Zoë", "Zoë"),
    ],
)
def test_a_fact_in_its_form(value: Any, sent: Any) -> None:
    assert json.loads(facts_json({"group": {"fact": [value]}})) == {"group": {"fact": [sent]}}


def test_json_text_is_sent_as_it_is() -> None:
    assert facts_json('{"a": 2.50}') == '{"a": 2.50}'
    assert facts_json('{"a": "ä"}'.encode()) == '{"a": "ä"}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_number_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"JSON compliant|finite"):
        facts_json({"a": value})


def test_what_no_fact_can_be_is_refused() -> None:
    with pytest.raises(TypeError, match="a fact cannot be a set"):
        facts_json({"a": {1}})


def test_names_are_made_resource_names_once() -> None:
    assert resource("rulesets", "lausd/grade-marking") == "rulesets/lausd/grade-marking"
    assert resource("rulesets", "rulesets/lausd/grade-marking") == "rulesets/lausd/grade-marking"
    assert resource("calendars", "") == ""
