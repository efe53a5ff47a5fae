"""Peer: Google's CEL (cel-expr-python, the C++ runtime). The policy as one compiled expression.

It lists whether each rule holds; that is the fastest form of those tried: an expression per rule took more than twice
as long. Dates are compared as text, which ISO 8601 allows. The outcome, which follows from the rules that hold, is
looked up in Python.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import compress
from typing import Final

import msgspec
from cel_expr_python import cel

from tests.benchmarks.cases import Case

__all__ = ["by_expression"]

_VARIABLES: Final = (
    *("student", "enrollment", "attendance", "period", "mark", "evidence", "warning_notices", "interventions"),
    *("sspt", "retention"),
)

_ASSESSED = 'mark.score != "N/A"'
_LOW = 'mark.score in ["1", "2"]'
_FEW = "enrollment.instructional_days < 15"
_CONSIDERED = "(student.foster_youth || student.experiencing_homelessness)"
_UNATTENDED = f"(period.initial && !attendance.sufficient && (!({_FEW}) || {_CONSIDERED}))"
_MATH = '(student.grade_level != "TK" && mark.area_kind in ["math-domain", "math-practice"])'
_ARTS = '(student.grade_level != "TK" && mark.area_kind == "visual-performing-arts")'
_SCALE = (
    '(mark.area_kind == "behaviors" ? ["C", "S", "R"] : student.grade_level != "TK" ? ["4", "3", "2", "1"] : '
    'mark.area_kind == "eld" ? ["M", "B", "L"] : ["E", "B", "D", "I"])'
)
_ON_ALTERNATE = '(student.curriculum == "alternate" && !(mark.area_kind in ["eld", "behaviors"]))'
_RESTS = f'{_ASSESSED} && student.grade_level != "TK" && mark.area_kind != "behaviors"'
_IN_TIME = (
    'n.area == mark.area && n.informed_by in ["conference", "written-report"] && n.sent_on != null'
    " && n.sent_on <= as_of && (n.sent_on <= period.midpoint"
    " || mark.at_risk_since != null && n.sent_on <= mark.at_risk_since)"
)


def _happened(day: str) -> str:
    return f"{day} != null && {day} <= as_of"


_RULES: Final = {
    "marks-required": f"!({_FEW}) && !{_UNATTENDED} && ({_ASSESSED} || !{_MATH} && !{_ARTS})",
    "too-few-days": f"{_FEW} && !{_CONSIDERED}",
    "foster-or-homeless": f"{_FEW} && {_CONSIDERED}",
    "insufficient-attendance": _UNATTENDED,
    "attendance-formula": f'{_ASSESSED} && mark.area_kind != "behaviors" && mark.attendance_in_formula',
    "low-score-without-notice": f"{_LOW} && !warning_notices.exists(n, {_IN_TIME})",
    "parent-did-not-respond": f"{_LOW} && warning_notices.exists(n, "
    f'n.response in ["refused", "no-response"] && {_IN_TIME})',
    "intervention-missing": f"({_LOW} || retention.recommended) && !interventions.exists(i, "
    f"{_happened('i.offered_on')} && {_happened('i.implemented_on')})",
    "sspt-missing": f"({_LOW} || retention.recommended) && sspt.applicable && !({_happened('sspt.used_on')})",
    "intervention-undocumented": f"interventions.exists(i, !({_happened('i.documented_on')}) "
    f"&& ({_happened('i.offered_on')} || {_happened('i.implemented_on')}))",
    "intervention-documented-late": f"interventions.exists(i, {_happened('i.documented_on')} "
    "&& i.documented_on > period.ends_on)",
    "retention-consultation": "retention.recommended && !retention.consultation_offered",
    "off-scale": f"{_ASSESSED} && !(mark.score in {_SCALE})",
    "na-not-allowed": f"!({_ASSESSED}) && !{_MATH} && !{_ARTS}",
    "na-in-math": f"!({_ASSESSED}) && {_MATH}",
    "na-in-arts": f"!({_ASSESSED}) && {_ARTS}",
    "off-grade-level-standards": f'{_ASSESSED} && student.curriculum == "general" '
    '&& mark.standards_basis != "grade-level"',
    "off-alternate-standards": f'{_ASSESSED} && {_ON_ALTERNATE} && mark.standards_basis != "alternate-achievement"',
    "other-standards": f'{_ASSESSED} && mark.standards_basis == "other" && student.curriculum != "general" '
    f"&& !{_ON_ALTERNATE}",
    "single-assignment": f"{_RESTS} && evidence.assignments < 2",
    "evidence-does-not-span": f"{_RESTS} && evidence.assignments >= 2 && !evidence.spans_period",
}
_CONCLUDE_NOTHING_STRONGER: Final = frozenset(
    (
        *("marks-required", "parent-did-not-respond", "intervention-undocumented", "intervention-documented-late"),
        *("retention-consultation", "na-in-math", "na-in-arts"),
    )
)
_WITHHOLDING: Final = frozenset(_RULES) - _CONCLUDE_NOTHING_STRONGER - {"foster-or-homeless"}


def by_expression() -> Callable[[Case], tuple[str, list[str]]]:
    """Decides from JSON bytes: the outcome, and the rules that hold in the order of the ruleset."""
    types = dict.fromkeys(_VARIABLES, cel.Type.DYN) | {"as_of": cel.Type.STRING}
    evaluate = cel.NewEnv(variables=types).compile(f"[{', '.join(_RULES.values())}]").eval
    decode, names = msgspec.json.Decoder().decode, tuple(_RULES)

    def decide(case: Case) -> tuple[str, list[str]]:
        rules = list(compress(names, evaluate(data=decode(case.json_with_date)).plain_value()))
        if not _WITHHOLDING.isdisjoint(rules):
            return "withhold", rules
        return "teacher-discretion" if "foster-or-homeless" in rules else "assign", rules

    return decide
