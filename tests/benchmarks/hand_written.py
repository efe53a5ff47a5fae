"""Peer: what a programmer would write for this one policy, as fast as plain Python goes.

It gives the outcome and the rules that hold, and nothing else: no messages, no obligations, no citations, and no word
about facts that are missing or wrong. It shows what the interpreter itself costs.
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["decide"]

_ACHIEVEMENT: Final = frozenset(("4", "3", "2", "1"))
_TK_DEVELOPMENT: Final = frozenset(("I", "D", "B", "E"))
_TK_ELD: Final = frozenset(("L", "M", "B"))
_BEHAVIORS: Final = frozenset(("C", "S", "R"))
_TELLING: Final = frozenset(("conference", "written-report"))
_OPEN_TO_NA: Final = {
    "math-domain": "na-in-math",
    "math-practice": "na-in-math",
    "visual-performing-arts": "na-in-arts",
}
_SILENT: Final = frozenset(("refused", "no-response"))


def decide(facts: dict[str, Any], as_of: str) -> tuple[str, tuple[str, ...]]:  # noqa: C901, PLR0912, PLR0915 - all in one: calls cost
    """The outcome, and the rules that hold in the order of the ruleset. Dates are compared as text."""
    student, mark, period = facts["student"], facts["mark"], facts["period"]
    grade, kind, score = student["grade_level"], mark["area_kind"], mark["score"]
    assessed = score != "N/A"
    low = score in {"1", "2"}
    rules: list[str] = []
    outcome = "assign"

    open_to_na = not assessed and grade != "TK" and kind in _OPEN_TO_NA
    unattended = period["initial"] and not facts["attendance"]["sufficient"]
    if facts["enrollment"]["instructional_days"] >= 15:
        if not unattended and not open_to_na:
            rules.append("marks-required")
    elif student["foster_youth"] or student["experiencing_homelessness"]:
        rules.append("foster-or-homeless")
        outcome = "teacher-discretion"
    else:
        rules.append("too-few-days")
        outcome = "withhold"
        unattended = False
    if unattended:
        rules.append("insufficient-attendance")
        outcome = "withhold"
    if assessed and kind != "behaviors" and mark["attendance_in_formula"]:
        rules.append("attendance-formula")
        outcome = "withhold"

    if low:
        area, deadline, risk = mark["area"], period["midpoint"], mark["at_risk_since"]
        if risk is not None and risk > deadline:
            deadline = risk
        last = min(deadline, as_of)  # what lies after the day of the decision has not happened
        notified = silent = False
        for notice in facts["warning_notices"]:
            if notice["area"] == area and notice["informed_by"] in _TELLING:
                sent = notice["sent_on"]
                if sent is not None and sent <= last:
                    notified = True
                    if notice["response"] in _SILENT:
                        silent = True
        if not notified:
            rules.append("low-score-without-notice")
            outcome = "withhold"
        if silent:
            rules.append("parent-did-not-respond")

    last_day = period["ends_on"]
    intervened = undocumented = documented_late = False
    for intervention in facts["interventions"]:
        offered, begun = intervention["offered_on"], intervention["implemented_on"]
        was_offered = offered is not None and offered <= as_of
        has_begun = begun is not None and begun <= as_of
        if was_offered and has_begun:
            intervened = True
        documented = intervention["documented_on"]
        if documented is None or documented > as_of:
            if was_offered or has_begun:
                undocumented = True
        elif documented > last_day:
            documented_late = True
    retention = facts["retention"]
    recommended = retention["recommended"]
    if low or recommended:
        if not intervened:
            rules.append("intervention-missing")
            outcome = "withhold"
        sspt = facts["sspt"]
        if sspt["applicable"]:
            used = sspt["used_on"]
            if used is None or used > as_of:
                rules.append("sspt-missing")
                outcome = "withhold"
    if undocumented:
        rules.append("intervention-undocumented")
    if documented_late:
        rules.append("intervention-documented-late")
    if recommended and not retention["consultation_offered"]:
        rules.append("retention-consultation")

    if open_to_na:
        rules.append(_OPEN_TO_NA[kind])
    elif not assessed:
        rules.append("na-not-allowed")
        outcome = "withhold"
    else:
        if kind == "behaviors":
            scale = _BEHAVIORS
        elif grade == "TK":
            scale = _TK_ELD if kind == "eld" else _TK_DEVELOPMENT
        else:
            scale = _ACHIEVEMENT
        if score not in scale:
            rules.append("off-scale")
            outcome = "withhold"
        basis = mark["standards_basis"]
        general = student["curriculum"] == "general"
        if general and basis != "grade-level":
            rules.append("off-grade-level-standards")
            outcome = "withhold"
        elif not general and basis != "alternate-achievement" and kind not in {"eld", "behaviors"}:
            rules.append("off-alternate-standards")
            outcome = "withhold"
        elif basis == "other":
            rules.append("other-standards")
            outcome = "withhold"
        if grade != "TK" and kind != "behaviors":
            evidence = facts["evidence"]
            if evidence["assignments"] < 2:
                rules.append("single-assignment")
                outcome = "withhold"
            elif not evidence["spans_period"]:
                rules.append("evidence-does-not-span")
                outcome = "withhold"
    return outcome, tuple(rules)
