"""Peer: zen-engine (GoRules), in Rust. The policy as one decision table, evaluated by key; and as one expression.

The table is the fastest of those tried: one column of whole conditions, a sixth faster than with the parts that they
share computed in an expression node before it. Its outcome is that of the first row that matches, while `rules[]`
collects from all that do; so the strongest rows stand first. A date has to be made a number to be compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import zen

from tests.benchmarks.cases import Case

__all__ = ["by_batch", "by_expression", "by_table"]

_KEY: Final = "grade-marking"

_ASSESSED = 'mark.score != "N/A"'
_LOW = 'mark.score in ["1", "2"]'
_FEW = "enrollment.instructional_days < 15"
_CONSIDERED = "(student.foster_youth or student.experiencing_homelessness)"
_UNATTENDED = f"(period.initial and not attendance.sufficient and (not ({_FEW}) or {_CONSIDERED}))"
_MATH = '(student.grade_level != "TK" and mark.area_kind in ["math-domain", "math-practice"])'
_ARTS = '(student.grade_level != "TK" and mark.area_kind == "visual-performing-arts")'
_SCALE = (
    '(mark.area_kind == "behaviors" ? ["C", "S", "R"] : (student.grade_level != "TK" ? ["4", "3", "2", "1"] : '
    '(mark.area_kind == "eld" ? ["M", "B", "L"] : ["E", "B", "D", "I"])))'
)
_ON_ALTERNATE = '(student.curriculum == "alternate" and not (mark.area_kind in ["eld", "behaviors"]))'
_RESTS = f'{_ASSESSED} and student.grade_level != "TK" and mark.area_kind != "behaviors"'
_IN_TIME = (
    '#.area == mark.area and #.informed_by in ["conference", "written-report"] and #.sent_on != null'
    " and date(#.sent_on) <= date(as_of) and (date(#.sent_on) <= date(period.midpoint)"
    " or mark.at_risk_since != null and date(#.sent_on) <= date(mark.at_risk_since))"
)


def _happened(day: str) -> str:
    return f"{day} != null and date({day}) <= date(as_of)"


_RULES: Final = {
    "withhold": {
        "too-few-days": f"{_FEW} and not {_CONSIDERED}",
        "insufficient-attendance": _UNATTENDED,
        "attendance-formula": f'{_ASSESSED} and mark.area_kind != "behaviors" and mark.attendance_in_formula',
        "low-score-without-notice": f"{_LOW} and not some(warning_notices, {_IN_TIME})",
        "intervention-missing": f"({_LOW} or retention.recommended) and not some(interventions, "
        f"{_happened('#.offered_on')} and {_happened('#.implemented_on')})",
        "sspt-missing": f"({_LOW} or retention.recommended) and sspt.applicable and not ({_happened('sspt.used_on')})",
        "off-scale": f"{_ASSESSED} and not (mark.score in {_SCALE})",
        "na-not-allowed": f"not ({_ASSESSED}) and not {_MATH} and not {_ARTS}",
        "off-grade-level-standards": f'{_ASSESSED} and student.curriculum == "general" '
        'and mark.standards_basis != "grade-level"',
        "off-alternate-standards": f"{_ASSESSED} and {_ON_ALTERNATE} "
        'and mark.standards_basis != "alternate-achievement"',
        "other-standards": f'{_ASSESSED} and mark.standards_basis == "other" and student.curriculum != "general" '
        f"and not {_ON_ALTERNATE}",
        "single-assignment": f"{_RESTS} and evidence.assignments < 2",
        "evidence-does-not-span": f"{_RESTS} and evidence.assignments >= 2 and not evidence.spans_period",
    },
    "teacher-discretion": {
        "foster-or-homeless": f"{_FEW} and {_CONSIDERED}",
    },
    "assign": {
        "marks-required": f"not ({_FEW}) and not {_UNATTENDED} and ({_ASSESSED} or not {_MATH} and not {_ARTS})",
        "parent-did-not-respond": f"{_LOW} and some(warning_notices, "
        f'#.response in ["refused", "no-response"] and {_IN_TIME})',
        "intervention-undocumented": f"some(interventions, not ({_happened('#.documented_on')}) "
        f"and ({_happened('#.offered_on')} or {_happened('#.implemented_on')}))",
        "intervention-documented-late": f"some(interventions, {_happened('#.documented_on')} "
        "and date(#.documented_on) > date(period.ends_on))",
        "retention-consultation": "retention.recommended and not retention.consultation_offered",
        "na-in-math": f"not ({_ASSESSED}) and {_MATH}",
        "na-in-arts": f"not ({_ASSESSED}) and {_ARTS}",
    },
}
"""Conditions of the rules, by outcome, strongest first; what concludes nothing stands with the default."""


def by_table() -> Callable[[Case], tuple[str, list[str]]]:
    """Decides by the decision table, from JSON bytes: the outcome, and the rules that hold in the table's order."""
    evaluate = _engine().evaluate

    def decide(case: Case) -> tuple[str, list[str]]:
        result = evaluate(_KEY, case.json_with_date)["result"]
        return result["outcome"], result["rules"]

    return decide


def by_batch() -> Callable[[Sequence[bytes]], list[tuple[str, list[str]]]]:
    """Decides many cases in one call by the same table, on all cores; `as_of` stands in each case's JSON."""
    evaluate = _engine().evaluate_batch

    def decide(cases: Sequence[bytes]) -> list[tuple[str, list[str]]]:
        answers = evaluate([{"key": _KEY, "context": case} for case in cases])
        results = [answer["data"]["result"] for answer in answers]
        return [(result["outcome"], result["rules"]) for result in results]

    return decide


def by_expression() -> Callable[[Case], tuple[str, list[str]]]:
    """Decides by one compiled expression that lists the rules; the outcome is looked up from them in Python."""
    parts = [
        f"({condition}) ? {json.dumps(rule)} : null" for rows in _RULES.values() for rule, condition in rows.items()
    ]
    evaluate = zen.compile_expression(f"filter([{', '.join(parts)}], # != null)").evaluate
    strongest = {rule: place for place, rows in enumerate(_RULES.values()) for rule in rows}
    outcomes = tuple(_RULES)

    def decide(case: Case) -> tuple[str, list[str]]:
        rules: list[str] = evaluate(case.json_with_date)
        return outcomes[strongest[rules[0]] if rules else -1], rules

    return decide


def _engine() -> Any:
    return zen.ZenEngine({"loader": {"type": "static", "content": {_KEY: _graph()}}})


def _graph() -> dict[str, Any]:
    """The decision: input, table, output."""
    rows = [
        {"_id": rule, "condition": condition, "outcome": json.dumps(outcome), "rule": json.dumps(rule)}
        for outcome, rules in _RULES.items()
        for rule, condition in rules.items()
    ]
    rows.append({"_id": "default", "condition": "", "outcome": json.dumps("assign"), "rule": ""})
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": "condition", "name": "condition"}],
        "outputs": [
            {"id": "outcome", "name": "outcome", "field": "outcome"},
            {"id": "rule", "name": "rule", "field": "rules[]"},
        ],
        "rules": rows,
        "passThrough": False,
        "inputField": None,
        "outputPath": None,
        "executionMode": "single",
    }
    nodes = [_node("in", "inputNode"), _node("rules", "decisionTableNode", content=table), _node("out", "outputNode")]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def _node(id_: str, type_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "type": type_, "name": id_, "position": {"x": 0, "y": 0}, **more}
