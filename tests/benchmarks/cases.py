"""Varied complete cases of `lausd/grade-marking`: with every fact given, so that all who are asked can decide them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Any, Final

import msgspec

__all__ = ["CASE_COUNT", "RULESET", "Case", "make_cases"]

RULESET: Final = "lausd/grade-marking"
CASE_COUNT: Final = 2_500
_SEED: Final = "grade-marking"

_GRADES: Final = ("TK", "K", "1", "2", "3", "4", "5", "6")
_ACADEMIC: Final = (
    *("ela-composite", "ela-domain", "math-composite", "math-domain", "math-practice", "science"),
    *("history-social-science", "visual-performing-arts", "physical-education", "health", "dual-language"),
)
_ALL_SCORES: Final = ("4", "3", "2", "1", "N/A", "E", "B", "D", "I", "M", "L", "C", "S", "R")
_AREAS: Final = (
    "Reading literature",
    "Writing",
    "Number and operations",
    "Geometry",
    "Life science",
    "Music",
    "Theatre",
)
_PERIODS: Final = (  # midpoint, last day
    (date(2024, 10, 4), date(2024, 11, 15)),
    (date(2025, 1, 24), date(2025, 3, 7)),
    (date(2025, 4, 25), date(2025, 6, 10)),
)


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes:
        facts: as JSON has them: dates as text, none as None.
        as_of: the date of the decision.
    """

    facts: dict[str, Any]
    as_of: date

    @cached_property
    def as_of_text(self) -> str:
        """The date as text."""
        return self.as_of.isoformat()

    @cached_property
    def json(self) -> bytes:
        """The facts as a system would send them."""
        return msgspec.json.encode(self.facts)

    @cached_property
    def json_with_date(self) -> bytes:
        """The same with `as_of` beside the facts, for engines that take everything in one document."""
        return msgspec.json.encode({"as_of": self.as_of_text, **self.facts})


def make_cases(count: int = CASE_COUNT) -> tuple[Case, ...]:
    """The first `count` cases; always the same ones."""
    random = Random(_SEED)
    return tuple(_case(random) for _ in range(count))


def _case(random: Random) -> Case:
    midpoint, last = random.choice(_PERIODS)
    as_of = last - timedelta(random.randint(-5, 30))
    grade, kind = random.choice(_GRADES), _kind(random)
    area = random.choice(_AREAS)
    score = _score(random, grade, kind)
    curriculum = _mostly(random, 0.9, "general", "alternate")
    facts: dict[str, Any] = {
        "student": {
            "grade_level": grade,
            "foster_youth": random.random() < 0.1,
            "experiencing_homelessness": random.random() < 0.1,
            "curriculum": curriculum,
        },
        "enrollment": {"instructional_days": random.choice((7, 14, 15, *range(16, 61, 2)))},
        "attendance": {"sufficient": random.random() < 0.93},
        "period": {
            "initial": random.random() < 0.3,
            "midpoint": midpoint.isoformat(),
            "ends_on": last.isoformat(),
        },
        "mark": {
            "area": area,
            "area_kind": kind,
            "score": score,
            "at_risk_since": _day(random, 0.75, midpoint - timedelta(14), last),
            "attendance_in_formula": random.random() < 0.04,
            "standards_basis": _basis(random, curriculum, kind),
        },
        "evidence": {"assignments": random.choice((1, *range(2, 18))), "spans_period": random.random() < 0.95},
        "warning_notices": [_notice(random, area, midpoint) for _ in range(random.choice((0, 0, 1, 1, 2, 3)))],
        "interventions": [_intervention(random, last) for _ in range(random.choice((0, 1, 1, 2)))],
        "sspt": {
            "applicable": random.random() < 0.2,
            "used_on": _day(random, 0.5, midpoint - timedelta(20), last),
        },
        "retention": {"recommended": random.random() < 0.05, "consultation_offered": random.random() < 0.6},
    }
    return Case(facts, as_of)


def _kind(random: Random) -> str:
    chance = random.random()
    if chance < 0.1:
        return "eld"
    return "behaviors" if chance < 0.2 else random.choice(_ACADEMIC)


def _score(random: Random, grade: str, kind: str) -> str:
    """A mark that fits the line, most often; low ones and N/A are not rare."""
    chance = random.random()
    if chance < 0.08:
        return "N/A"
    if chance < 0.12:
        return random.choice(_ALL_SCORES)
    if kind == "behaviors":
        return random.choice("CSR")
    if grade == "TK":
        return random.choice("LMB" if kind == "eld" else "IDBE")
    return random.choice("4443333221")


def _basis(random: Random, curriculum: str, kind: str) -> str:
    """The standards that are asked for, most often."""
    plain = curriculum == "general" or kind in {"eld", "behaviors"}
    usual = "grade-level" if plain else "alternate-achievement"
    return _mostly(random, 0.95, usual, random.choice(("grade-level", "alternate-achievement", "other")))


def _notice(random: Random, area: str, midpoint: date) -> dict[str, Any]:
    return {
        "area": _mostly(random, 0.75, area, random.choice(_AREAS)),
        "informed_by": random.choice(("conference", "written-report", "written-report", "other")),
        "sent_on": _day(random, 0.1, midpoint - timedelta(20), midpoint + timedelta(8)),
        "response": random.choice(("responded", "refused", "no-response", None)),
    }


def _intervention(random: Random, last: date) -> dict[str, Any]:
    return {
        "name": random.choice(("Small group reading", "Tutoring", "Check in, check out")),
        "offered_on": _day(random, 0.1, last - timedelta(60), last),
        "implemented_on": _day(random, 0.2, last - timedelta(50), last),
        "documented_on": _day(random, 0.4, last - timedelta(40), last + timedelta(4)),
    }


def _day(random: Random, none: float, first: date, last: date) -> str | None:
    """A day from `first` to `last`, both included; None as often as `none` says."""
    if random.random() < none:
        return None
    return (first + timedelta(random.randint(0, (last - first).days))).isoformat()


def _mostly(random: Random, how_often: float, usual: str, other: str) -> str:
    return usual if random.random() < how_often else other
