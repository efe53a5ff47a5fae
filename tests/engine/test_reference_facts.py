"""The reference: what facts, parameters and tables mean."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.decisions import INDETERMINATE
from engine.errors import FactsError, Reason
from engine.feel.unknown import Cause
from engine.rulesets.checked import CheckedRuleset
from tests.engine.asking import ask, held, paths
from tests.engine.rulesets_for_tests import load


class TestFacts:
    def test_absent_is_unknown_null_is_none_where_declared(self) -> None:
        ruleset = load("""
            facts: {mark: {since: {type: date, none: no risk}, area: {type: string}}}
            rules: {at-risk: {when: mark.since != null, outcome: deny, because: "Since {mark.since}, {mark.area}."}}
        """)
        assert ask(ruleset).outcome == INDETERMINATE
        assert ask(ruleset, {"mark": {"since": None}}).outcome == "allow"
        decision = ask(ruleset, {"mark": {"since": "2019-01-01", "area": None}})
        assert decision.held[0].because == "Since 2019-01-01, (not known)."
        assert paths(decision.missing.details) == ["mark.area"]

    def test_absent_is_none_on_request(self) -> None:
        ruleset = load("""
            facts: {mark: {since: {type: date, none: no risk}}}
            rules: {at-risk: {when: mark.since != null, outcome: deny}}
        """)
        decision = ask(ruleset, absent_is_none=True)
        assert (decision.outcome, decision.absent_is_none) == ("allow", True)

    def test_event_after_the_date_has_not_happened(self) -> None:
        ruleset = load("""
            facts: {notice: {sent: {type: event}}}
            rules: {not-sent: {when: notice.sent = null, outcome: deny}}
        """)
        assert ask(ruleset, {"notice": {"sent": "2019-01-15"}}).outcome == "allow"
        assert ask(ruleset, {"notice": {"sent": "2019-01-16"}}).outcome == "deny"
        assert ask(ruleset, {"notice": {"sent": None}}).outcome == INDETERMINATE
        assert ask(ruleset, absent_is_none=True).outcome == "deny"

    def test_missing_items_carry_the_callers_index_though_sorted(self) -> None:
        ruleset = load("""
            facts: {tests: {list_of: {day: {type: date}, passed: {type: boolean}}, sorted_by: day}}
            rules: {first-failed: {each: t in tests, when: not(t.passed), because: "{t.day}"}}
        """)
        items: list[dict[str, Any]] = [
            {"day": "2019-03-01"},
            {"day": "2019-02-01", "passed": False},
            {"day": "2019-01-01", "passed": False},
        ]
        decision = ask(ruleset, {"tests": items})
        assert [(rule.element, rule.because) for rule in decision.held] == [(0, "2019-01-01"), (1, "2019-02-01")]
        assert paths(decision.missing.details) == ["tests[0].passed"]
        del items[1]["day"]
        assert paths(ask(ruleset, {"tests": items}).missing.details) == ["tests[1].day"]

    @pytest.mark.parametrize(
        ("facts", "wrong"),
        [
            ({"f": 5}, ["f"]),
            ({"f": {"n": "3"}}, ["f.n"]),
            ({"f": {"n": 2.5, "d": "2019-02-30"}}, ["f.d", "f.n"]),
            ({"f": {"n": 21}}, ["f.n"]),
            ({"f": {"n": True}}, ["f.n"]),
            ({"f": {"n": 2**60}}, ["f.n"]),
            ({"f": {"s": "c"}}, ["f.s"]),
            ({"f": {"x": Decimal("0.125")}}, ["f.x"]),
            ({"f": {"x": "much"}}, ["f.x"]),
            ({"f": {"colour": 1}, "hair": 2}, ["f.colour", "hair"]),
            ({"l": {}}, ["l"]),
            ({"l": [{"k": 1}, {"k": 2}, {"k": 1}]}, ["l[2]"]),
            ({"l": [{"k": 1}, 5, {"k": "x"}]}, ["l[1]", "l[2].k"]),
            ({"f": {"t": "P1M"}}, ["f.t"]),
            ({"f": {"w": "2019-01-01"}}, ["f.w"]),
        ],
    )
    def test_every_wrong_place_is_named(self, facts: dict[str, Any], wrong: list[str]) -> None:
        ruleset = load("""
            facts:
              f:
                n: {type: integer, at_least: 0, at_most: 20}
                d: {type: date}
                s: {type: string, one_of: [a, b]}
                x: {type: decimal, places: 2}
                t: {type: days-duration}
                w: {type: date-time}
              l: {list_of: {k: {type: integer}}, unique_by: [k]}
            rules: {}
        """)
        with pytest.raises(FactsError) as caught:
            ask(ruleset, facts)
        assert [violation.path for violation in caught.value.violations] == wrong
        assert caught.value.reason is Reason.FACT_INVALID

    def test_numbers_as_they_come(self) -> None:
        ruleset = load("""
            facts: {f: {n: {type: integer}, x: {type: decimal, places: 2}}}
            rules: {sum: {when: f.n + f.x = 3.3, outcome: deny}}
        """)
        for x in (0.3, Decimal("0.30"), "0.300", "3e-1"):
            assert ask(ruleset, {"f": {"n": 3.0, "x": x}}).outcome == "deny"

    def test_expectation_names_paths_never_values(self) -> None:
        ruleset = load("""
            facts: {f: {a: {type: date}, b: {type: date}}}
            expects: [{that: f.a <= f.b, otherwise: "{f.a} comes before {f.b}."}]
            rules: {}
        """)
        assert ask(ruleset, {"f": {"a": "2019-02-01"}}).outcome == "allow"
        with pytest.raises(FactsError) as caught:
            ask(ruleset, {"f": {"a": "2019-02-01", "b": "2019-01-01"}})
        assert caught.value.reason is Reason.FACTS_INCONSISTENT
        (violation,) = caught.value.violations
        assert (violation.path, violation.message) == ("expects[0]", "f.a comes before f.b.")


class TestParametersAndTables:
    def test_parameter_of_the_day(self) -> None:
        ruleset = load("""
            facts: {f: {days: {type: integer}}}
            parameters: {minimum: {from: {2019-01-01: 15, 2019-02-01: 20}}}
            rules: {too-few: {when: f.days < minimum, outcome: deny}}
        """)
        facts = {"f": {"days": 15}}
        assert ask(ruleset, facts).outcome == "allow"
        assert ask(ruleset, facts, rules_as_of=date(2019, 2, 1)).outcome == "deny"
        decision = ask(ruleset, facts, as_of=date(2018, 12, 31))
        assert decision.missing.outcome == (Cause("parameter", "minimum"),)

    TABLE = """
        facts: {{f: {{grade: {{type: string, one_of: [K, '1', '2']}}, n: {{type: integer}}}}}}
        tables:
          needed:
            hit: {hit}
            inputs: {{grade: f.grade, n: f.n}}
            outputs: {{minimum: integer}}
            rows: |
              grade | n   | minimum
              {rows}
        rules: {{few: {{when: needed.minimum > 1, outcome: deny, because: "{{needed.minimum}}"}}}}
    """

    def table(self, hit: str, *rows: str) -> CheckedRuleset:
        return load(self.TABLE.format(hit=hit, rows=("\n" + " " * 14).join(rows)))

    def test_unique(self) -> None:
        ruleset = self.table("unique", "K | - | 1", "1 | < 3 | 2", "1 | >= 3 | 3")
        assert ask(ruleset, {"f": {"grade": "1", "n": 3}}).held[0].because == "3"
        assert ask(ruleset, {"f": {"grade": "K"}}).outcome == "allow"
        assert paths(ask(ruleset, {"f": {"grade": "1"}}).missing.outcome) == ["f.n"]
        assert ask(ruleset, {"f": {"grade": "2", "n": 1}}).missing.outcome == (Cause("table", "needed"),)

    def test_first(self) -> None:
        ruleset = self.table("first", "K | < 3 | 1", "K, 1 | - | 2", "- | - | 0")
        assert ask(ruleset, {"f": {"grade": "K", "n": 2}}).outcome == "allow"
        assert ask(ruleset, {"f": {"grade": "K", "n": 3}}).held[0].because == "2"
        assert paths(ask(ruleset, {"f": {"grade": "K"}}).missing.outcome) == ["f.n"]
        assert paths(ask(ruleset, {"f": {"n": 3}}).missing.outcome) == ["f.grade"]

    def test_first_with_unknown_rows_of_the_same_output(self) -> None:
        ruleset = self.table("first", "K | < 3 | 2", "- | - | 2")
        assert ask(ruleset, {"f": {"grade": "K"}}).outcome == "deny"

    def test_rows_as_rules(self) -> None:
        ruleset = load("""
            facts: {f: {n: {type: integer}}}
            tables:
              by_number:
                hit: first
                inputs: {n: f.n}
                outputs: {outcome: outcome}
                rows: |
                  id   | n   | outcome
                  low  | < 3 | deny
                  rest | -   | review
            rules: {}
        """)
        assert held(ask(ruleset, {"f": {"n": 2}})) == ["by_number/low"]
        assert held(ask(ruleset, {"f": {"n": 3}})) == ["by_number/rest"]
        assert ask(ruleset).candidates == ("deny", "review", "allow")
