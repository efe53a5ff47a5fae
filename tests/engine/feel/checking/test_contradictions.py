"""Which conditions are plainly always true, or never."""

from __future__ import annotations

import pytest

from engine.feel.checker import always
from tests.engine.feel.marking import checked

NEVER = [
    "false",
    "notified and false",
    "not(true)",
    "notified and not(notified)",
    "not(notified or true)",
    'mark.area = "math" and mark.area = "music"',
    'mark.area != "math" and mark.area != "music" and mark.area != "science"',
    'mark.area in ("math", "music") and mark.area = "science"',
    'not(mark.area in ("math", "music", "science"))',
    'mark.score = "1" and mark.score = "2"',
    'student.grade < "TK"',
    'student.grade > "1" and student.grade < "2"',
    'student.grade between "2" and "K"',
    "minimum < 3 and minimum > 5",
    "minimum < 3 and 5 < minimum",
    "minimum <= 3 and minimum > 3",
    "minimum = 3 and minimum != 3",
    "minimum = 3 and minimum > 4",
    "minimum between 5 and 3",
    "minimum in [1..2] and minimum in (> 2)",
    "minimum in (1, 2) and not(minimum < 3)",
    "minimum < -1 and minimum > -1",
    "mark.entries > 3 and mark.entries < 4",
    "mark.entries > 2.5 and mark.entries <= 3.5 and mark.entries != 3",
    "first_day = null and first_day != null",
    "as_of = null",
    'as_of < @"2024-08-01" and as_of > date("2024-08-01")',
    'period.grace < @"P1D" and period.grace > duration("P2D")',
    "if notified then false else notified",
    "some n in warning_notices satisfies n.confirmed and not(n.confirmed)",
    "not(every n in warning_notices satisfies n.confirmed or not(n.confirmed))",
    'some n in warning_notices satisfies n.area = "math" and n.area = "music"',
    "(notified or mark.late) and not(notified) and not(mark.late)",
]
ALWAYS = [
    "true",
    "notified or true",
    "notified or not(notified)",
    'mark.area in ("math", "music", "science")',
    'mark.area = "math" or mark.area != "math"',
    'student.grade >= "TK"',
    "minimum < 3 or minimum >= 3",
    "mark.entries <= 3 or mark.entries >= 4",
    "first_day = null or first_day != null",
    "as_of != null",
    "not(minimum between 5 and 3)",
    "every n in warning_notices satisfies n.confirmed or not(n.confirmed)",
    "if notified then notified else not(notified)",
]
NOT_PLAIN = [
    "notified",
    'mark.area = "math"',
    'mark.area = "math" or mark.area = "music"',
    'student.grade > "K" and student.grade < "2"',
    "minimum > 3 and minimum < 4",
    "minimum >= 3 and minimum <= 3",
    "mark.entries > 2 and mark.entries < 4",
    "minimum < 3 and mark.entries > 5",
    "first_day = null",
    "minimum = mark.entries and minimum != mark.entries",
    "some n in warning_notices satisfies n.confirmed",
    "some n in warning_notices satisfies true",
    'mark.score < "a" and mark.score > "b"',
    "count(days) < 0",
    "warning_notices[confirmed] != []",
    "mark.area in warning_notices.area",
    "minimum in ([1..2], ? > 5)",
    "if notified then mark.late else not(mark.late)",
    "1",
]


@pytest.mark.parametrize("text", NEVER)
def test_never(text: str) -> None:
    assert always(checked(text)) is False


@pytest.mark.parametrize("text", ALWAYS)
def test_always(text: str) -> None:
    assert always(checked(text)) is True


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_neither_is_plain(text: str) -> None:
    assert always(checked(text)) is None


def test_a_condition_with_too_many_alternatives_says_nothing() -> None:
    parts = [f"(minimum != {number} or mark.entries != {number})" for number in range(40)]
    assert always(checked(" and ".join(parts))) is None


def test_conditions_within_conditions_are_read_once() -> None:
    text = "notified"
    for _ in range(25):
        text = f"if {text} then notified else mark.late"
    assert always(checked(text)) is None


def test_outside_rulesets_nothing_is_plain() -> None:
    assert always(checked("minimum < 3 and minimum > 5", strict=False)) is None
