from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.feel.checker import check
from engine.feel.errors import FeelBudgetError
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.run import Run
from engine.feel.syntax import Comparison, Node
from engine.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    NUMBER,
    STRING,
    ContextType,
    ListType,
    ScalarType,
    Type,
    may_be_none,
)
from engine.feel.unknown import Cause, Unknown
from engine.feel.values import DaysDuration, Range, parse_date_time

LEVEL = ScalarType("string", choices=("low", "middle", "high"), ordered=True)
NOTICE = ContextType({"area": STRING, "sent_on": may_be_none(DATE)})
SCOPE: Mapping[str, Type] = {
    "a": BOOLEAN,
    "b": BOOLEAN,
    "n": NUMBER,
    "m": NUMBER,
    "maybe": may_be_none(NUMBER),
    "level": LEVEL,
    "other_level": LEVEL,
    "day": DATE,
    "moment": DATE_TIME,
    "numbers": ListType(NUMBER),
    "notices": ListType(NOTICE),
    "mark": ContextType({"score": STRING, "since": may_be_none(DATE)}),
}


def unknown(*paths: str) -> Unknown:
    return Unknown(frozenset(Cause("fact", path) for path in paths))


def standard(text: str, *, run: Run | None = None, **values: Any) -> Any:
    """The value of an expression outside rulesets."""
    checked = check(parse(text, values), dict.fromkeys(values, may_be_none(STRING)), source=text, strict=False)
    return evaluate(checked, values, run or Run(as_of=date(2024, 1, 31)))


def ruled(text: str, **values: Any) -> Any:
    """The value of an expression in a ruleset; names that are not given are facts left out."""
    checked = check(parse(text), SCOPE, source=text)
    given = {name: values.get(name, unknown(name)) for name in SCOPE}
    return evaluate(checked, given, Run(as_of=date(2024, 1, 31)), where="values.x")


def causes(value: Any) -> set[str]:
    """The paths of what makes a value unknown."""
    assert isinstance(value, Unknown)
    return {cause.path for cause in value.causes}


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


class TestUnknown:
    def test_and_and_or_are_settled_by_what_is_known(self) -> None:
        assert ruled("a and b", a=False) is False
        assert ruled("a or b", b=True) is True
        assert causes(ruled("a and b", a=True)) == {"b"}
        assert causes(ruled("a and b")) == {"a", "b"}
        assert causes(ruled("not(a)")) == {"a"}

    def test_comparisons_and_arithmetic_join_their_causes(self) -> None:
        assert causes(ruled("n + m > 3")) == {"n", "m"}
        assert causes(ruled("n + m > 3", n=1)) == {"m"}
        assert causes(ruled("n between 1 and m", n=2)) == {"m"}
        assert ruled("n between 1 and m", n=0) is False

    def test_in_is_settled_by_a_test_that_is_true(self) -> None:
        assert ruled("n in (1, m)", n=1) is True
        assert causes(ruled("n in (1, m)", n=2)) == {"m"}
        assert causes(ruled("n in [1..5]")) == {"n"}
        assert ruled("n in [1..m]", n=0) is False

    def test_if_is_known_when_both_branches_agree(self) -> None:
        assert ruled("if a then n else m", n=1, m=1) == 1
        assert causes(ruled("if a then n else m", n=1, m=2)) == {"a"}
        assert causes(ruled("if a then n else m", n=1)) == {"a", "m"}
        assert ruled("if a then n else m", a=True, n=1) == 1
        assert causes(ruled("if a then n else m", a=False, n=1)) == {"m"}

    def test_some_and_every_are_settled_by_one_item(self) -> None:
        numbers = [1, unknown("numbers[1]"), 3]
        assert ruled("some x in numbers satisfies x > 2", numbers=numbers) is True
        assert causes(ruled("some x in numbers satisfies x > 5", numbers=numbers)) == {"numbers[1]"}
        assert ruled("every x in numbers satisfies x > 2", numbers=numbers) is False
        assert causes(ruled("every x in numbers satisfies x > 0", numbers=numbers)) == {"numbers[1]"}
        assert causes(ruled("some x in numbers satisfies x > 5")) == {"numbers"}
        assert ruled("some x in [1, 2], y in if x = 1 then numbers else [7] satisfies y = 7") is True
        assert causes(ruled("some x in [1, 2], y in if x = 1 then numbers else [7] satisfies y = 8")) == {"numbers"}

    def test_a_filter_is_unknown_when_one_condition_is(self) -> None:
        notices = [{"area": "reading", "sent_on": None}, {"area": unknown("notices[1].area"), "sent_on": None}]
        assert causes(ruled('notices[area = "reading"]', notices=notices)) == {"notices[1].area"}
        assert ruled("notices[sent_on = null].area", notices=notices)[0] == "reading"
        assert causes(ruled('notices[area = "reading"]')) == {"notices"}

    def test_the_items_of_a_for_can_be_unknown(self) -> None:
        first, second = ruled("for x in numbers return x + n", numbers=[unknown("numbers[0]"), 2], n=1)
        assert causes(first) == {"numbers[0]"}
        assert second == 3
        assert causes(ruled("for x in numbers return 1")) == {"numbers"}
        assert causes(ruled("for x in 1..n return x")) == {"n"}
        assert causes(ruled("for x in [1, 2], y in if x = 1 then numbers else [m] return 1")) == {"numbers"}

    def test_a_place_in_a_list(self) -> None:
        assert causes(ruled("or else(numbers[n], 0)", numbers=[1])) == {"n"}
        assert causes(ruled("or else(numbers[n], 0)")) == {"numbers", "n"}
        assert ruled("or else(numbers[n], 0)", numbers=[1], n=2) == 0
        assert causes(ruled("or else(numbers[1], 0)", numbers=[unknown("numbers[0]")])) == {"numbers[0]"}

    def test_a_part_of_a_context_can_be_unknown(self) -> None:
        mark = {"score": unknown("mark.score"), "since": None}
        assert causes(ruled('mark.score = "1"', mark=mark)) == {"mark.score"}
        assert ruled("mark.since = null", mark=mark) is True
        assert causes(ruled("mark.since = null")) == {"mark"}

    def test_none_is_not_unknown(self) -> None:
        text = "maybe != null and maybe > 3"
        assert ruled(text, maybe=None) is False
        assert ruled(text, maybe=4) is True
        assert causes(ruled(text)) == {"maybe"}
        assert ruled("maybe = null or maybe + 1 > 3", maybe=None) is True


class TestRulesets:
    def test_arithmetic_without_a_result_is_unknown_with_its_place(self) -> None:
        found = ruled("a or\n  n / m > 2", a=False, n=1, m=0)
        assert isinstance(found, Unknown)
        assert found.causes == {Cause("arithmetic", "values.x:2:3")}
        assert ruled("a or n / m > 2", a=True, n=1, m=0) is True

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("1 + n / 0", "1:5"),
            ("1 + sqrt(n)", "1:5"),
            ("substring(string: string(n), start position: 0)", "1:1"),
            ('a or moment < @"2020-01-01T00:00:00Z"', "1:6"),
            ('moment in (null, < @"2020-01-01T00:00:00Z")', "1:18"),
            ('moment between @"2020-01-01T00:00:00Z" and moment', "1:1"),
            ("some x in 1..n / 2 satisfies x > 0", "1:6"),
        ],
    )
    def test_every_operation_without_a_result_is_unknown_with_its_place(self, text: str, place: str) -> None:
        assert causes(ruled(text, a=False, n=-5, moment=parse_date_time("2020-01-01T00:00:00"))) == {
            f"values.x:{place}"
        }

    def test_what_a_test_beside_it_rules_out_is_none_not_unknown(self) -> None:
        text = "maybe != null and sqrt(maybe) + 1 > 3"
        seen: dict[str, Any] = {}
        evaluate(
            check(parse(text), SCOPE, source=text),
            {"maybe": None},
            Run(),
            trace=lambda node, value: seen.update({text[node.span.start : node.span.end]: value}),
        )
        assert seen["sqrt(maybe) + 1 > 3"] is None
        assert seen[text] is False

    def test_ordered_choices_compare_by_place(self) -> None:
        assert ruled('level > "low"', level="middle") is True
        assert ruled('level between "low" and "middle"', level="high") is False
        assert ruled("level <= other_level", level="middle", other_level="low") is False
        assert causes(ruled('level > "low"')) == {"level"}

    def test_numbers_are_decimals(self) -> None:
        assert ruled("n / 3 * 3", n=Decimal("0.1")) == Decimal("0.09999999999999999999999999999999999")
        assert ruled("n + 0.2 = 0.3", n=Decimal("0.1")) is True

    def test_dates(self) -> None:
        assert ruled('day + @"P1D"', day=date(2024, 2, 28)) == date(2024, 2, 29)
        assert ruled('day - @"2024-01-01"', day=date(2024, 1, 3)) == DaysDuration(2 * 24 * 3600 * 10**9)


class TestBudget:
    def test_every_item_looked_at_is_a_step(self) -> None:
        run = Run(steps=100)
        assert standard("count(for x in 1..10, y in 1..3 return x)", run=run) == 30
        assert 0 <= run.steps < 100 - 30

    @pytest.mark.parametrize(
        "text",
        [
            "every x in 1..100000000000 satisfies true",
            "for x in 1..100000000000 return x",
            "for x in 1..1000, y in 1..1000, z in 1..1000 return x",
            "count(for x in 1..200000 return x)",
            "(function(f) f(f))(function(f) f(f))",
            "(for x in 1..100000 return partial)",
        ],
    )
    def test_an_expression_that_runs_away_is_stopped(self, text: str) -> None:
        with pytest.raises(FeelBudgetError):
            standard(text)


def test_trace_has_every_part_before_the_whole() -> None:
    text = "n > 1 and m < 2"
    checked = check(parse(text), SCOPE, source=text)
    seen: list[tuple[str, Any]] = []

    def note(node: Node, value: Any) -> None:
        seen.append((text[node.span.start : node.span.end], value))

    assert evaluate(checked, {"n": 1, "m": 2}, Run(), trace=note) is False
    assert seen == [("n", 1), ("1", 1), ("n > 1", False), ("m", 2), ("2", 2), ("m < 2", False), (text, False)]
    assert isinstance(checked.root, Node)
    assert not isinstance(checked.root, Comparison)
