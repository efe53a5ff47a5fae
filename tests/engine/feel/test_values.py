from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given

from engine.feel.errors import FeelBudgetError
from engine.feel.operators import equal
from engine.feel.unknown import Cause, Unknown
from engine.feel.values import (
    FunctionValue,
    Range,
    entries,
    entry,
    is_context,
    key,
    keys,
    kind_of,
    parse_duration,
    parse_temporal,
    text,
    unknown_within,
)
from tests.engine.feel import drawing


class Mark(msgspec.Struct):
    area: str
    score: Any = None


def unknown(path: str) -> Unknown:
    return Unknown(frozenset({Cause("fact", path)}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (12, "12"),
        (Decimal("1.50"), "1.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-60"), "1E-60"),
        ('say "no"', 'say "no"'),
        (date(2018, 8, 3), "2018-08-03"),
        ([1, "a", None, date(2018, 8, 3)], '[1, "a", null, @"2018-08-03"]'),
        ({"area": "Reading", "at risk": ['"']}, '{area: "Reading", at risk: ["\\""]}'),
        ({"": 1, "a-b": 2}, '{"": 1, "a-b": 2}'),
        (Mark("Reading", 2), '{area: "Reading", score: 2}'),
        (Range(1, True, 3, False), "[1..3)"),
        (Range("a", False, "b", True), '("a".."b"]'),
        (FunctionValue(("a", "b"), lambda a, _b: a), "function(a, b)"),
    ],
)
def test_the_text_of_a_value(value: object, expected: str) -> None:
    assert text(value) == expected


def test_a_record_of_facts_is_a_context() -> None:
    mark = Mark("Reading", 2)
    assert is_context(mark)
    assert kind_of(mark) == "context"
    assert entry(mark, "score") == 2
    assert entry(mark, "missing") is None
    assert entry(mark, "__init__") is None
    assert entries(mark) == {"area": "Reading", "score": 2}
    assert key(mark) == key({"score": Decimal("2.0"), "area": "Reading"})


def test_entries_of_what_is_no_context() -> None:
    assert entry("text", "a") is None
    assert entry(None, "a") is None


@given(drawing.values, drawing.values)
def test_equal_values_have_the_same_key(left: object, right: object) -> None:
    if kind_of(left) != "function" and kind_of(right) != "function":
        assert (key(left) == key(right)) == (equal(left, right) is True)
    assert (key(left) == key(left)) is True


def test_true_is_not_one() -> None:
    assert key(True) != key(1)
    assert key([True]) != key([1])
    assert key(1) == key(Decimal("1.00"))


@given(drawing.values)
def test_every_value_has_a_text(value: object) -> None:
    assert isinstance(text(value), str)


def test_unknowns_are_found_wherever_they_stand() -> None:
    within = {"a": [1, unknown("x")], "b": Range(unknown("y"), True, None, False), "c": Mark("Reading", unknown("z"))}
    found = unknown_within([within, "text"], 3)
    assert found is not None
    assert {cause.path for cause in found.causes} == {"x", "y", "z"}
    assert unknown_within([1, {"a": "b"}], None) is None


def test_values_that_share_their_parts_are_looked_at_once_or_stopped() -> None:
    value: list[Any] = [1]
    for _ in range(64):
        value = [value, value]
    assert unknown_within(value) is None
    for operation in (text, key, lambda shared: equal(shared, [*shared])):
        with pytest.raises(FeelBudgetError):
            operation(value)


def test_values_nested_too_deep_are_stopped() -> None:
    deep: list[Any] = []
    other: list[Any] = []
    for _ in range(50_000):
        deep, other = [deep], [other]
    assert unknown_within(deep) is None
    for operation in (text, key, lambda value: equal(value, other)):
        with pytest.raises(FeelBudgetError, match="nested too deep"):
            operation(deep)


def test_keys_of_many_values_have_one_budget() -> None:
    shared = list(range(20_000))
    with pytest.raises(FeelBudgetError):
        keys([shared] * 100)


def test_literals_read_the_same_as_their_functions() -> None:
    assert parse_temporal("P10D") == parse_duration("P10D")
    assert parse_temporal("nonsense") is None
