"""Scenarios: read with every problem at its place, run with any evaluator, compared in words, counted by rule."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from engine import reference
from engine.cases import CaseEngine
from engine.errors import RulesetError
from engine.rulesets.loading import load_ruleset
from engine.scenarios import Report, Scenario, check_scenarios, load_scenarios, run_scenarios
from tests.engine.rulesets.marking import expected_of
from tests.engine.rulesets_for_tests import load

CHECKED = load("""
authority: {document: d, sections: {A: {}, B: {}}}
facts:
  mark: {score: {type: integer}, area: {type: string, one_of: [ela, math]}, seen: {type: boolean}}
  notices: {list_of: {day: {type: date}}}
  sent: {on: {type: event, none: not sent}}
actions: {tell: {by: school, text: Tell}}
results: {code: {type: string, one_of: [AG-14]}, days: {list_of: date, merge: union}}
deadlines:
  answer: {cites: A, starts: sent.on, length: 10 calendar days}
  each_notice: {cites: A, each: n in notices, starts: n.day, length: 1 calendar days}
expects: [{that: mark.score <= 100, otherwise: Too high.}]
rules:
  low: {cites: A, when: mark.score < 15, outcome: deny, results: {code: AG-14}, obliges: [{action: tell, due: as_of}]}
  unseen: {cites: B, when: not(mark.seen), outcome: review, obliges: [{action: tell}]}
  told: {cites: B, when: count(notices) > 0, results: {days: notices.day}}
""")

HEAD = """\
ruleset: test/one
usual:
  as_of: 2018-03-01
  facts:
    mark: {score: 20, area: ela, seen: true}
    notices: [{day: 2018-02-01}, {day: 2018-03-01}]
    sent: {on: 2018-02-20}
scenarios:
"""


def scenarios_of(text: str) -> tuple[Scenario, ...]:
    scenarios, problems = check_scenarios(HEAD + text, "scenarios.yaml", CHECKED)
    assert scenarios is not None, problems
    return scenarios.scenarios


def report_of(text: str) -> Report:
    scenarios, problems = check_scenarios(HEAD + text, "scenarios.yaml", CHECKED)
    assert scenarios is not None, problems
    return run_scenarios(scenarios, CHECKED, partial(reference.decide, CHECKED))


def said(text: str) -> list[str]:
    """What differs in the only scenario."""
    (result,) = report_of(text).results
    return [str(difference) for difference in result.differences]


def test_facts_are_laid_over_the_usual_ones() -> None:
    (scenario,) = scenarios_of("""
  one:
    cites: A
    as_of: 2018-04-01
    facts: {mark: {score: 14}, notices: [{day: 2018-03-31}]}
    without: [mark.seen, "notices[0].day"]
    expect: {outcome: deny}
""")
    assert scenario.facts == {"mark": {"score": 14, "area": "ela"}, "notices": [{}], "sent": {"on": "2018-02-20"}}
    assert (scenario.as_of, scenario.rules_as_of) == (date(2018, 4, 1), date(2018, 4, 1))
    assert (scenario.cites, scenario.line) == (("A",), 10)


def test_a_scenario_may_leave_the_usual_facts_aside() -> None:
    (scenario,) = scenarios_of("  one: {cites: A, only: true, facts: {mark: {score: 14}}, expect: {outcome: deny}}\n")
    assert scenario.facts == {"mark": {"score": 14}}
    assert scenario.as_of == date(2018, 3, 1)


PASSING = """
  nothing-stands-against-it:
    cites: A
    expect: {outcome: allow, candidates: [allow], complete: true, holds_only: [told], not_holds: [low, unseen]}
  low:
    cites: A
    facts: {mark: {score: 14, seen: false}}
    expect:
      outcome: deny
      holds: [low]
      results: {code: AG-14, days: [2018-02-01, 2018-03-01]}
      obligations: [{action: tell}, {action: tell, due: 2018-03-01}]
  not-known:
    cites: A
    without: [mark.score]
    expect:
      outcome: indeterminate
      candidates: [deny, allow]
      complete: false
      missing: {outcome: [mark.score]}
  refused:
    cites: A
    facts: {mark: {score: 200}}
    expect: {error: ["expects[0]"]}
  wrong:
    cites: A
    facts: {mark: {score: many, colour: red}}
    expect: {error: [mark.score]}
  deadlines:
    cites: A
    expect:
      deadlines:
        answer: {status: running, due: 2018-03-02, met_on: null}
        each_notice: [{status: overdue}, {due: 2018-03-02}]
  a-deadline-that-is-not-known:
    cites: A
    without: [sent.on]
    expect: {deadlines: {answer: {status: unknown, due: unknown}}}
"""


def test_what_comes_out_as_expected_passes_in_both_evaluators() -> None:
    scenarios, _ = check_scenarios(HEAD + PASSING, "scenarios.yaml", CHECKED)
    assert scenarios is not None
    for decide in (partial(reference.decide, CHECKED), CaseEngine.build(CHECKED).decide):
        report = run_scenarios(scenarios, CHECKED, decide)
        assert [(result.scenario.id, result.differences) for result in report.results if not result.passed] == []
        assert report.passed


@pytest.mark.parametrize(
    ("expect", "difference"),
    [
        ("{outcome: deny}", "outcome: expected deny; came out allow"),
        ("{candidates: [deny, allow]}", "candidates: expected deny, allow; came out allow"),
        ("{complete: false}", "complete: expected not complete; came out complete"),
        ("{holds: [told, low]}", "holds: expected low; came out told"),
        ("{not_holds: [told, low]}", "not_holds: expected not told; came out told"),
        ("{holds_only: []}", "holds_only: expected none; came out told"),
        ("{results: {}}", 'results.days: expected nothing; came out ["2018-02-01", "2018-03-01"]'),
        ("{obligations: [{action: tell}]}", "obligations: expected tell; came out none"),
        ("{missing: {details: [mark.score]}}", "missing.details: expected mark.score; came out none"),
        ("{error: [mark.score]}", "error: expected refused for mark.score; came out decided: allow"),
        ("{deadlines: {answer: {status: met}}}", "deadlines.answer.status: expected met; came out running"),
        ("{deadlines: {answer: {due: null}}}", "deadlines.answer.due: expected none; came out 2018-03-02"),
        ("{deadlines: {each_notice: [{}]}}", "deadlines.each_notice: expected one deadline; came out 2 deadlines"),
        (
            "{deadlines: {each_notice: [{}, {status: met}]}}",
            "deadlines.each_notice[1].status: expected met; came out running",
        ),
    ],
)
def test_what_comes_out_otherwise_is_said_in_words(expect: str, difference: str) -> None:
    assert said(f"  one: {{cites: A, expect: {expect}}}\n") == [difference]


def test_a_refusal_that_nobody_expects_is_a_difference() -> None:
    (difference,) = said("  one: {cites: A, facts: {mark: {score: many}}, expect: {outcome: deny}}\n")
    assert difference.startswith("error: expected a decision; came out refused: mark.score: ")
    assert "many" not in difference


def test_every_rule_is_counted_held_not_held_or_open() -> None:
    report = report_of("""
  a: {cites: A, expect: {complete: true}}
  b: {cites: A, facts: {mark: {score: 1}}, expect: {complete: true}}
  c: {cites: A, facts: {notices: []}, without: [mark.score], expect: {complete: false}}
  d: {cites: A, facts: {mark: {score: 200}}, expect: {error: []}}
""")
    assert {one.rule: (one.held, one.not_held, one.unknown) for one in report.coverage} == {
        "low": (1, 1, 1), "unseen": (0, 3, 0), "told": (2, 1, 0),
    }  # fmt: skip
    assert [one.rule for one in report.coverage if one.covered] == ["low", "told"]


def test_a_case_outside_the_ruleset_counts_for_no_rule() -> None:
    checked = load("""
        facts: {mark: {score: {type: integer}, own: {type: boolean}}}
        applies: {when: mark.own, otherwise: allow}
        rules: {low: {cites: A, when: mark.score < 15, outcome: deny}}
    """)
    out = "{cites: A, as_of: 2018-03-01, facts: {mark: {own: false}}, expect: {outcome: allow}}"
    text = f"ruleset: test/one\nscenarios:\n  out: {out}\n"
    scenarios, _ = check_scenarios(text, "s.yaml", checked)
    assert scenarios is not None
    (counted,) = run_scenarios(scenarios, checked, partial(reference.decide, checked)).coverage
    assert (counted.held, counted.not_held, counted.unknown) == (0, 0, 0)


@pytest.mark.parametrize(
    "marked",
    [
        "  one: {cites: A, expect: {outcome: «unknown-outcome»refuse}}\n",
        "  one: {cites: A, expect: {candidates: [deny, «unknown-outcome»refuse]}}\n",
        "  one: {cites: A, expect: {holds: [«unknown-rule»lo]}}\n",
        "  one: {cites: A, expect: {results: {code: AG-14, cod: «unknown-result»x}}}\n",
        "  one: {cites: A, expect: {obligations: [{action: «unknown-action»tel}]}}\n",
        "  one: {cites: A, expect: {deadlines: {answr: «unknown-deadline»{status: met}}}}\n",
        "  one: {cites: A, expect: {deadlines: {answer: {status: «unknown-word»late}}}}\n",
        "  one: {cites: «unknown-section»C, expect: {outcome: deny}}\n",
        "  one: {cites: A, without: [«nothing-there»mark.colour], expect: {outcome: deny}}\n",
        "  one: {cites: A, expect: «empty-value»{}}\n",
        "  one: {cites: A, expect: {outcome: deny, error: «misplaced-key»[mark]}}\n",
        "  one: {cites: A, «unknown-key»expects: {outcome: deny}, expect: {outcome: deny}}\n",
        "  «missing-key»one: {expect: {outcome: deny}}\n",
        "  one: {cites: A, as_of: «bad-date»today, expect: {outcome: deny}}\n",
    ],
)
def test_problems_are_found_at_their_place(marked: str) -> None:
    text, expected = expected_of(HEAD + marked)
    scenarios, problems = check_scenarios(text, "scenarios.yaml", CHECKED)
    assert scenarios is None
    assert [(problem.line, problem.column, problem.code) for problem in problems] == expected


def test_scenarios_name_their_ruleset() -> None:
    text, expected = expected_of(
        "ruleset: «wrong-ruleset»test/two\nscenarios:\n  «missing-key»one: {cites: A, expect: {outcome: deny}}\n"
    )
    _, problems = check_scenarios(text, "scenarios.yaml", CHECKED)
    assert [(problem.line, problem.column, problem.code) for problem in problems] == expected
    assert problems[0].remedy == "Write `test/one`."


def test_scenarios_are_loaded_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "scenarios.yaml"
    path.write_text(HEAD + PASSING, encoding="utf-8")
    assert len(load_scenarios(path, CHECKED).scenarios) == 7
    path.write_text("ruleset: test/one\n", encoding="utf-8")
    with pytest.raises(RulesetError) as raised:
        load_scenarios(path, CHECKED)
    assert [problem.code for problem in raised.value.problems] == ["missing-key"]


def test_the_scenarios_of_grade_marking_pass_and_see_every_rule_both_ways() -> None:
    folder = Path(__file__).parents[2] / "rulesets/lausd/grade-marking"
    checked = load_ruleset(folder / "ruleset.yaml")
    report = run_scenarios(
        load_scenarios(folder / "scenarios.yaml", checked), checked, partial(reference.decide, checked)
    )
    assert [(result.scenario.id, result.differences) for result in report.results if not result.passed] == []
    assert [one.rule for one in report.coverage if not one.covered] == []
