"""What is said of rulesets that build on each other: where, by which code, and what they use."""

from __future__ import annotations

from pathlib import Path

from engine.rulesets.neighbours import Neighbours
from engine.rulesets.problems import Problem

_FACTS = """
facts:
  enrollment: {days: {type: integer}}
  absent: {list_of: {day: {type: date}, area: {type: string}}}
"""
_ENDS = """
outcomes: [deny, allow]
default: {outcome: allow, because: Nothing stands against it.}
rules:
"""
MARKS = f"ruleset: d/marks\ntitle: Marks{_FACTS}{_ENDS}"
REPORT = f"ruleset: d/report\ntitle: Report{_FACTS}  left: {{type: date}}{_ENDS}"
FEW = "  few: {cites: A, when: enrollment.days < 15 and count(absent) > 3, outcome: deny, because: Few.}\n"
ON_FEW = "  late: {cites: B, given: ['d/marks#few'], outcome: deny, because: Few.}\n"
ON_LATE = "  few: {cites: A, given: ['d/report#late'], outcome: deny, because: Late.}\n"


def folder(tmp_path: Path, **texts: str) -> Neighbours:
    for name, text in texts.items():
        (tmp_path / "d" / name).mkdir(parents=True)
        (tmp_path / "d" / name / "ruleset.yaml").write_text(text, encoding="utf-8")
    return Neighbours(tmp_path)


def errors(problems: tuple[Problem, ...]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def test_a_fact_that_only_the_other_ruleset_reads_is_used(tmp_path: Path) -> None:
    report = REPORT + ON_FEW
    _, problems = folder(tmp_path, marks=MARKS + FEW, report=report).check("d/report", report, "r.yaml")
    assert [(problem.code, problem.path) for problem in problems] == [("unused-fact", "facts.left")]


def test_a_circle_is_said_of_each_in_its_own_file(tmp_path: Path) -> None:
    texts = {"d/marks": MARKS + ON_LATE, "d/report": REPORT + ON_FEW}
    neighbours = folder(tmp_path, marks=texts["d/marks"], report=texts["d/report"])
    for id_, text in texts.items():
        (problem,) = errors(neighbours.check(id_, text, f"here/{id_}.yaml")[1])
        assert (problem.code, problem.file) == ("circle", f"here/{id_}.yaml")
        assert "d/marks → d/report → d/marks" in problem.message


def test_a_ruleset_outside_the_circle_is_told_of_errors(tmp_path: Path) -> None:
    other = REPORT.replace("d/report", "d/other") + ON_FEW
    neighbours = folder(tmp_path, marks=MARKS + ON_LATE, report=REPORT + ON_FEW, other=other)
    (problem,) = errors(neighbours.check("d/other", other, "other.yaml")[1])
    assert (problem.code, problem.message) == (
        "unknown-ruleset",
        "`d/marks` cannot be built on: it has errors of its own.",
    )
