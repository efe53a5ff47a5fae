"""A generated roster of `lausd/grade-marking`: a district's proposed marks at the end of a reporting period.

Always the same one for the same seed. The shares are those of an ordinary district, so that most marks may go on the
report; every rule holds somewhere in a few thousand cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa

from tests.benchmarks.rosters.drawing import Codes, Draw, Flags, struct

__all__ = ["AS_OF", "BATCH", "make_batch", "make_batches"]

AS_OF: Final = date(2025, 3, 9)
"""The day of the decisions, after the end of the period; some interventions are documented later."""

BATCH: Final = 250_000
"""Cases of a batch."""

_GRADES: Final = ("TK", "K", "1", "2", "3", "4", "5", "6")
_KINDS: Final = (
    *("ela-composite", "ela-domain", "math-composite", "math-domain", "math-practice", "science"),
    *("history-social-science", "visual-performing-arts", "physical-education", "health", "behaviors", "eld"),
    "dual-language",
)
_KIND_WEIGHTS: Final = (1, 5, 1, 4, 3, 1, 1, 3, 1, 1, 5, 3, 1)
_BEHAVIORS, _ELD, _TK = _KINDS.index("behaviors"), _KINDS.index("eld"), _GRADES.index("TK")
_AREAS: Final = (  # two lines of the report for each kind
    *("English language arts", "Reading and writing", "Reading literature", "Writing", "Mathematics", "Number sense"),
    *("Operations and algebraic thinking", "Geometry", "Makes sense of problems", "Attends to precision"),
    *("Life science", "Physical science", "History", "Geography", "Music", "Theatre", "Games", "Fitness"),
    *("Healthy habits", "Nutrition", "Works independently", "Follows rules", "Listening", "Speaking"),
    *("Spanish reading", "Spanish writing"),
)
_SCORES: Final = ("4", "3", "2", "1", "N/A", "E", "B", "D", "I", "M", "L", "C", "S", "R")
_BASES: Final = ("grade-level", "alternate-achievement", "other")
_NAMES: Final = ("Small group reading", "Tutoring", "Check in, check out", "Speech practice")
_PERIODS: Final = (  # midpoint, last day; the period before is corrected now and then
    (date(2025, 1, 24), date(2025, 3, 7)),
    (date(2024, 10, 4), date(2024, 11, 15)),
)
_MISSING: Final = (  # what a source system may not know
    *("student.foster_youth", "student.experiencing_homelessness", "student.grade_level", "student.curriculum"),
    *("enrollment.instructional_days", "attendance.sufficient", "mark.at_risk_since", "mark.standards_basis"),
    *("mark.attendance_in_formula", "evidence.assignments", "evidence.spans_period", "sspt.applicable"),
    *("sspt.used_on", "retention.recommended", "retention.consultation_offered", "period.initial"),
    *("warning_notices", "warning_notices.sent_on", "warning_notices.response", "interventions"),
    *("interventions.implemented_on", "interventions.documented_on"),
)


def make_batches(cases: int, *, missing: float = 0.0, size: int = BATCH, seed: int = 0) -> Iterator[pa.RecordBatch]:
    """Batches of `size` cases, the last one maybe smaller; as `make_batch`."""
    for number, start in enumerate(range(0, cases, size)):
        yield make_batch(min(size, cases - start), missing=missing, seed=seed, number=number)


def make_batch(cases: int, *, missing: float = 0.0, seed: int = 0, number: int = 0) -> pa.RecordBatch:
    """A batch of cases as `case_schema` has them.

    Args:
        cases: how many.
        missing: the share of them in which one fact is left out.
        seed: another one gives another roster.
        number: of the batch in the roster; each has other cases.
    """
    random = np.random.default_rng((seed, number))
    notices, interventions = _counts(random, cases)
    hidden = _hidden(random, cases, missing, {"warning_notices": notices, "interventions": interventions})
    draw = Draw(random, cases, hidden)
    period = draw.codes((97, 3))
    midpoint, last = (_days(each)[period] for each in zip(*_PERIODS, strict=True))
    grade, kind, alternate = draw.codes((4, *[10] * 7)), draw.codes(_KIND_WEIGHTS), draw.chance(0.06)
    area = kind * 2 + draw.integers(0, 1)
    columns = {
        "student": struct(
            grade_level=draw.texts("student.grade_level", grade, _GRADES),
            foster_youth=draw.column("student.foster_youth", draw.chance(0.02)),
            experiencing_homelessness=draw.column("student.experiencing_homelessness", draw.chance(0.04)),
            curriculum=draw.texts("student.curriculum", alternate.astype(np.int64), ("general", "alternate")),
        ),
        "enrollment": struct(instructional_days=draw.column("enrollment.instructional_days", _enrolled(draw))),
        "attendance": struct(sufficient=draw.column("attendance.sufficient", draw.chance(0.95))),
        "period": struct(
            initial=draw.column("period.initial", draw.chance(0.1)),
            midpoint=draw.dates("period.midpoint", midpoint),
            ends_on=draw.dates("period.ends_on", last),
        ),
        "mark": _mark(draw, grade, kind, area, alternate, midpoint, last),
        "evidence": struct(
            assignments=draw.column("evidence.assignments", np.where(draw.chance(0.03), 1, draw.integers(2, 17))),
            spans_period=draw.column("evidence.spans_period", draw.chance(0.96)),
        ),
        "warning_notices": _list(draw, "warning_notices", notices, _notices(draw, notices, area, midpoint)),
        "interventions": _list(draw, "interventions", interventions, _interventions(draw, interventions, last)),
        "sspt": struct(
            applicable=draw.column("sspt.applicable", draw.chance(0.1)),
            **_day(draw, "sspt.used_on", draw.chance(0.4), midpoint - 20, last),
        ),
        "retention": struct(
            recommended=draw.column("retention.recommended", draw.chance(0.02)),
            consultation_offered=draw.column("retention.consultation_offered", draw.chance(0.8)),
        ),
    }
    return pa.record_batch(columns)


def _counts(random: np.random.Generator, cases: int) -> tuple[Codes, Codes]:
    """How many warning notices and interventions each case has."""
    draw = Draw(random, cases, {})
    return draw.codes((60, 25, 10, 5)), draw.codes((65, 25, 10))


def _hidden(random: np.random.Generator, cases: int, share: float, counts: dict[str, Codes]) -> dict[str, Flags]:
    """In which cases, or items of a list, each fact is left out: in a share of the cases one fact."""
    if not share:
        return {}
    draw = Draw(random, cases, {})
    here, which = draw.chance(share), draw.integers(0, len(_MISSING) - 1)
    hidden = {path: here & (which == place) for place, path in enumerate(_MISSING)}
    for path, of_cases in [*hidden.items()]:
        list_, _, fact = path.partition(".")
        if list_ in counts and fact:
            hidden[path] = np.repeat(of_cases, counts[list_])
            hidden[list_] |= of_cases & (counts[list_] == 0)
    return hidden


def _enrolled(draw: Draw) -> Codes:
    """Instructional days: all of the period, or fewer for who came late."""
    return np.where(draw.chance(0.9), 30, draw.integers(0, 30))


def _mark(
    draw: Draw, grade: Codes, kind: Codes, area: Codes, alternate: Flags, midpoint: Codes, last: Codes
) -> pa.StructArray:
    """The proposed mark; one in ten is at risk only after the midpoint, or was evident shortly before it."""
    usual = (alternate & (kind != _BEHAVIORS) & (kind != _ELD)).astype(np.int64)
    return struct(
        area=draw.texts("mark.area", area, _AREAS),
        area_kind=draw.texts("mark.area_kind", kind, _KINDS),
        score=draw.texts("mark.score", _score(draw, grade, kind), _SCORES),
        **_day(draw, "mark.at_risk_since", ~draw.chance(0.1), midpoint - 7, last),
        attendance_in_formula=draw.column("mark.attendance_in_formula", draw.chance(0.01)),
        standards_basis=draw.texts(
            "mark.standards_basis", np.where(draw.chance(0.96), usual, draw.integers(0, 2)), _BASES
        ),
    )


def _score(draw: Draw, grade: Codes, kind: Codes) -> Codes:
    """A mark of the scale of the line, N/A in a twelfth of them, seldom one of another scale."""

    def drawn(**weights: float) -> Codes:
        places = np.array([_SCORES.index(score.removeprefix("_")) for score in weights])
        return places[draw.codes([*weights.values()])]

    of_tk = np.where(kind == _ELD, drawn(L=3, M=5, B=2), drawn(I=2, D=5, B=2, E=1))
    fitting = np.where(grade == _TK, of_tk, drawn(_4=30, _3=48, _2=17, _1=5))
    fitting = np.where(kind == _BEHAVIORS, drawn(C=5, S=4, R=1), fitting)
    fitting = np.where(draw.chance(0.01), draw.integers(0, len(_SCORES) - 1), fitting)
    return np.where(draw.chance(0.08), _SCORES.index("N/A"), fitting)


def _notices(draw: Draw, counts: Codes, area: Codes, midpoint: Codes) -> pa.StructArray:
    area, midpoint = np.repeat(area, counts), np.repeat(midpoint, counts)
    items = Draw(draw.random, len(area), draw.hidden)
    about = np.where(items.chance(0.8), area, items.integers(0, len(_AREAS) - 1))
    told = items.codes((4, 5, 1))
    response = items.texts("warning_notices.response", items.codes((6, 1, 2)), ("responded", "refused", "no-response"))
    said, none = items.optional("warning_notices.response", response, items.chance(0.2))
    return struct(
        area=items.texts("warning_notices.area", about, _AREAS),
        informed_by=items.texts("warning_notices.informed_by", told, ("conference", "written-report", "other")),
        **_day(items, "warning_notices.sent_on", items.chance(0.06), midpoint - 20, midpoint + 6),
        response=said,
        response__none=none,
    )


def _interventions(draw: Draw, counts: Codes, last: Codes) -> pa.StructArray:
    last = np.repeat(last, counts)
    items = Draw(draw.random, len(last), draw.hidden)
    return struct(
        name=items.texts("interventions.name", items.codes((1, 1, 1, 1)), _NAMES),
        **_day(items, "interventions.offered_on", items.chance(0.03), last - 60, last - 20),
        **_day(items, "interventions.implemented_on", items.chance(0.1), last - 50, last),
        **_day(items, "interventions.documented_on", items.chance(0.15), last - 40, last + 5),
    )


def _day(draw: Draw, path: str, none: Flags, first: Codes, last: Codes) -> dict[str, pa.Array]:
    """A day from `first` to `last`, both included, or none; and the column that says none."""
    name = path.rpartition(".")[2]
    day, said = draw.optional(path, draw.dates(path, draw.days(first, last)), none)
    return {name: day, f"{name}__none": said}


def _list(draw: Draw, path: str, counts: Codes, items: pa.StructArray) -> pa.ListArray:
    ends = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    missing = draw.hidden.get(path)
    return pa.ListArray.from_arrays(pa.array(ends), items, mask=None if missing is None else pa.array(missing))


def _days(dates: tuple[date, ...]) -> Codes:
    return np.array(dates, dtype="datetime64[D]").astype(np.int64)
