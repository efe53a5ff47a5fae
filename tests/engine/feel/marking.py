"""Names as a ruleset about marks declares them, and how the tests of the checker check expressions over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.feel.checked import Checked
from engine.feel.checker import check
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NUMBER,
    STRING,
    TIME,
    ContextType,
    ListType,
    ScalarType,
    Type,
    may_be_none,
)

INTEGER = replace(NUMBER, integer=True)
AREA = ScalarType("string", choices=("math", "science", "music"))
GRADE = ScalarType("string", choices=("TK", "K", "1", "2", "3"), ordered=True)

MARK = ContextType(
    {
        "area": AREA,
        "score": STRING,
        "comment": may_be_none(STRING),
        "entries": INTEGER,
        "average": may_be_none(NUMBER),
        "at_risk_since": may_be_none(DATE),
        "late": BOOLEAN,
        "excused": may_be_none(BOOLEAN),
    },
    path="mark",
)
NOTICE = ContextType(
    {"area": AREA, "sent_on": may_be_none(DATE), "reasons": ListType(STRING), "confirmed": BOOLEAN},
    path="warning_notices[]",
)
SCOPE: Mapping[str, Type] = {
    "mark": MARK,
    "warning_notices": ListType(NOTICE),
    "student": ContextType({"grade": GRADE, "foster_youth": BOOLEAN}, path="student"),
    "period": ContextType(
        {"midpoint": DATE, "opens": DATE_TIME, "bell": TIME, "grace": DAYS_DURATION, "span": MONTHS_DURATION},
        path="period",
    ),
    "seats": ListType(may_be_none(INTEGER)),
    "days": ListType(DATE),
    "minimum": NUMBER,
    "notified": BOOLEAN,
    "first_day": may_be_none(DATE),
    "as_of": DATE,
    "last_notice": may_be_none(NOTICE),
}
NONE_MEANS = {"mark.at_risk_since": "at risk from the start"}


def checked(text: str, scope: Mapping[str, Type] = SCOPE, *, strict: bool = True) -> Checked:
    """The expression `text`, checked."""
    return check(parse(text, scope), scope, source=text, strict=strict, none_means=NONE_MEANS)


def checked_cell(text: str, value: Type) -> Checked:
    """The cell `text` of a table, checked for an input of type `value`."""
    return check(parse_unary_tests(text, SCOPE), SCOPE, source=text, value=value)
