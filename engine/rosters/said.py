"""Single values as they are said in JSON, mappings and columns: what number or day each is, exactly."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.cases.checking import is_whole, to_places
from engine.cases.records import LARGEST_DECIMAL, read_decimal
from engine.rosters.columns import UNDECLARED_PLACES
from engine.rulesets.facts import Fact

__all__ = ["date_said", "decimal_said", "integer_said"]


def integer_said(_fact: Fact, value: Any) -> int | None:
    """The whole number that a value is, however it is written (3, 3.0); None when it is none, or has over 63 bits."""
    return whole if is_whole(value) and -(2**63) <= (whole := int(value)) < 2**63 else None


def decimal_said(fact: Fact, value: Any) -> Decimal | None:
    """The number that a value is or writes, exact in the decimals of the fact's column; None where there is none."""
    number = read_decimal(value)
    if number is None or not -LARGEST_DECIMAL < number < LARGEST_DECIMAL:
        return None
    places = UNDECLARED_PLACES if fact.places is None else fact.places
    rounded = to_places(number, places)
    return rounded if rounded == number else None


def date_said(_fact: Fact, value: Any) -> date | None:
    """The date that a value is, or writes as 2018-08-03; None where there is none."""
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value
    if not isinstance(value, str) or len(value) != len("2018-08-03"):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if day.isoformat() == value else None
