"""The reference: what a decision means, by small examples of every clause of the language."""

from __future__ import annotations

from datetime import date

import pytest

from engine.decisions import INDETERMINATE
from engine.errors import Reason, RollbookError
from tests.engine.asking import ask, flags, held, paths
from tests.engine.rulesets_for_tests import load, rules


class TestOutcomes:
    STRONG_AND_WEAK = rules(a="outcome: deny", b="outcome: review")

    def test_strongest_of_the_rules_that_hold(self) -> None:
        decision = ask(load(self.STRONG_AND_WEAK), flags(a=True, b=True))
        assert (decision.outcome, decision.candidates, held(decision)) == ("deny", ("deny",), ["a", "b"])
        assert decision.complete
        assert decision.because == ""

    def test_default_where_no_rule_concludes(self) -> None:
        decision = ask(load(self.STRONG_AND_WEAK), flags(a=False, b=False))
        assert (decision.outcome, decision.because) == ("allow", "Nothing stands against it.")

    def test_without_a_default_nothing_is_indeterminate_and_complete(self) -> None:
        decision = ask(load(self.STRONG_AND_WEAK, without=("default",)), flags(a=False, b=False))
        assert (decision.outcome, decision.candidates) == (INDETERMINATE, ())
        assert decision.may_have_no_outcome
        assert decision.complete

    def test_without_a_default_an_unknown_rule_may_conclude_nothing(self) -> None:
        decision = ask(load(self.STRONG_AND_WEAK, without=("default",)), flags(b=False))
        assert (decision.outcome, decision.candidates, decision.may_have_no_outcome) == (INDETERMINATE, ("deny",), True)

    def test_unknown_that_could_be_stronger(self) -> None:
        decision = ask(load(self.STRONG_AND_WEAK), flags(b=True))
        assert (decision.outcome, decision.candidates) == (INDETERMINATE, ("deny", "review"))
        assert paths(decision.missing.outcome) == ["f.a"]
        assert decision.missing.details == ()

    def test_unknown_that_is_outranked_matters_to_details_only(self) -> None:
        decision = ask(load(self.STRONG_AND_WEAK), flags(a=True))
        assert (decision.outcome, decision.missing.outcome) == ("deny", ())
        assert paths(decision.missing.details) == ["f.b"]
        assert not decision.complete

    def test_default_stronger_than_a_rule(self) -> None:
        ruleset = load(rules(a="outcome: allow") + "default: {outcome: review}\n")
        assert ask(ruleset, flags(a=True)).outcome == "allow"
        assert ask(ruleset).candidates == ("review", "allow")

    def test_unknown_rule_that_concludes_the_default(self) -> None:
        decision = ask(load(rules(a="outcome: allow")))
        assert (decision.outcome, decision.because) == ("allow", "Nothing stands against it.")
        assert paths(decision.missing.details) == ["f.a"]

    def test_either_of_two_rules_with_one_outcome(self) -> None:
        text = """
            facts: {f: {a: {type: boolean}}}
            rules:
              yes: {when: f.a, outcome: deny}
              no: {when: not(f.a), outcome: deny}
        """
        decision = ask(load(text))
        assert decision.candidates == ("deny", "allow")  # premises count as independent: sound, not complete


class TestLinks:
    def test_given_must_hold(self) -> None:
        ruleset = load(rules(a="", b="given: [a], outcome: deny"))
        assert held(ask(ruleset, flags(a=False, b=True))) == []
        assert held(ask(ruleset, flags(a=True, b=True))) == ["a", "b"]

    def test_exception_needs_what_it_excepts_and_stops_it(self) -> None:
        ruleset = load(rules(a="outcome: deny", b="exception_to: [a], outcome: review"))
        assert held(ask(ruleset, flags(a=False, b=True))) == []
        assert held(ask(ruleset, flags(a=True, b=True))) == ["b"]

    def test_one_of_several_exceptions_is_enough(self) -> None:
        ruleset = load(rules(a="", b="", c="exception_to: [a, b]"))
        assert held(ask(ruleset, flags(a=True, b=False, c=True))) == ["c"]

    def test_defeated_rule_gives_nothing(self) -> None:
        ruleset = load(rules(a="outcome: deny", b="defeats: [a]"))
        assert ask(ruleset, flags(a=True, b=True)).outcome == "allow"

    def test_defeated_defeater_defeats_nothing(self) -> None:
        ruleset = load(rules(a="outcome: deny", b="defeats: [a]", c="defeats: [b]"))
        assert held(ask(ruleset, flags(a=True, b=True, c=True))) == ["a", "c"]

    def test_exception_to_an_exception(self) -> None:
        ruleset = load(rules(a="outcome: deny", b="exception_to: [a]", c="exception_to: [b]"))
        decision = ask(ruleset, flags(a=True, b=True, c=True))
        assert (held(decision), decision.outcome) == (["a", "c"], "deny")

    def test_given_chain(self) -> None:
        ruleset = load(rules(a="", b="given: [a]", c="given: [b]", d="given: [c]", e="given: [d], outcome: deny"))
        assert ask(ruleset, flags(a=True, b=True, c=True, d=True, e=True)).outcome == "deny"
        decision = ask(ruleset, flags(b=True, c=True, d=True, e=True))
        assert paths(decision.missing.outcome) == ["f.a"]

    def test_unknown_under_a_false_premise_does_not_matter(self) -> None:
        decision = ask(load(rules(a="", b="given: [a], outcome: deny")), flags(b=False))
        assert (decision.outcome, decision.missing.outcome, paths(decision.missing.details)) == ("allow", (), ["f.a"])

    def test_many_unknown_in_a_large_component_are_approximated(self) -> None:
        names = "abcdefghijkl"
        premises = {name: f"given: [{names[place - 1]}]" if place else "" for place, name in enumerate(names)}
        ruleset = load(rules(**premises | {"l": "given: [k], outcome: deny"}))
        decision = ask(ruleset)
        assert decision.candidates == ("deny", "allow")
        assert paths(decision.missing.outcome) == [f"f.{name}" for name in names]
        assert ask(ruleset, flags(**dict.fromkeys(names, True))).outcome == "deny"
        assert ask(ruleset, flags(a=False)).outcome == "allow"


class TestConsequences:
    def test_results_are_merged(self) -> None:
        ruleset = load("""
            facts: {f: {a: {type: boolean}, n: {type: integer}}, l: {list_of: {s: {type: string}}}}
            results: {code: {type: string}, marks: {list_of: string, merge: union}}
            rules:
              one: {when: f.a, results: {code: '"x"', marks: '["p", "q"]'}}
              two: {each: i in l, when: i.s != "z", results: {marks: i.s}}
        """)
        decision = ask(ruleset, {"f": {"a": True}, "l": [{"s": "q"}, {"s": "z"}, {"s": "r"}]})
        assert decision.results == {"code": "x", "marks": ["p", "q", "r"]}
        assert [(rule.rule, rule.element, rule.results) for rule in decision.held] == [
            ("one", None, {"code": "x", "marks": ["p", "q"]}),
            ("two", 0, {"marks": "q"}),
            ("two", 2, {"marks": "r"}),
        ]

    def test_unknown_result_and_due_date_are_left_out(self) -> None:
        ruleset = load("""
            facts: {f: {a: {type: boolean}, n: {type: integer}, d: {type: date}}}
            results: {left: {type: integer}}
            actions: {write: {by: school, text: Write a letter}}
            rules: {one: {when: f.a, results: {left: f.n}, obliges: [{action: write, due: f.d}, {action: write}]}}
        """)
        decision = ask(ruleset, flags(a=True))
        assert decision.results == {}
        assert [(one.due, one.due_unknown) for one in decision.obligations] == [(None, True), (None, False)]
        assert paths(decision.missing.details) == ["f.d", "f.n"]
        decision = ask(ruleset, {"f": {"a": True, "n": 1, "d": "2019-02-01"}})
        assert [one.due for one in decision.obligations] == [date(2019, 2, 1), None]

    def test_each_over_nothing_and_over_an_unknown_list(self) -> None:
        ruleset = load("""
            facts: {l: {list_of: {s: {type: boolean}}}}
            rules: {one: {each: i in l, when: i.s, outcome: deny}}
        """)
        assert ask(ruleset, {"l": []}).outcome == "allow"
        assert paths(ask(ruleset).missing.outcome) == ["l"]
        decision = ask(ruleset, {"l": [{}, {"s": True}]})
        assert (decision.outcome, [rule.element for rule in decision.held]) == ("deny", [1])
        assert paths(decision.missing.details) == ["l[0].s"]

    def test_words_of_a_message(self) -> None:
        ruleset = load("""
            facts:
              f: {a: {type: boolean}, x: {type: decimal}, d: {type: date, none: never}, t: {type: days-duration}}
              l: {list_of: {s: {type: string}}}
            rules: {one: {when: f.a, because: "{f.a} {f.x} {f.d} {f.t} {l.s} {as_of}"}}
        """)
        facts = {"f": {"a": True, "x": "12.50", "d": None, "t": "P3D"}, "l": [{"s": "p"}, {}]}
        assert ask(ruleset, facts).held[0].because == "yes 12.5 never P3D p, (not known) 2019-01-15"


class TestApplies:
    RULESET = """
        facts: {f: {in: {type: boolean}, a: {type: boolean}, n: {type: integer}}}
        applies: {when: f.in, otherwise: allow, cites: I, because: "Not here ({f.n})."}
        rules: {a: {when: f.a, outcome: deny}}
    """

    def test_outside(self) -> None:
        decision = ask(load(self.RULESET), {"f": {"in": False, "a": True, "n": 3}})
        assert (decision.applies, decision.outcome, decision.because) == (False, "allow", "Not here (3).")
        assert (decision.held, decision.cites, decision.complete) == ((), ("I",), True)

    def test_perhaps_outside(self) -> None:
        decision = ask(load(self.RULESET), {"f": {"a": True}})
        assert (decision.applies, decision.candidates, decision.held) == (None, ("deny", "allow"), ())
        assert paths(decision.missing.outcome) == ["f.in"]

    def test_perhaps_outside_with_one_outcome(self) -> None:
        decision = ask(load(self.RULESET), {"f": {"a": False}})
        assert (decision.outcome, decision.because, decision.missing.outcome) == ("allow", "", ())
        assert paths(decision.missing.details) == ["f.in"]


def test_arithmetic_without_a_result_is_unknown_with_its_place() -> None:
    ruleset = load("""
        facts: {f: {n: {type: integer}}}
        values: {ratio: 1 / f.n}
        rules: {one: {when: ratio > 0, outcome: deny}}
    """)
    (cause,) = ask(ruleset, {"f": {"n": 0}}).missing.outcome
    assert (cause.kind, cause.path) == ("arithmetic", "values.ratio:1:1")


def test_work_without_end_is_refused() -> None:
    ruleset = load("""
        values: {many: "count(for a in 1..3000, b in 1..3000 return a * b)"}
        rules: {one: {when: many > 0, outcome: deny}}
    """)
    with pytest.raises(RollbookError) as caught:
        ask(ruleset)
    assert caught.value.reason is Reason.LIMIT_EXCEEDED
