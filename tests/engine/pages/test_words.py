"""Expressions in words."""

from __future__ import annotations

import pytest

from engine.feel.checker import check
from engine.feel.parser import parse
from engine.feel.types import BOOLEAN, DATE, NUMBER, ContextType, ListType, ScalarType, Type, may_be_none
from engine.pages.words import in_words

SCOPE: dict[str, Type] = {
    "as_of": DATE,
    "minimum_days": NUMBER,
    "notified": BOOLEAN,
    "enrollment": ContextType({"instructional_days": NUMBER}, "enrollment"),
    "student": ContextType({"foster_youth": BOOLEAN, "grade": ScalarType("string", choices=("K", "1"))}, "student"),
    "mark": ContextType({"at_risk_since": may_be_none(DATE), "area": ScalarType("string")}, "mark"),
    "notices": ListType(ContextType({"area": ScalarType("string"), "sent_on": may_be_none(DATE)}, "notices[]")),
}


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (
            "enrollment.instructional_days < minimum_days",
            "*enrollment: instructional days* is less than *minimum days*",
        ),
        ("student.foster_youth and not(notified)", "*student: foster youth* is yes, and *notified* is no"),
        ("mark.at_risk_since = null", "*mark: at risk since* is none"),
        (
            'mark.at_risk_since != null and mark.at_risk_since <= date("2018-10-01")',
            "*mark: at risk since* is not none, and *mark: at risk since* is on or before the date of “2018-10-01”",
        ),
        ('student.grade in ("K", "1")', "*student: grade* is “K” or “1”"),
        (
            "some n in notices satisfies n.area = mark.area",
            "at least one *n* of *notices*: *n: area* is *mark: area*",
        ),
        ("count(notices[sent_on != null])", "the number of those of *notices* where its sent on is not none"),
        (
            "if notified then as_of else add days(as_of, 3)",
            "if *notified* is yes: the date of the decision; otherwise 3 days after the date of the decision",
        ),
        ("add days(as_of, -14)", "14 days before the date of the decision"),
        ("add school days(as_of, 1)", "1 school day after the date of the decision"),
        ("add business days(as_of, -2)", "2 business days before the date of the decision"),
        (
            "add days(add years(as_of, minimum_days), -1)",
            "1 day before the date of the decision and *minimum days* years",
        ),
        (
            "add months(or else(mark.at_risk_since, as_of), 1)",
            "1 month after (*mark: at risk since*, or if there is none the date of the decision)",
        ),
        ("minimum_days between 1 and 5", "*minimum days* is from 1 through 5"),
        (
            "(notified or student.foster_youth) and minimum_days = 3",
            "(*notified* is yes, or *student: foster youth* is yes), and *minimum days* is 3",
        ),
    ],
)
def test_words(expression: str, words: str) -> None:
    assert in_words(check(parse(expression), SCOPE, source=expression)) == words
