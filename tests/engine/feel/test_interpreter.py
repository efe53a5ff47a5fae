from typing import Any

import pytest

from engine.feel.checker import check
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse_unary_tests
from engine.feel.run import Run
from engine.feel.types import (
    NUMBER,
)
from engine.feel.values import Range
from tests.engine.feel.interpreting import LEVEL, causes, standard, unknown


class TestStandard:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("0.1 + 0.2 = 0.3", True),
            ("1 + 2 * 3", 7),
            ("-3 ** 2", 9),
            ('"a" + "b"', "ab"),
            ("1 / 0", None),
            ('1 + "a"', None),
            ("null + 1", None),
            ('-@"P1D" = @"-P1D"', True),
            ("1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3 and 1 != 2", True),
            ("1 < null", None),
            ("true and null", None),
            ("false and null", False),
            ("true or 3", True),
            ("not(null)", None),
            ("2 between 1 and 3", True),
            ('@"2024-02-30"', None),
            ("{a: 1, b: a + 1}", {"a": 1, "b": 2}),
            ("{a: 1, a: 2}", None),
            ("{a: {b: 3}}.a.b", 3),
            ("{a: 1}.b", None),
            ("[{a: 1}, {b: 2}].a", [1, None]),
            ("3 instance of number", True),
            ("null instance of Any", False),
        ],
    )
    def test_operators(self, text: str, expected: Any) -> None:
        assert standard(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("if true then 1 else 2", 1),
            ("if null then 1 else 2", 2),
            ('if "true" then 1 else 2', 2),
        ],
    )
    def test_if_takes_the_other_branch_unless_its_condition_is_true(self, text: str, expected: Any) -> None:
        assert standard(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2 in [1..3)", True),
            ("3 in [1..3)", False),
            ("1 in ]1..3]", False),
            ("2 in (1, 2)", True),
            ("2 in (> 5, < 3)", True),
            ("2 in [1, 2]", True),
            ("2 in [[5..6], [1..3]]", True),
            ("[1] in [[1], [2]]", True),
            ("5 in (null..10]", None),
            ("null in [1..3]", None),
            ("2 in (? > 1 and ? < 3)", True),
            ("10 in (>= 10)", True),
            ("(>= 10).start", 10),
        ],
    )
    def test_in(self, text: str, expected: Any) -> None:
        assert standard(text) == expected

    def test_ranges_as_values(self) -> None:
        assert standard("[1..3)") == Range(1, True, 3, False)
        assert standard("(<= 3)") == Range(None, False, 3, True)
        assert standard('[1.."a"]') is None

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[1, 2, 3][2]", 2),
            ("[1, 2, 3][-1]", 3),
            ("[1, 2, 3][0]", None),
            ("[1, 2, 3][4]", None),
            ("[1, 2, 3][1.5]", None),
            ("[1, 2, 3][item > 1]", [2, 3]),
            ("[1, 2, 3][i]", 3),
            ("7[1]", 7),
            ("7[true]", [7]),
            ("7[item > 8]", []),
            ("null[1]", None),
            ("[{x: 1, y: 2}, {x: 3}][x > 1]", [{"x": 3}]),
            ("[{x: 1, y: 2}, {x: 3}][item.x = 1].y", [2]),
            ("[{x: 1}, {x: i}][x = i]", [{"x": 3}]),
            ("[{x: 1}, {i: 5}][i > 3]", [{"i": 5}]),
            ("[{x: [{y: 1}, {y: 2}]}][count(x[y = 2]) = 1].x[1].y", [1, 2]),
            ("[1, 2, 3][null]", []),
            ("[[1, 2], [3]][1][2]", 2),
        ],
    )
    def test_filters_and_places(self, text: str, expected: Any) -> None:
        assert standard(text, i=3) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("for x in [1, 2] return x + 1", [2, 3]),
            ("for x in [1, 2], y in [10, 20] return x + y", [11, 21, 12, 22]),
            ("for x in [[1, 2], [3]], y in x return y", [1, 2, 3]),
            ("for x in 2..4 return x", [2, 3, 4]),
            ("for x in 2..0 return x", [2, 1, 0]),
            ("for x in [1..3) return x", [1, 2]),
            ("for x in (1..3] return x", [2, 3]),
            ("for x in (1..1) return x", []),
            ("for x in 5 return x", [5]),
            ("for x in null return x", None),
            ('for x in "a".."c" return x', None),
            ("for x in 1..1.5 return x", None),
            ("for x in 0..3 return if x = 0 then 1 else x * partial[-1]", [1, 1, 2, 6]),
            ("for x in 1..3 return count(partial)", [0, 1, 2]),
            ("(for x in 1..2 return partial)[2]", [[]]),
            ('for d in @"2024-02-28"..@"2024-03-01" return d.day', [28, 29, 1]),
            ('for d in @"2024-03-01"..@"2024-02-28" return d.day', [1, 29, 28]),
        ],
    )
    def test_for(self, text: str, expected: Any) -> None:
        assert standard(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("some x in [1, 2] satisfies x > 1", True),
            ("some x in [] satisfies x > 1", False),
            ("some x in [1, null] satisfies x > 1", None),
            ("every x in [1, 2] satisfies x > 0", True),
            ("every x in [] satisfies x > 0", True),
            ("every x in [1, null] satisfies x > 1", False),
            ("some x in null satisfies true", None),
            ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
            ("every x in 1..3 satisfies x < 4", True),
        ],
    )
    def test_some_and_every(self, text: str, expected: Any) -> None:
        assert standard(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("(function(a, b) a - b)(5, 3)", 2),
            ("(function(a, b) a - b)(b: 5, a: 3)", -2),
            ("(function(a) a)(1, 2)", None),
            ("(function(a) a)(c: 1)", None),
            ("(function(a: string) a)(1)", None),
            ("(function(a) external {java: 1})(1)", None),
            ("{f: function(x) x * 2, y: f(4)}.y", 8),
            ("123()", None),
            ("{f: abs}.f(-2)", 2),
            ("modulo(dividend: 10, divisor: 4)", 2),
            ("abs(x: 1)", None),
            ("abs(1, 2)", None),
        ],
    )
    def test_calls(self, text: str, expected: Any) -> None:
        assert standard(text) == expected

    def test_a_function_remembers_what_stood_around_it(self) -> None:
        assert standard("for x in [1, 2] return (for f in [function(y) x + y] return f(10))[1]") == [11, 12]


class TestUnaryTests:
    @pytest.mark.parametrize(
        ("text", "value", "expected"),
        [
            ("-", None, True),
            ("> 3", 5, True),
            ("1, 2, [5..6]", 5, True),
            ("not(1, 2)", 2, False),
            ("not(1, 2)", 3, True),
            ("? > 3 and ? < 6", 7, False),
            ('"a"', "b", False),
        ],
    )
    def test_known(self, text: str, value: Any, expected: Any) -> None:
        checked = check(parse_unary_tests(text), {}, strict=False, value=NUMBER)
        assert evaluate(checked, {}, Run(), value=value) is expected

    def test_unknown(self) -> None:
        for text, expected in (("> 3", "x"), ("1, 2", "x"), ("not(1)", "x")):
            checked = check(parse_unary_tests(text), {}, value=NUMBER)
            assert causes(evaluate(checked, {}, Run(), value=unknown("x"))) == {expected}
        checked = check(parse_unary_tests("-"), {}, value=NUMBER)
        assert evaluate(checked, {}, Run(), value=unknown("x")) is True

    def test_ordered_choices_compare_by_place(self) -> None:
        checked = check(parse_unary_tests('>= "middle"'), {}, value=LEVEL)
        assert evaluate(checked, {}, Run(), value="high") is True
        assert evaluate(checked, {}, Run(), value="low") is False
