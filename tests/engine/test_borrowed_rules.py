"""Rules that build on a rule of another ruleset."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine import reference
from engine.cases import CaseEngine
from engine.decisions import Decision
from engine.explanations import RuleExplanation, RuleStatus, explain, render
from engine.library import Library
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import load_ruleset

MARKS = """
ruleset: district/marks
title: May this mark be given?
facts:
  enrollment: {days: {type: integer, at_least: 0}}
  student: {foster_youth: {type: boolean}, name: {type: string}}
parameters: {minimum: {cites: A, from: {2018-08-01: 15}}}
values: {few: enrollment.days < minimum}
outcomes: [withhold, give]
default: {outcome: give, because: Nothing stands against it.}
rules:
  too-few-days: {cites: A, when: few, outcome: withhold, because: Too few days.}
  foster: {cites: A, when: student.foster_youth, exception_to: [too-few-days], outcome: give, because: In foster care.}
  named: {cites: A, when: student.name = "x", outcome: withhold, because: Another matter.}
"""
REPORT = """
ruleset: district/report
title: Is this report complete?
facts:
  enrollment: {days: {type: integer, at_least: 0}}
  student: {foster_youth: {type: boolean}}
  marks: {missing: {type: integer}}
outcomes: [incomplete, complete]
default: {outcome: complete, because: Every mark is there.}
rules:
  mark-missing: {cites: B, when: marks.missing > 0, outcome: incomplete, because: Marks are missing.}
  few-days:
    cites: B
    given: ["district/marks#too-few-days"]
    defeats: [mark-missing]
    when: "true"
    because: Too few days for marks.
"""
AS_OF = date(2018, 10, 1)


def folder(tmp_path: Path, **texts: str) -> Path:
    for name, text in texts.items():
        place = tmp_path / "district" / name
        place.mkdir(parents=True)
        (place / "ruleset.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def report(tmp_path: Path) -> CheckedRuleset:
    return load_ruleset(folder(tmp_path, marks=MARKS, report=REPORT) / "district" / "report" / "ruleset.yaml")


def decide(ruleset: CheckedRuleset, facts: Mapping[str, Any]) -> Decision:
    decision = CaseEngine.build(ruleset).decide(facts, as_of=AS_OF)
    assert decision == reference.decide(ruleset, facts, as_of=AS_OF)
    return decision


def case(days: int | None = 20, foster: bool | None = False, missing: int = 1) -> dict[str, Any]:
    facts: dict[str, Any] = {"enrollment": {}, "student": {}, "marks": {"missing": missing}}
    if days is not None:
        facts["enrollment"]["days"] = days
    if foster is not None:
        facts["student"]["foster_youth"] = foster
    return facts


@pytest.mark.parametrize(
    ("facts", "outcome", "held"),
    [
        (case(days=20), "incomplete", ["mark-missing"]),
        (case(days=14), "complete", ["few-days"]),
        (case(days=14, foster=True), "incomplete", ["mark-missing"]),
        (case(days=15), "incomplete", ["mark-missing"]),
    ],
)
def test_it_holds_when_the_other_rule_holds(
    report: CheckedRuleset, facts: dict[str, Any], outcome: str, held: list[str]
) -> None:
    decision = decide(report, facts)
    assert (decision.outcome, [rule.rule for rule in decision.held]) == (outcome, held)
    assert decision.builds_on == {"district/marks": report.borrowed["district/marks#too-few-days"].version}


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (case(days=None), ["enrollment.days"]),
        (case(days=14, foster=None), ["student.foster_youth"]),
        (case(days=None, foster=None), ["enrollment.days", "student.foster_youth"]),
    ],
)
def test_what_the_other_rule_lacks_is_missing_here(
    report: CheckedRuleset, facts: dict[str, Any], missing: list[str]
) -> None:
    decision = decide(report, facts)
    assert decision.candidates == ("incomplete", "complete")
    assert [cause.path for cause in decision.missing.outcome] == missing


def test_a_fact_that_cannot_matter_is_not_asked(report: CheckedRuleset) -> None:
    assert decide(report, case(days=20, foster=None)).complete


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("district/marks#too-few-days", "district/marks#too-few", "unknown-rule"),
        ("district/marks#too-few-days", "district/notices#late", "unknown-ruleset"),
        ("days: {type: integer", "days: {type: decimal", "facts-differ"),
        ("student: {foster_youth: {type: boolean}}", "student: {left: {type: boolean}}", "facts-differ"),
        ("given: [", "exception_to: [", "not-given"),
        ("district/marks#too-few-days", "district/report#mark-missing", "circle"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in REPORT
    library = Library.load(folder(tmp_path, marks=MARKS, report=REPORT.replace(old, new)))
    assert code in {problem.code for problem in library.broken["district/report"]}
    assert list(library.rulesets) == ["district/marks"]


def test_rulesets_that_build_on_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    marks = MARKS.replace("when: few,", 'when: few, given: ["district/report#mark-missing"],').replace(
        "facts:", "facts:\n  marks: {missing: {type: integer}}"
    )
    library = Library.load(folder(tmp_path, marks=marks, report=REPORT))
    assert not library.rulesets
    messages = " ".join(problem.message for problems in library.broken.values() for problem in problems)
    assert "district/marks → district/report → district/marks" in messages


def test_a_change_of_the_other_ruleset_makes_the_engine_anew(tmp_path: Path) -> None:
    where = folder(tmp_path, marks=MARKS, report=REPORT)
    before = Library.load(where)
    (where / "district" / "marks" / "ruleset.yaml").write_text(MARKS.replace(": 15}", ": 10}"), encoding="utf-8")
    after = Library.load(where, previous=before)
    decided = [library.get("district/report").engine.decide(case(days=12), as_of=AS_OF) for library in (before, after)]
    assert [decision.outcome for decision in decided] == ["complete", "incomplete"]


SLIP = """
ruleset: district/slip
title: Is a slip sent?
facts:
  enrollment: {days: {type: integer, at_least: 0}}
  student: {foster_youth: {type: boolean}}
outcomes: [send, nothing]
default: {outcome: nothing, because: Nothing to send.}
rules:
  few: {cites: C, given: ["district/marks#too-few-days"], outcome: send, because: Too few days.}
"""


class TestExplained:
    @staticmethod
    def explained(tmp_path: Path, facts: Mapping[str, Any], marks: str = MARKS, slip: str = SLIP) -> RuleExplanation:
        place = folder(tmp_path, marks=marks, slip=slip) / "district" / "slip" / "ruleset.yaml"
        explanation = explain(load_ruleset(place), {key: facts[key] for key in ("enrollment", "student")}, as_of=AS_OF)
        assert "+" in render(explanation) or explanation.rules[-1].status is not RuleStatus.HOLDS
        return explanation.rules[-1]

    @pytest.mark.parametrize(
        ("facts", "status", "there", "text"),
        [
            (
                case(days=14),
                RuleStatus.HOLDS,
                RuleStatus.HOLDS,
                "It holds. district/marks#too-few-days (A) holds: Too few days. Its premise is true: few.",
            ),
            (
                case(days=15),
                RuleStatus.GIVEN_NOT_HELD,
                RuleStatus.NOT_TRUE,
                (
                    "It builds on district/marks#too-few-days, which does not hold. "
                    "district/marks#too-few-days (A) does not hold. Its premise is false: few."
                ),
            ),
            (
                case(days=14, foster=True),
                RuleStatus.GIVEN_NOT_HELD,
                RuleStatus.EXCEPTED,
                (
                    "It builds on district/marks#too-few-days, which does not hold. "
                    "district/marks#too-few-days (A) does not hold. It gives way to foster, an exception to it. "
                    "Its premise is true: few."
                ),
            ),
            (
                case(days=14, foster=None),
                RuleStatus.UNKNOWN,
                RuleStatus.UNKNOWN,
                (
                    "Whether it holds depends on student.foster_youth. district/marks#too-few-days (A) may hold. "
                    "Whether it holds depends on student.foster_youth. Its premise is true: few."
                ),
            ),
        ],
    )
    def test_how_the_other_rule_stands_and_why(
        self, tmp_path: Path, facts: dict[str, Any], status: RuleStatus, there: RuleStatus, text: str
    ) -> None:
        rule = self.explained(tmp_path, facts)
        assert (rule.status, rule.text, rule.premise) == (status, text, None)
        assert [(given.rule, given.status) for given in rule.given] == [("district/marks#too-few-days", there)]

    def test_the_values_that_its_premise_reads_and_its_document(self, tmp_path: Path) -> None:
        marks = MARKS.replace("when: few,", "when: enrollment.days < minimum,").replace(
            "facts:",
            'authority: {document: Handbook, issued: 2018-08-01, sections: {A: {pages: "1", title: Days}}}\nfacts:',
        )
        assert self.explained(tmp_path, case(days=14), marks).text == (
            "It holds. district/marks#too-few-days (Handbook: A) holds: Too few days. "
            "Its premise is true: enrollment.days < minimum (enrollment.days: 14, minimum: 15)."
        )

    def test_a_message_with_values_is_left_out(self, tmp_path: Path) -> None:
        marks = MARKS.replace("because: Too few days.", 'because: "{enrollment.days} are too few."')
        text = self.explained(tmp_path, case(days=14), marks).text
        assert text == "It holds. district/marks#too-few-days (A) holds. Its premise is true: few."

    def test_outside_the_other_ruleset(self, tmp_path: Path) -> None:
        applies = "applies: {when: enrollment.days > 3, otherwise: give, because: Not enrolled.}\nrules:"
        rule = self.explained(tmp_path, case(days=2), MARKS.replace("rules:", applies))
        assert rule.given[0].status is RuleStatus.OUTSIDE
        assert rule.text.endswith("(A) does not hold. The ruleset does not apply to this case.")

    def test_a_premise_of_its_own_is_told(self, tmp_path: Path) -> None:
        rule = self.explained(
            tmp_path, case(days=14), slip=SLIP.replace("outcome: send", 'when: "true", outcome: send')
        )
        assert rule.premise is not None
        assert rule.premise.text == "true"

    def test_each_element_without_a_premise(self, tmp_path: Path) -> None:
        slip = SLIP.replace("outcome: send", "each: one in days, outcome: send")
        slip = slip.replace("outcomes:", "values: {days: '[1, 2]'}\noutcomes:")
        rule = self.explained(tmp_path, case(days=14), slip=slip)
        assert rule.premise is not None
        assert [(one.element, one.premise) for one in rule.elements] == [("days[0]", None), ("days[1]", None)]


CHAIN = REPORT.replace("district/report", "district/file").replace(
    '"district/marks#too-few-days"', '"district/report#few-days"'
)


def test_what_is_built_on_through_another_is_said_too_and_its_change_is_taken_up(tmp_path: Path) -> None:
    place = folder(tmp_path, marks=MARKS, report=REPORT, file=CHAIN)
    before = Library.load(place)
    assert not before.broken
    loaded = before.rulesets["district/file"]
    versions = {id_: before.rulesets[id_].checked.version for id_ in ("district/marks", "district/report")}
    assert decide(loaded.checked, case(days=14)).builds_on == versions
    assert loaded.built_on == {"district/marks": MARKS, "district/report": REPORT}
    changed = MARKS.replace("2018-08-01: 15", "2018-08-01: 10")
    (place / "district" / "marks" / "ruleset.yaml").write_text(changed, encoding="utf-8")
    after = Library.load(place, previous=before).rulesets["district/file"]
    assert after.engine.decide(case(days=14), as_of=AS_OF).outcome == "incomplete"
    assert after.built_on["district/marks"] == changed
