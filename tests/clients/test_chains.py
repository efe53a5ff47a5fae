"""Marks, then the report and the warning notice from them: one call of the SDK through the real server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import rollbook
from server.config import Settings
from server.serving import Server

ROOT = Path(__file__).parents[2]
AS_OF = date(2018, 11, 9)


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    server = Server(Settings(rulesets=ROOT / "rulesets", port=0, metrics_port=0, pin_core="off"))
    server.start()
    yield f"127.0.0.1:{server.port}"
    server.stop()


def mark(area: str, kind: str, score: str, days: int = 50) -> dict[str, Any]:
    return {
        "student": {
            "grade_level": "3",
            "foster_youth": False,
            "experiencing_homelessness": False,
            "curriculum": "general",
        },
        "enrollment": {"instructional_days": days},
        "attendance": {"sufficient": True},
        "period": {"initial": False, "midpoint": date(2018, 9, 28), "ends_on": AS_OF},
        "mark": {
            "area": area,
            "area_kind": kind,
            "score": score,
            "at_risk_since": None,
            "attendance_in_formula": False,
            "standards_basis": "grade-level",
        },
        "evidence": {"assignments": 6, "spans_period": True},
        "warning_notices": [],
        "interventions": [],
        "sspt": {"applicable": False, "used_on": None},
        "retention": {"recommended": False, "consultation_offered": False},
    }


REPORT: dict[str, Any] = {
    "student": {
        "grade_level": "3",
        "english_learner": False,
        "dual_language": False,
        "gifted": False,
        "receives_intervention": False,
    },
    "period": {"number": 1, "begins_on": date(2018, 8, 14), "midpoint": date(2018, 9, 28), "ends_on": AS_OF},
    "earlier_marks": [],
    "earlier_reports": [],
}
MARKS = [mark("ela", "ela-composite", "3"), mark("math", "math-composite", "2")]


def check(decided: rollbook.ChainDecisions) -> None:
    assert [decision.outcome for decision in decided.finer] == ["assign", "withhold"]
    completeness, warning = decided.coarser
    assert completeness.outcome == "incomplete"
    assert warning.ruleset.endswith("lausd/warning-notice")
    assert decided.facts["marks"][1] == {
        "area": "math",
        "area_kind": "math-composite",
        "score": "2",
        "at_risk_since": None,
        "outcome": "withhold",
        "comment_code": None,
    }


def test_marks_then_report_and_warning(target: str) -> None:
    with rollbook.Client(target) as client:
        check(client.decide_chain(rollbook.REPORT, MARKS, REPORT, as_of=AS_OF, mode=rollbook.Mode.TRY))


def test_the_same_awaited(target: str) -> None:
    async def ask() -> rollbook.ChainDecisions:
        async with rollbook.AsyncClient(target) as client:
            return await client.decide_chain(rollbook.REPORT, MARKS, REPORT, as_of=AS_OF, mode=rollbook.Mode.TRY)

    check(asyncio.run(ask()))


def test_a_comment_stands_for_a_mark_of_few_days(target: str) -> None:
    with rollbook.Client(target) as client:
        decided = client.decide_chain(
            rollbook.REPORT, [mark("ela", "ela-composite", "3", days=14)], REPORT, as_of=AS_OF, mode=rollbook.Mode.TRY
        )
    assert decided.facts["marks"][0]["outcome"] == "withhold"
    assert decided.facts["marks"][0]["comment_code"] == "AG-14"


def test_a_refused_mark_is_raised(target: str) -> None:
    wrong = {**MARKS[0], "enrollment": {"instructional_days": "many"}}
    with rollbook.Client(target) as client, pytest.raises(rollbook.FactError) as error:
        client.decide_chain(rollbook.REPORT, [wrong], REPORT, as_of=AS_OF, mode=rollbook.Mode.TRY)
    assert error.value.violations[0].path == "facts.enrollment.instructional_days"


def test_facts_as_text_have_nothing_to_take_over(target: str) -> None:
    with rollbook.Client(target) as client, pytest.raises(TypeError, match="mappings"):
        client.decide_chain(rollbook.REPORT, [rollbook.Case("{}")], REPORT, as_of=AS_OF, mode=rollbook.Mode.TRY)
