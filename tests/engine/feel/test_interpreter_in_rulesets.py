"""What the interpreter makes of facts left out, of what rulesets declare, and of its budget."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.feel.checker import check
from engine.feel.errors import FeelBudgetError
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse
from engine.feel.run import Run
from engine.feel.syntax import Comparison, Node
from engine.feel.unknown import Cause, Unknown
from engine.feel.values import DaysDuration, parse_date_time
from tests.engine.feel.interpreting import SCOPE, causes, ruled, standard, unknown


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
