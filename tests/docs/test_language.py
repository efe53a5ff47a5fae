"""The language page is true: its tutorial is a ruleset without problems, and it names every built-in."""

from __future__ import annotations

import io
import re
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from engine.calendars.loading import check_calendar
from engine.feel import builtins
from engine.reference import decide
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text
from engine.scenarios import check_scenarios, run_scenarios

_PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")


def _between(start: str, end: str) -> str:
    return _PAGE[_PAGE.index(f"## {start}\n") : _PAGE.index(f"## {end}\n")]


def _blocks(text: str) -> list[dict[str, Any]]:
    yaml = YAML(typ="safe")
    return [yaml.load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def _merged(into: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merged(into[key], value)
        else:
            into[key] = value
    return into


def _text(document: dict[str, Any]) -> str:
    text = io.StringIO()
    YAML().dump(document, text)
    return text.getvalue()


def _tutorial() -> tuple[CheckedRuleset, str]:
    """The ruleset that a reader has at the end of the tutorial, and its scenarios."""
    document: dict[str, Any] = {}
    scenarios: dict[str, Any] = {}
    for block in _blocks(_between("A ruleset in ten minutes", "The file")):
        _merged(scenarios if "scenarios" in block else document, block)
    checked, problems = check_text(_text(document), "docs/language.md")
    assert not problems
    assert checked is not None
    return checked, _text(scenarios)


def test_the_tutorial_is_a_ruleset_without_problems() -> None:
    checked, _ = _tutorial()
    assert set(checked.rules) >= {"too-few-days", "foster-or-homeless", "low-score-without-notice", "off-scale"}


def test_the_worked_cases_of_the_tutorial_come_out_right() -> None:
    checked, text = _tutorial()
    scenarios, problems = check_scenarios(text, "docs/language.md", checked)
    assert not problems
    assert scenarios is not None
    report = run_scenarios(scenarios, checked, partial(decide, checked))
    assert [(result.scenario.id, result.differences) for result in report.results if not result.passed] == []
    assert len(report.results) == 3


def test_the_example_of_an_indeterminate_decision_is_right() -> None:
    checked, text = _tutorial()
    facts = YAML(typ="safe").load(text)["usual"]["facts"]
    facts["student"]["foster_youth"] = True
    del facts["enrollment"]["instructional_days"]
    decision = decide(checked, facts, as_of=date(2018, 11, 2))
    assert decision.candidates == ("teacher-discretion", "assign")
    assert [cause.path for cause in decision.missing.outcome] == ["enrollment.instructional_days"]


def test_every_example_is_yaml() -> None:
    assert len(_blocks(_PAGE)) >= 15


def test_the_calendar_is_one_without_problems() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", _between("Calendars", "FEEL in one page"), re.DOTALL)
    calendar, problems = check_calendar(block, "oak-2018.yaml", named="oak-2018")
    assert not problems
    assert calendar is not None
    assert len(calendar.school_days) == 3


def test_the_deadline_counts_as_the_page_says() -> None:
    (block,) = _blocks(_between("Deadlines", "Rules of other rulesets"))
    authority = {"document": "Handbook", "sections": {"15": {"title": "Report"}}}
    head = {"ruleset": "oak/report", "title": "Report", "outcomes": ["open"], "authority": authority}
    checked, problems = check_text(_text({**head, **block}), "docs/language.md")
    assert not [problem for problem in problems if problem.severity == "error"]
    assert checked is not None
    facts: dict[str, Any] = {
        "child": {"repeatedly_not_produced": False},
        "report": {"consent_on": "2013-03-04", "agreed_on": None, "completed_on": None},
        "absences": [{"from": "2013-03-10", "until": "2013-03-14"}, {"from": "2013-03-12", "until": "2013-03-15"}],
    }
    (deadline,) = decide(checked, facts, as_of=date(2013, 5, 1)).deadlines
    assert (deadline.due, deadline.status) == (date(2013, 5, 8), "due-soon")
    facts["report"]["agreed_on"] = "2013-04-30"
    (deadline,) = decide(checked, facts, as_of=date(2013, 5, 1)).deadlines
    assert (deadline.due, deadline.status) == (date(2013, 4, 30), "overdue")


def test_every_built_in_is_named() -> None:
    said = set(re.findall(r"`([a-z][a-z ]*)`", _PAGE))
    said |= {name for code in re.findall(r"`([^`\n]*)`", _PAGE) for name in re.findall(r"([a-z][a-z ]*)\(", code)}
    assert not sorted(builtins.names() - said)
