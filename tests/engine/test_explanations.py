"""Explanations: for every rule why it holds or not, each part of its premise with the value it had."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.explanations import Explanation, Part, PartState, RuleExplanation, RuleStatus, explain, render
from engine.reference import decide
from tests.engine.rulesets_for_tests import load, rules

DAY = date(2018, 11, 20)
GOLDEN = Path(__file__).parent / "golden"

MARKS = """
    facts:
      f: {excused: {type: boolean}, days: {type: integer}, since: {type: date, none: not at risk}}
      notices: {list_of: {area: {type: string}, sent: {type: event}}}
    parameters: {minimum: {cites: I.F, from: {2018-08-03: 15}}}
    values:
      notified: some n in notices satisfies n.area = "math" and n.sent != null and n.sent <= as_of
      late: {is: "notices[sent = null]", cites: I.C}
    tables:
      needed:
        hit: unique
        inputs: {days: f.days}
        outputs: {marks: integer}
        rows: |
          id    | days  | marks
          few   | < 10  | 2
          many  | >= 10 | 4
    rules:
      too-few: {cites: I.F, when: f.days < minimum, outcome: deny, because: "{f.days} days; {minimum} are needed."}
      unnotified: {cites: I.I, when: not(notified) and not(f.excused), outcome: deny}
      each-late: {cites: I.C, each: n in late, when: n.area != "art", because: "{n.area} was not sent."}
      marks: {cites: II, when: needed.marks > 3 or f.since != null, outcome: review}
"""
FACTS: dict[str, Any] = {
    "f": {"days": 12, "since": None},
    "notices": [
        {"area": "math", "sent": "2018-12-01"},
        {"area": "math"},
        {"area": "art", "sent": None},
        {"area": "ela", "sent": "2018-09-01"},
    ],
}


def rule(explanation: Explanation, name: str) -> RuleExplanation:
    return next(one for one in explanation.rules if one.rule == name)


def parts(part: Part) -> Iterator[Part]:
    yield part
    for inner in part.parts:
        yield from parts(inner)


def values(part: Part) -> dict[str, str]:
    """The value of every part, unknown ones as `?`, those not looked at as `-`."""
    words = {PartState.UNKNOWN: "?", PartState.NOT_LOOKED_AT: "-"}
    return {one.text: words.get(one.state, one.value) for one in parts(part)}


class TestStatus:
    def status(self, name: str, text: str, **facts: bool) -> RuleExplanation:
        return rule(explain(load(text), {"f": facts}, as_of=DAY), name)

    @pytest.mark.parametrize(
        ("links", "facts", "status", "text"),
        [
            ({"a": ""}, {"a": True}, RuleStatus.HOLDS, "It holds."),
            ({"a": ""}, {"a": False}, RuleStatus.NOT_TRUE, "Its premise is false."),
            ({"a": ""}, {}, RuleStatus.UNKNOWN, "Whether it holds depends on f.a."),
            (
                {"a": "given: [b]", "b": ""},
                {"a": True, "b": False},
                RuleStatus.GIVEN_NOT_HELD,
                "It builds on b, which does not hold.",
            ),
            (
                {"a": "given: [b]", "b": ""},
                {"b": False},
                RuleStatus.GIVEN_NOT_HELD,
                "It builds on b, which does not hold.",
            ),
            (
                {"a": "exception_to: [b]", "b": ""},
                {"a": True, "b": False},
                RuleStatus.EXCEPTION_NOT_NEEDED,
                "It is an exception to b, which does not apply.",
            ),
            (
                {"a": "", "b": "defeats: [a]", "c": "defeats: [a]"},
                {"a": True, "b": True, "c": True},
                RuleStatus.DEFEATED,
                "It is defeated by b and c.",
            ),
            (
                {"a": "", "b": "exception_to: [a]"},
                {"a": True, "b": True},
                RuleStatus.EXCEPTED,
                "It gives way to b, an exception to it.",
            ),
            ({"a": "", "b": "defeats: [a]"}, {"a": True}, RuleStatus.UNKNOWN, "Whether it holds depends on f.b."),
        ],
    )
    def test_first_reason_that_fits(
        self, links: dict[str, str], facts: dict[str, bool], status: RuleStatus, text: str
    ) -> None:
        found = self.status("a", rules(**links), **facts)
        assert (found.status, found.text) == (status, text)

    def test_other_rules_and_how_they_stand(self) -> None:
        found = self.status("a", rules(a="given: [b], exception_to: [c]", b="", c="", d="defeats: [a]"), a=True, b=True)
        assert [(one.rule, one.status) for one in found.given] == [("b", RuleStatus.HOLDS)]
        assert [(one.rule, one.status) for one in found.exception_to] == [("c", RuleStatus.UNKNOWN)]
        assert [(one.rule, one.status) for one in found.stopped_by] == [("d", RuleStatus.UNKNOWN)]

    def test_outside_no_rule_is_looked_at(self) -> None:
        text = rules(a="", b="") + "applies: {when: f.b, otherwise: allow}\n"
        explanation = explain(load(text), {"f": {"b": False}}, as_of=DAY)
        assert [(one.status, one.premise) for one in explanation.rules] == [(RuleStatus.OUTSIDE, None)] * 2
        assert explanation.applies is not None
        assert values(explanation.applies) == {"f.b": "false"}

    def test_large_component(self) -> None:
        names = "abcdefghijkl"
        premises = {name: f"given: [{names[place - 1]}]" if place else "" for place, name in enumerate(names)}
        assert self.status("l", rules(**premises)).status is RuleStatus.UNKNOWN
        assert self.status("l", rules(**premises), a=False).status is RuleStatus.GIVEN_NOT_HELD


class TestParts:
    def test_each_comparison_with_its_values(self) -> None:
        premise = rule(explain(load(MARKS), FACTS, as_of=DAY), "too-few").premise
        assert premise is not None
        assert values(premise) == {"f.days < minimum": "true", "f.days": "12", "minimum": "15"}
        assert [(one.line, one.column) for one in premise.parts] == [(1, 1), (1, 10)]

    def test_unknown_parts_say_what_is_missing(self) -> None:
        premise = rule(explain(load(MARKS), FACTS, as_of=DAY), "unnotified").premise
        assert premise is not None
        assert values(premise)["f.excused"] == "?"
        assert [cause.path for cause in premise.causes] == ["f.excused", "notices[1].sent"]

    def test_named_values_stand_once_after_what_they_are_made_of(self) -> None:
        explanation = explain(load(MARKS), FACTS, as_of=DAY)
        assert [(one.name, one.kind) for one in explanation.values] == [
            ("minimum", "parameter"),
            ("notified", "value"),
            ("late", "value"),
            ("needed", "table"),
        ]
        assert explanation.values[2].cites == ("I.C",)

    def test_quantified_per_element(self) -> None:
        notified = explain(load(MARKS), FACTS, as_of=DAY).values[1].part
        elements = [one for one in notified.parts if one.kind == "element"]
        assert [one.text for one in elements] == [f"n: notices[{index}]" for index in range(4)]
        assert [one.value or "?" for one in elements] == ["false", "?", "false", "false"]

    def test_table_shows_inputs_and_the_row_that_fits(self) -> None:
        needed = explain(load(MARKS), FACTS, as_of=DAY).values[3].part
        assert (needed.value, values(needed)["f.days"], values(needed)["row many"]) == ("{marks: 4}", "12", "true")

    def test_branch_that_was_not_taken(self) -> None:
        ruleset = load("""
            facts: {f: {a: {type: boolean}, b: {type: boolean}, c: {type: boolean}}}
            rules: {one: {when: if f.a then f.b else f.c}}
        """)
        premise = explain(ruleset, {"f": {"a": True, "b": False}}, as_of=DAY).rules[0].premise
        assert premise is not None
        assert values(premise) == {"if f.a then f.b else f.c": "false", "f.a": "true", "f.b": "false", "f.c": "-"}

    def test_each_names_the_callers_item(self) -> None:
        ruleset = load("""
            facts: {tests: {list_of: {day: {type: date}, passed: {type: boolean}}, sorted_by: day}}
            rules: {failed: {each: "t in tests[day < as_of]", when: not(t.passed)}}
        """)
        tests = [{"day": "2018-12-01", "passed": False}, {"day": "2018-03-01"}, {"day": "2018-02-01", "passed": False}]
        elements = rule(explain(ruleset, {"tests": tests}, as_of=DAY), "failed").elements
        assert [(one.index, one.element) for one in elements] == [(0, "tests[2]"), (1, "tests[1]")]

    def test_long_lists_are_cut(self) -> None:
        ruleset = load("""
            facts: {l: {list_of: {type: integer}}}
            rules: {one: {when: every i in l satisfies i < 3}}
        """)
        premise = explain(ruleset, {"l": list(range(1000))}, as_of=DAY).rules[0].premise
        assert premise is not None
        assert [one.text for one in premise.parts][-2:] == ["i: l[99]", "… and 900 more elements"]
        assert len(premise.parts[0].value) <= 1000


def test_decision_is_the_one_explained() -> None:
    assert explain(load(MARKS), FACTS, as_of=DAY).decision == decide(load(MARKS), FACTS, as_of=DAY)


def test_as_json() -> None:
    explanation = explain(load(MARKS), FACTS, as_of=DAY)
    plain = json.loads(json.dumps(explanation.to_dict()))
    assert plain["decision"]["as_of"] == "2018-11-20"
    assert plain["rules"][0]["premise"]["parts"][0] == {
        "text": "f.days",
        "line": 1,
        "column": 1,
        "state": "known",
        "value": "12",
        "causes": [],
        "parts": [],
        "kind": "other",
    }


def test_page() -> None:
    """What people read, to be looked at as a whole when it changes."""
    assert render(explain(load(MARKS), FACTS, as_of=DAY)) == (GOLDEN / "explanation.txt").read_text()
