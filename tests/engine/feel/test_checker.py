"""What the checker takes in rulesets, and which types it finds."""

from __future__ import annotations

import pytest

from engine.feel.checker import check, compared_choices, expect
from engine.feel.errors import FeelError, Span
from engine.feel.parser import parse
from engine.feel.syntax import In, Literal, Name, Negation, Node
from engine.feel.types import ANY, BOOLEAN, DATE, NULL, NUMBER, STRING, ListType, ScalarType, Type, may_be_none
from tests.engine.feel.marking import AREA, GRADE, INTEGER, MARK, NOTICE, checked, checked_cell


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("-", DATE),
        ("1, 2, >= 7", NUMBER),
        ("[1..5], 9", NUMBER),
        ("not(1, 2)", NUMBER),
        ('"math", "music"', AREA),
        ('<= "2"', GRADE),
        ("null", may_be_none(NUMBER)),
        ("1, null", may_be_none(NUMBER)),
        ("not(null)", may_be_none(NUMBER)),
        ("? != null and ? > minimum", may_be_none(NUMBER)),
        ("days", DATE),
        ("< as_of", DATE),
        ("true", BOOLEAN),
        ("even(?)", NUMBER),
    ],
)
def test_takes_a_cell(cell: str, value: Type) -> None:
    assert checked_cell(cell, value).type == BOOLEAN


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        # literals
        ("null", NULL),
        ("1", INTEGER),
        ("1.50", ScalarType("number", places=2)),
        ("true", BOOLEAN),
        ('"a"', ScalarType("string", choices=("a",))),
        ('@"2024-08-01"', DATE),
        ('@"P10D"', ScalarType("days and time duration")),
        ('@"P1Y"', ScalarType("years and months duration")),
        ('@"14:30:00"', ScalarType("time")),
        ('@"2024-08-01T14:30:00"', ScalarType("date and time")),
        # names and paths
        ("mark.entries", INTEGER),
        ("mark.at_risk_since", may_be_none(DATE)),
        ("warning_notices.area", ListType(AREA)),
        ("warning_notices.sent_on", ListType(may_be_none(DATE))),
        ("as_of.year", INTEGER),
        ("as_of.weekday", INTEGER),
        ("period.opens.hour", INTEGER),
        ("period.bell.timezone", may_be_none(STRING)),
        ("period.grace.days", INTEGER),
        ("period.span.months", INTEGER),
        ("[1..3].start", INTEGER),
        ("(> 3).start included", BOOLEAN),
        ("(> 3).end", may_be_none(INTEGER)),
        # arithmetic
        ("mark.entries * 2 + 1", INTEGER),
        ("mark.entries * 0.25", ScalarType("number", places=2)),
        ("mark.entries / 2", NUMBER),
        ("2 ** 3", NUMBER),
        ("-mark.entries", INTEGER),
        ('mark.score + "*"', STRING),
        ("as_of - period.midpoint", ScalarType("days and time duration")),
        ("as_of + period.grace", DATE),
        ("period.span + as_of", DATE),
        ("period.opens - period.span", ScalarType("date and time")),
        ("period.bell + period.grace", ScalarType("time")),
        ("period.bell - period.bell", ScalarType("days and time duration")),
        ("period.grace / 2", ScalarType("days and time duration")),
        ("period.grace / period.grace", NUMBER),
        ("2 * period.span", ScalarType("years and months duration")),
        ("-period.grace", ScalarType("days and time duration")),
        # comparisons and logic
        ('mark.area = "math"', BOOLEAN),
        ('student.grade <= "2"', BOOLEAN),
        ("student.grade > student.grade", BOOLEAN),
        ('student.grade between "K" and "2"', BOOLEAN),
        ("first_day = null", BOOLEAN),
        ("null != mark.comment", BOOLEAN),
        ("days = []", BOOLEAN),
        ("warning_notices = warning_notices", BOOLEAN),
        ("mark.score instance of string", BOOLEAN),
        ('mark.score < "b"', BOOLEAN),
        ("notified and mark.late or not(mark.late)", BOOLEAN),
        # if
        ("if notified then 1 else 2.5", ScalarType("number", places=1)),
        ("if notified then as_of else null", may_be_none(DATE)),
        ('if notified then "a" else "b"', ScalarType("string", choices=("a", "b"))),
        ('if notified then "a" else if mark.late then "b" else "a"', ScalarType("string", choices=("b", "a"))),
        ('if notified then student.grade else "K"', GRADE),
        ('if notified then mark.area else "none"', ScalarType("string", choices=("math", "science", "music", "none"))),
        ("if notified then mark.area else mark.score", STRING),
        ("if notified then [] else days", ListType(DATE)),
        # lists and contexts
        ("[1, null]", ListType(may_be_none(INTEGER))),
        ("[[], [1]]", ListType(ListType(INTEGER))),
        ("{a: 1, b: a + 1}.b", INTEGER),
        ("[{a: 1}, {a: 2.5}].a", ListType(ScalarType("number", places=1))),
        ("[{a: 1}, {a: null}].a", ListType(may_be_none(INTEGER))),
        ("days[1]", may_be_none(DATE)),
        ("days[-1]", may_be_none(DATE)),
        ("[][1]", NULL),
        ("days[item > as_of]", ListType(DATE)),
        ("warning_notices[confirmed].area", ListType(AREA)),
        ("warning_notices[item.area = mark.area].area", ListType(AREA)),
        ("warning_notices[confirmed and count(days[item > as_of]) > 0].area", ListType(AREA)),
        ("seats[item != null]", ListType(INTEGER)),
        # going through
        ("for d in days return d.year", ListType(INTEGER)),
        ("for i in 1..3 return i * 2", ListType(INTEGER)),
        ("for i in [1..3] return i", ListType(INTEGER)),
        ("for d in as_of..period.midpoint return d", ListType(DATE)),
        ("for n in warning_notices, r in n.reasons return r", ListType(STRING)),
        ("some d in days, e in days satisfies d < e", BOOLEAN),
        ("every n in warning_notices satisfies n.confirmed", BOOLEAN),
        # in and ranges
        ('mark.score in ("1", "2")', BOOLEAN),
        ("as_of in days", BOOLEAN),
        ("as_of in [period.midpoint..period.midpoint]", BOOLEAN),
        ("mark.entries in (< 3, [5..7], 9)", BOOLEAN),
        ("mark.entries in [1, 2]", BOOLEAN),
        ("mark.entries in ([1..2], ? > minimum)", BOOLEAN),
        ('mark.area in (null, "math")', BOOLEAN),
        ("days in [[as_of]]", BOOLEAN),
        # calls
        ("count(days)", INTEGER),
        ('upper case("a")', STRING),
        ("list contains(days, as_of)", BOOLEAN),
        ("list contains(seats, null)", BOOLEAN),
        ("concatenate(days, [as_of])", ListType(DATE)),
        ("append(days, null)", ListType(may_be_none(DATE))),
        ('substring(string: "abc", start position: 2)', STRING),
        ("list replace(days, function(item, new) item < new, as_of)", ListType(DATE)),
    ],
)
def test_types(text: str, type_: Type) -> None:
    assert checked(text).type == type_


def test_every_part_has_a_type_and_every_name_a_meaning() -> None:
    text = (
        "if some n in warning_notices[sent_on != null and item.area = mark.area]"
        ' satisfies n.sent_on + @"P1D" in [as_of..as_of]'
        " then for i in 1..3 return -i else [{a: 1, b: a}.b, count(days[1 + 1 = 2])]"
    )
    found = checked(text)
    missing = [node for node in every_node(found.root) if node not in found.types]
    assert not missing
    assert {
        node.name for node in every_node(found.root) if isinstance(node, Name) and node not in found.references
    } == set()


def test_references_say_what_a_name_means() -> None:
    found = checked(
        "warning_notices[confirmed and item.area = mark.area][1] != null and (some n in days satisfies n > as_of)"
    )
    kinds = {node.name: reference.kind for node, reference in found.references.items() if isinstance(node, Name)}
    assert kinds == {
        "warning_notices": "scope",
        "confirmed": "item",
        "item": "local",
        "mark": "scope",
        "days": "scope",
        "n": "local",
        "as_of": "scope",
    }


def every_node(node: Node) -> list[Node]:
    from engine.feel.checking.facts import children

    return [node, *(found for child in children(node) for found in every_node(child))]


def test_ordered_choices_are_compared_by_their_places() -> None:
    by_place = checked('student.grade <= "2"')
    assert compared_choices(by_place, by_place.root) == GRADE.choices
    turned = checked('"2" > student.grade')
    assert compared_choices(turned, turned.root) == GRADE.choices
    between = checked('student.grade between "K" and "2"')
    assert compared_choices(between, between.root) == GRADE.choices
    within = checked('student.grade in (>= "1", "K")')
    assert isinstance(within.root, In)
    assert compared_choices(within, within.root.tests[0]) == GRADE.choices
    cell = checked_cell('<= "2"', GRADE)
    assert compared_choices(cell, cell.root.tests[0]) == GRADE.choices  # type: ignore[attr-defined]  # a cell's tests
    chosen = checked('(if notified then "K" else "1") < student.grade')
    assert compared_choices(chosen, chosen.root) == GRADE.choices


@pytest.mark.parametrize("text", ['student.grade = "2"', 'mark.score < "b"', "mark.entries between 1 and 2", "1 < 2"])
def test_everything_else_is_compared_itself(text: str) -> None:
    found = checked(text)
    assert compared_choices(found, found.root) is None


@pytest.mark.parametrize(
    ("text", "type_", "code", "words"),
    [
        ("mark.entries", BOOLEAN, "type-mismatch", "A premise must be true or false; `mark.entries` is a number."),
        ("mark.excused", BOOLEAN, "may-be-none", "A premise must not be none; `mark.excused` may be."),
        ("mark.at_risk_since", DATE, "may-be-none", "`mark.at_risk_since` may be (at risk from the start)."),
        ("null", DATE, "may-be-none", "A premise must not be none"),
        ('if notified then "math" else "art"', AREA, "not-a-choice", 'can be "art"'),
        ("mark.score", AREA, "not-a-choice", "`mark.score` can be any text."),
        ("seats", ListType(NUMBER), "may-be-none", "Items of `seats` may be none"),
        ("days", ListType(NUMBER), "type-mismatch", "must be a list of numbers; `days` is a list of dates."),
        ("mark.late = true", NUMBER, "type-mismatch", "must be a number"),
    ],
)
def test_expectation_of_a_whole_expression(text: str, type_: Type, code: str, words: str) -> None:
    from tests.engine.feel.marking import NONE_MEANS

    with pytest.raises(FeelError) as caught:
        expect(checked(text), type_, "A premise", none_means=NONE_MEANS)
    assert caught.value.code == code
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("notified", BOOLEAN),
        ("first_day", may_be_none(DATE)),
        ("null", may_be_none(DATE)),
        ("as_of", may_be_none(DATE)),
        ('"math"', AREA),
        ('if notified then "math" else "music"', AREA),
        ("mark.area", STRING),
        ("[]", ListType(STRING)),
        ("warning_notices.area", ListType(STRING)),
        ("seats", ListType(may_be_none(NUMBER))),
        ("mark", MARK),
        ("warning_notices[1]", may_be_none(NOTICE)),
    ],
)
def test_expectation_that_is_met(text: str, type_: Type) -> None:
    expect(checked(text), type_, "The value")


def test_a_hand_built_tree_that_is_too_deep_is_refused() -> None:
    span = Span(0, 0, 1, 1)
    node: Node = Literal(span, None)
    for _ in range(5_000):
        node = Negation(span, node)
    with pytest.raises(FeelError) as caught:
        check(node, {})
    assert caught.value.code == "too-deep"


def test_contexts_that_double_with_every_entry_are_soon_refused() -> None:
    entries = ", ".join(f"{name}{n}: {{p: {name}{n - 1}, q: {name}{n - 1}}}" for name in "ab" for n in range(1, 60))
    text = f"{{a0: 1, b0: 1, {entries}, both: [a59, b59]}}"
    with pytest.raises(FeelError) as caught:
        checked(text, {})
    assert caught.value.code == "too-deep"
    assert checked(text, {}, strict=False).type == ANY


def test_many_items_are_checked_in_no_time() -> None:
    items = (f'"{number}"' for number in range(2_000))
    text = f"[{', '.join(items)}]"
    assert check(parse(text), {}).type == ListType(STRING)
