"""Peer: the policy written by hand in DuckDB SQL, for this ruleset alone and for complete cases.

It gives the outcome and the ids of the rules that hold, in the ruleset's order, and nothing else. What several rules
need stands in a step of its own, as one would write it; lists are asked by lambdas, which is far faster here than to
unnest them.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import duckdb
import pyarrow as pa

__all__ = ["HandWritten"]

_CHUNK: Final = 32_768
"""Cases that a thread takes at a time."""

_QUERY: Final = """
WITH facts AS (
    SELECT
        student.grade_level AS grade,
        student.curriculum = 'general' AS general,
        student.foster_youth OR student.experiencing_homelessness AS considered,
        enrollment.instructional_days < 15 AS few_days,
        period.initial AND NOT attendance.sufficient AS unattended,
        mark.area_kind AS kind,
        mark.score AS score,
        mark.score <> 'N/A' AS assessed,
        mark.score IN ('1', '2') AS low,
        mark.area AS area,
        mark.attendance_in_formula AS by_formula,
        mark.standards_basis AS basis,
        -- A day after the decision has not come yet, so what is to have happened by then lies before both.
        least($as_of, greatest(period.midpoint, mark.at_risk_since)) AS notice_deadline,
        period.ends_on AS ends_on,
        warning_notices,
        interventions,
        sspt.applicable AND (sspt.used_on IS NULL OR sspt.used_on > $as_of) AS team_missing,
        retention.recommended AS retained,
        retention.consultation_offered AS consulted,
        evidence.assignments AS assignments,
        evidence.spans_period AS spans_period
    FROM cases
), found AS (
    SELECT
        *,
        CASE
            WHEN NOT low THEN []
            ELSE list_filter(warning_notices, lambda notice:
                notice.area = area
                AND notice.informed_by IN ('conference', 'written-report')
                AND notice.sent_on <= notice_deadline)
        END AS notices_in_time,
        few_days AND NOT considered AS too_few_days,
        kind NOT IN ('eld', 'behaviors') AS academic,
        CASE
            WHEN assessed OR grade = 'TK' THEN NULL
            WHEN kind IN ('math-domain', 'math-practice') THEN 'math'
            WHEN kind = 'visual-performing-arts' THEN 'arts'
        END AS na_beside,
        CASE
            WHEN kind = 'behaviors' THEN score IN ('C', 'S', 'R')
            WHEN grade <> 'TK' THEN score IN ('4', '3', '2', '1')
            WHEN kind = 'eld' THEN score IN ('B', 'M', 'L')
            ELSE score IN ('E', 'B', 'D', 'I')
        END AS on_scale,
        assessed AND grade <> 'TK' AND kind <> 'behaviors' AS rests_on_assignments
    FROM facts
), rules AS (
    SELECT
        NOT few_days AND NOT unattended AND na_beside IS NULL AS marks_required,
        too_few_days,
        few_days AND considered AS foster_or_homeless,
        unattended AND NOT too_few_days AS insufficient_attendance,
        assessed AND kind <> 'behaviors' AND by_formula AS attendance_formula,
        low AND len(notices_in_time) = 0 AS low_score_without_notice,
        low AND coalesce(list_bool_or(list_transform(notices_in_time,
            lambda notice: notice.response IN ('refused', 'no-response'))), false) AS parent_did_not_respond,
        (low OR retained) AND NOT coalesce(list_bool_or(list_transform(interventions,
            lambda one: one.offered_on <= $as_of AND one.implemented_on <= $as_of)), false) AS intervention_missing,
        (low OR retained) AND team_missing AS sspt_missing,
        coalesce(list_bool_or(list_transform(interventions,
            lambda one: (one.offered_on <= $as_of OR one.implemented_on <= $as_of)
                AND (one.documented_on IS NULL OR one.documented_on > $as_of))), false) AS intervention_undocumented,
        coalesce(list_bool_or(list_transform(interventions,
            lambda one: one.documented_on > ends_on AND one.documented_on <= $as_of)), false)
            AS intervention_documented_late,
        retained AND NOT consulted AS retention_consultation,
        assessed AND NOT on_scale AS off_scale,
        NOT assessed AND na_beside IS NULL AS na_not_allowed,
        coalesce(na_beside = 'math', false) AS na_in_math,
        coalesce(na_beside = 'arts', false) AS na_in_arts,
        assessed AND general AND basis <> 'grade-level' AS off_grade_level_standards,
        assessed AND NOT general AND academic AND basis <> 'alternate-achievement' AS off_alternate_standards,
        assessed AND NOT general AND NOT academic AND basis = 'other' AS other_standards,
        rests_on_assignments AND assignments < 2 AS single_assignment,
        rests_on_assignments AND assignments >= 2 AND NOT spans_period AS evidence_does_not_span
    FROM found
)
SELECT
    CASE
        WHEN too_few_days OR insufficient_attendance OR attendance_formula OR low_score_without_notice
            OR intervention_missing OR sspt_missing OR off_scale OR na_not_allowed OR off_grade_level_standards
            OR off_alternate_standards OR other_standards OR single_assignment OR evidence_does_not_span
            THEN 'withhold'
        WHEN foster_or_homeless THEN 'teacher-discretion'
        ELSE 'assign'
    END AS outcome,
    list_filter([
        CASE WHEN marks_required THEN 'marks-required' END,
        CASE WHEN too_few_days THEN 'too-few-days' END,
        CASE WHEN foster_or_homeless THEN 'foster-or-homeless' END,
        CASE WHEN insufficient_attendance THEN 'insufficient-attendance' END,
        CASE WHEN attendance_formula THEN 'attendance-formula' END,
        CASE WHEN low_score_without_notice THEN 'low-score-without-notice' END,
        CASE WHEN parent_did_not_respond THEN 'parent-did-not-respond' END,
        CASE WHEN intervention_missing THEN 'intervention-missing' END,
        CASE WHEN sspt_missing THEN 'sspt-missing' END,
        CASE WHEN intervention_undocumented THEN 'intervention-undocumented' END,
        CASE WHEN intervention_documented_late THEN 'intervention-documented-late' END,
        CASE WHEN retention_consultation THEN 'retention-consultation' END,
        CASE WHEN off_scale THEN 'off-scale' END,
        CASE WHEN na_not_allowed THEN 'na-not-allowed' END,
        CASE WHEN na_in_math THEN 'na-in-math' END,
        CASE WHEN na_in_arts THEN 'na-in-arts' END,
        CASE WHEN off_grade_level_standards THEN 'off-grade-level-standards' END,
        CASE WHEN off_alternate_standards THEN 'off-alternate-standards' END,
        CASE WHEN other_standards THEN 'other-standards' END,
        CASE WHEN single_assignment THEN 'single-assignment' END,
        CASE WHEN evidence_does_not_span THEN 'evidence-does-not-span' END
    ], lambda rule: rule IS NOT NULL) AS rules
FROM rules
"""


class HandWritten:
    """Decides batches of complete cases by the query.

    Args:
        threads: of the query.
        memory_limit: as DuckDB writes it.
    """

    def __init__(self, threads: int = 1, memory_limit: str = "1GB") -> None:
        self._database = duckdb.connect(
            ":memory:", config={"threads": threads, "memory_limit": memory_limit, "preserve_insertion_order": True}
        )

    def decide(self, cases: pa.RecordBatch, as_of: date) -> pa.Table:
        """The outcome and the rules that hold of each case, in the order of the cases."""
        # DuckDB gives a thread one Arrow batch at a time.
        parts = [cases.slice(start, _CHUNK) for start in range(0, cases.num_rows, _CHUNK)]
        with self._database.cursor() as cursor:
            cursor.register("cases", pa.Table.from_batches(parts, cases.schema))
            return cursor.sql(_QUERY, params={"as_of": as_of}).to_arrow_table()
