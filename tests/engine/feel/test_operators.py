from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import operators
from engine.feel.errors import FeelBudgetError, Span
from engine.feel.operators import (
    add,
    conj,
    contains,
    disj,
    divide,
    entry,
    equal,
    greater,
    greater_equal,
    in_test,
    is_instance,
    less,
    less_equal,
    multiply,
    negate,
    negation,
    not_equal,
    power,
    subtract,
)
from engine.feel.run import MAX_TEXT
from engine.feel.syntax import TypeName
from engine.feel.temporal import DateTime, WideDate
from engine.feel.unknown import Unknown
from engine.feel.values import FunctionValue, Range, kind_of, parse_duration, parse_temporal
from tests.engine.feel import drawing
from tests.engine.feel.unknowns import causes, unknown

STRICT = (add, subtract, multiply, divide, power, less, less_equal, greater, greater_equal, equal, not_equal)


NOWHERE = Span(0, 0, 1, 1)


def same(left: Any, right: Any) -> bool:
    if left.__class__ is Unknown or right.__class__ is Unknown:
        return left.__class__ is right.__class__ and left.causes == right.causes
    return left is right


TRUTHS = [True, False, None, unknown("a"), unknown("b")]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(TRUTHS, repeat=2)))
def test_kleene_laws_of_two(a: Any, b: Any) -> None:
    assert same(conj(a, b), conj(b, a))
    assert same(disj(a, b), disj(b, a))
    assert same(negation(conj(a, b)), disj(negation(a), negation(b)))
    assert same(negation(disj(a, b)), conj(negation(a), negation(b)))
    assert conj(False, a, b) is False
    assert disj(a, b, True) is True


@pytest.mark.parametrize(("a", "b", "c"), list(itertools.product(TRUTHS, repeat=3)))
def test_kleene_laws_of_three(a: Any, b: Any, c: Any) -> None:
    assert same(conj(a, conj(b, c)), conj(conj(a, b), c))
    assert same(conj(a, b, c), conj(conj(a, b), c))
    assert same(disj(a, disj(b, c)), disj(disj(a, b), c))
    assert same(disj(a, b, c), disj(disj(a, b), c))


@pytest.mark.parametrize("a", TRUTHS)
def test_kleene_laws_of_one(a: Any) -> None:
    assert same(negation(negation(a)), a)
    assert same(conj(a), a)
    assert same(disj(a), a)
    assert same(conj(a, a), a)
    assert same(disj(a, a), a)
    assert same(conj(a, True), a)
    assert same(disj(a, False), a)


def test_and_or_of_nothing() -> None:
    assert conj() is True
    assert disj() is False


@pytest.mark.parametrize("wrong", [0, 1, "true", [], {}, date(2018, 8, 3)])
def test_what_is_no_boolean_counts_as_null(wrong: Any) -> None:
    assert conj(True, wrong) is None
    assert conj(wrong, False) is False
    assert disj(wrong, True) is True
    assert disj(wrong, False) is None
    assert negation(wrong) is None


def test_the_causes_are_those_that_matter() -> None:
    assert causes(conj(True, unknown("a"), unknown("b"))) == {"a", "b"}
    assert causes(disj(False, unknown("a"), None)) == {"a"}


@given(drawing.values, st.sampled_from(STRICT))
def test_one_unknown_operand_makes_the_result_unknown(value: Any, operator: Callable[[Any, Any], Any]) -> None:
    assert causes(operator(value, unknown("x"))) == {"x"}
    assert causes(operator(unknown("x"), value)) == {"x"}
    assert causes(operator(unknown("x"), unknown("y"))) == {"x", "y"}


def test_minus_unknown_is_unknown() -> None:
    assert causes(negate(unknown("x"))) == {"x"}


@given(drawing.values, drawing.values, st.sampled_from(STRICT))
def test_operators_take_any_values(left: Any, right: Any, operator: Callable[[Any, Any], Any]) -> None:
    result = operator(left, right)
    assert kind_of(result) not in {"other", "unknown"}
    assert kind_of(negate(left)) in {kind_of(left), "null"}
    assert in_test(left, right) in {True, False, None}
    assert contains(right, left) in {True, False, None}


def test_strings_do_not_grow_without_end() -> None:
    half = "a" * (MAX_TEXT // 2)
    assert add(half, half) == "a" * MAX_TEXT
    with pytest.raises(FeelBudgetError):
        add(half, half + "a")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (lambda p: subtract(p("2021-01-02T10:10:10@Europe/Paris"), p("1995-01-01T10:10:10@Asia/Dhaka")), "P9498DT5H"),
        (lambda p: subtract(p("2021-01-02T10:10:10+01:00"), p("1995-01-01")), "P9498DT9H10M10S"),
        (lambda p: subtract(p("2021-01-02"), p("-PT25H")), "2021-01-03"),
        (lambda p: add(p("2021-01-31"), p("P1M")), "2021-02-28"),
        (lambda p: add(p("P1D"), p("10:15:00+11:00")), "10:15:00+11:00"),
        (lambda p: multiply(p("P1Y11M"), Decimal("-2.5")), "-P4Y9M"),
        (lambda p: divide(p("P10DT23H"), Decimal("2.5")), "P4DT9H12M"),
    ],
)
def test_temporal_arithmetic(expression: Callable[[Callable[[str], Any]], Any], expected: str) -> None:
    assert expression(parse_temporal) == parse_temporal(expected)


def test_a_local_time_and_one_with_a_zone_have_no_order() -> None:
    local, zoned = parse_temporal("2021-01-01T10:00:00"), parse_temporal("2021-01-01T10:00:00Z")
    assert less(local, zoned) is None
    assert equal(local, zoned) is False
    assert subtract(local, zoned) is None
    assert less(parse_temporal("10:00:00@Europe/Paris"), parse_temporal("11:00:00Z")) is None


def test_durations_and_numbers_have_a_ratio() -> None:
    assert divide(parse_duration("P10Y"), parse_duration("P5Y")) == 2
    assert divide(parse_duration("P10D"), parse_duration("P5Y")) is None
    assert divide(parse_duration("P10D"), parse_duration("P0D")) is None
    assert multiply(parse_duration("P10D"), 10**30) is None


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        (date(2018, 12, 10), "weekday", 1),
        (WideDate(10_000, 2, 3), "year", 10_000),
        (date(2018, 12, 10), "hour", None),
        (parse_temporal("2018-12-10T10:30:01.5Z"), "second", Decimal("1.5")),
        (parse_temporal("2018-12-10T10:30:00@Europe/Paris"), "time offset", parse_duration("PT1H")),
        (parse_temporal("2018-12-10T10:30:00@Europe/Paris"), "timezone", "Europe/Paris"),
        (parse_temporal("10:30:00@Europe/Paris"), "time offset", None),
        (parse_temporal("10:30:00"), "minute", 30),
        (parse_duration("-P1DT2H3M4.5S"), "hours", -2),
        (parse_duration("-P1DT2H3M4.5S"), "seconds", Decimal("-4.5")),
        (parse_duration("P1Y2M"), "months", 2),
        (parse_duration("P1Y2M"), "days", None),
        (Range(1, True, None, False), "start", 1),
        (Range(1, True, None, False), "end included", False),
        ({"a": 1}, "a", 1),
        ({"a": 1}, "b", None),
        ([{"a": 1}, {}], "a", [1, None]),
        (None, "a", None),
        ("text", "a", None),
    ],
)
def test_entries_and_parts(value: Any, name: str, expected: object) -> None:
    assert entry(value, name) == expected


def test_an_entry_of_unknown_is_unknown() -> None:
    assert causes(entry(unknown("x"), "a")) == {"x"}
    (item,) = entry([unknown("x")], "a")
    assert causes(item) == {"x"}


def named(name: str, *arguments: TypeName, keys: tuple[str, ...] = ()) -> TypeName:
    return TypeName(NOWHERE, name, arguments, keys)


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (None, named("Any"), False),
        (1, named("Any"), True),
        (True, named("number"), False),
        (parse_duration("P1D"), named("days and time duration"), True),
        (parse_duration("P1D"), named("day and time duration"), True),
        ([1, None], named("list", named("number")), True),
        ([1, "a"], named("list", named("number")), False),
        ({"a": None, "b": 1}, named("context", named("string"), keys=("a",)), True),
        ({"b": 1}, named("context", named("string"), keys=("a",)), False),
        (Range(1, True, 2, True), named("range", named("number")), True),
        (Range(1, True, 2, True), named("range", named("date")), False),
        (FunctionValue(("a",), lambda a: a), named("function", named("Any")), True),
        (FunctionValue(("a",), lambda a: a), named("function"), False),
        (1, named("tUnheardOf"), False),
        ([1, unknown("x"), "a"], named("list", named("number")), False),
    ],
)
def test_instance_of(value: Any, type_: TypeName, expected: object) -> None:
    assert is_instance(value, type_) is expected


def test_instance_of_an_unknown_value() -> None:
    assert causes(is_instance(unknown("x"), named("number"))) == {"x"}
    assert causes(is_instance([1, unknown("x")], named("list", named("number")))) == {"x"}


def test_every_operator_is_exported() -> None:
    assert set(operators.__all__) <= set(dir(operators))
    assert isinstance(parse_temporal("2018-12-10T10:30:01.5Z"), DateTime)
