"""After which tests the checker knows that something is not none, and after which it does not."""

from __future__ import annotations

import pytest

from engine.feel.errors import FeelError
from engine.feel.types import BOOLEAN, DATE, NUMBER, STRING, ContextType, ListType, Type, may_be_none
from tests.engine.feel.marking import SCOPE, checked

NARROWED = [
    # and, or, not
    "first_day != null and first_day > as_of",
    "null != first_day and first_day > as_of",
    "notified and first_day != null and mark.late and first_day > as_of",
    "first_day = null or first_day > as_of",
    "not(first_day = null) and first_day > as_of",
    "not(first_day != null) or first_day > as_of",
    "not(first_day = null or mark.average = null) and first_day > as_of and mark.average > 1",
    "(first_day = null or mark.average = null) or first_day > as_of and mark.average > 1",
    "first_day != null and (notified or first_day > as_of)",
    "(first_day != null and notified or first_day != null and mark.late) and first_day > as_of",
    "not(not(first_day != null)) and first_day > as_of",
    "mark.excused != null and mark.excused",
    "first_day instance of date and first_day > as_of",
    # paths, as deep as they go
    "mark.at_risk_since != null and mark.at_risk_since > as_of",
    "last_notice != null and last_notice.confirmed",
    "last_notice != null and last_notice.sent_on != null and last_notice.sent_on > as_of",
    # if
    "if first_day = null then false else first_day > as_of",
    "if first_day != null then first_day > as_of else true",
    "if notified or first_day = null then true else first_day > as_of",
    "if first_day = null then true else if mark.late then false else first_day > as_of",
    "(if first_day = null then false else notified) and first_day > as_of",
    "(if notified then first_day != null else first_day != null and mark.late) and first_day > as_of",
    "(if first_day != null then true else false) and first_day > as_of",
    "(first_day != null and true) and first_day > as_of",
    # loops
    "some s in seats satisfies s != null and s > 3",
    "every s in seats satisfies s = null or s > 3",
    "count(for s in seats return if s = null then 0 else s + 1) > 0",
    "some n in warning_notices satisfies n.sent_on != null and n.sent_on > as_of",
    "first_day != null and (some d in days satisfies d > first_day)",
    "first_day != null and count(days[item > first_day]) > 0",
    "some s in seats, t in seats satisfies s != null and t != null and s < t",
    # filters: within the condition, and in what they give
    "count(seats[item != null and item > 3]) > 0",
    "some s in seats[item != null] satisfies s > 3",
    "every n in warning_notices[sent_on != null] satisfies n.sent_on > as_of",
    "every n in warning_notices[item.sent_on != null and confirmed] satisfies n.sent_on > as_of",
    "some d in warning_notices[sent_on != null].sent_on satisfies d > as_of",
    "count(warning_notices[sent_on != null][sent_on > as_of]) > 0",
    "count([last_notice][item != null and confirmed]) > 0",
    "count([last_notice][item != null][confirmed]) > 0",
    "count([last_notice][item != null and sent_on != null and sent_on > as_of]) > 0",
    "count([{n: last_notice}][n != null and n.sent_on != null].n.sent_on[item > as_of]) > 0",
    # what an if gives, and or else's kin
    "(if first_day = null then as_of else first_day) > as_of",
    "{a: first_day, b: if a = null then as_of else a}.b > as_of",
]

NOT_NARROWED = [
    "first_day != null or «first_day» > as_of",
    "first_day = null and «first_day» > as_of",
    "(first_day != null or notified) and «first_day» > as_of",
    "«first_day» > as_of and first_day != null",
    "if first_day != null or notified then «first_day» > as_of else true",
    "if first_day = null and notified then true else «first_day» > as_of",
    "(if notified then first_day != null else true) and «first_day» > as_of",
    "(if first_day = null then true else notified) and «first_day» > as_of",
    "mark.at_risk_since != null and «first_day» > as_of",
    "(some s in seats satisfies s != null) and (some s in seats satisfies «s» > 3)",
    "warning_notices[sent_on != null and confirmed] != [] and warning_notices[«sent_on» > as_of] != []",
    "some n in warning_notices[sent_on != null or confirmed] satisfies «n.sent_on» > as_of",
    "some n in warning_notices[not(sent_on != null)] satisfies «n.sent_on» > as_of",
    "some n in warning_notices, m in warning_notices satisfies n.sent_on != null and «m.sent_on» > as_of",
    "warning_notices[1] != null and «warning_notices[1]».confirmed",
    "last_notice != null and «last_notice.sent_on» > as_of",
    "(notified = (first_day != null)) and «first_day» > as_of",
    "first_day instance of any and «first_day» > as_of",
]


@pytest.mark.parametrize("text", NARROWED)
def test_known_not_to_be_none(text: str) -> None:
    assert checked(text).type == BOOLEAN


@pytest.mark.parametrize("marked", NOT_NARROWED)
def test_not_known(marked: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    with pytest.raises(FeelError) as caught:
        checked(text)
    assert caught.value.code == "may-be-none"
    span = caught.value.span
    assert span is not None
    # the offsets of the marks before it shift what stands between the marks
    places = [place - 2 * order for order, place in enumerate(_all(marked, "«"))]
    assert span.start in places


def _all(text: str, mark: str) -> list[int]:
    return [place for place, character in enumerate(text) if character == mark]


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("if first_day = null then as_of else first_day", DATE),
        ("if first_day != null then first_day else null", may_be_none(DATE)),
        ("seats[item != null]", None),
        ("for s in seats[item != null] return s + 0.5", None),
        ("warning_notices[sent_on != null].sent_on", ListType(DATE)),
        ("warning_notices.sent_on[item != null]", ListType(DATE)),
        ("warning_notices[sent_on = null].sent_on", ListType(may_be_none(DATE))),
        ("warning_notices[sent_on != null][1]", None),
        ('if mark.comment = null then "" else mark.comment', STRING),
        ("if mark.average = null then 0 else mark.average", NUMBER),
    ],
)
def test_types_after_a_test(text: str, type_: Type | None) -> None:
    found = checked(text).type
    if type_ is not None:
        assert found == type_
    elif isinstance(found, ListType):
        assert not found.element.optional
    else:
        assert isinstance(found, ContextType)
        assert found.optional
        assert not found.entries["sent_on"].optional


def test_a_narrowed_item_keeps_where_its_facts_stand() -> None:
    found = checked("warning_notices[sent_on != null]").type
    assert isinstance(found, ListType)
    assert isinstance(found.element, ContextType)
    assert found.element.path == "warning_notices[]"
    declared = SCOPE["warning_notices"]
    assert isinstance(declared, ListType)
    assert isinstance(declared.element, ContextType)
    assert found.element.entries == {**declared.element.entries, "sent_on": DATE}
