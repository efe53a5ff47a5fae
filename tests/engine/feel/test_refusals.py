"""What the checker refuses in rulesets, where and in which words."""

from __future__ import annotations

import pytest

from engine.feel.errors import FeelError
from engine.feel.types import NUMBER, Type, may_be_none
from tests.engine.feel.marking import AREA, GRADE, checked, checked_cell


def refused(marked: str, value: Type | None = None) -> FeelError:
    """The error of an expression, which must stand where `«…»` marks it."""
    text = marked.replace("«", "").replace("»", "")
    with pytest.raises(FeelError) as caught:
        checked(text) if value is None else checked_cell(text, value)
    span = caught.value.span
    assert span is not None
    found = f"{text[: span.start]}«{text[span.start : span.end]}»{text[span.end :]}"
    assert found == marked, str(caught.value)
    return caught.value


REFUSED = {
    "unknown-name": [
        ("«score» = 1", "There is no `score` here. Did you mean `mark.score`?"),
        ("«notifed»", "There is no `notifed` here. Did you mean `notified`?"),
        ("mark.area = «music»", 'There is no `music` here. Text stands in quotes: `"music"`.'),
        ("warning_notices[«sent» != null]", "Did you mean `sent_on`, "),
        ("some n in warning_notices satisfies «m».confirmed", "There is no `m` here."),
        ("«zzz»", "Declare it as a fact, a parameter or a value."),
        ("(some n in days satisfies n > as_of) and «n» > as_of", "There is no `n` here."),
        ("days[item > as_of] = «item»", "There is no `item` here."),
    ],
    "unknown-entry": [
        ("«mark.scor» = 1", "`mark` has no `scor`. Did you mean `mark.score`?"),
        ("«student.zip»", "`student` has no `zip`. It has `grade` and `foster_youth`."),
        ("«warning_notices.sent»", "Did you mean `warning_notices.sent_on`?"),
        ("«as_of.yeer»", "`as_of`, a date, has no `yeer`. Did you mean `as_of.year`?"),
        ("«mark.score.length»", "`mark.score`, text, has no `length`."),
        ("«days.year»", "`days`, a list of dates, has no `year`."),
        ("«{a: 1}.b»", "`{a: 1}` has no `b`. It has `a`."),
    ],
    "unknown-function": [
        ("«coutn»(days)", "There is no function `coutn`. Did you mean `count`?"),
        ("«frobnicate»(1)", "There is no function `frobnicate`."),
    ],
    "unknown-type": [
        ("mark.score instance of «strng»", "There is no type `strng`. Did you mean `string`?"),
    ],
    "ambiguous-name": [
        ("for mark in warning_notices return «mark»", "could mean the `mark` of `mark in …`"),
        ("[{as_of: 1}][«as_of» = 1]", "Write `item.as_of` if the item's is meant"),
        (
            "some n in warning_notices satisfies some n in days satisfies «n» = as_of",
            "the `n` of `n in …` at column 42",
        ),
        ("warning_notices[count(warning_notices[«area» = item.area]) > 1]", "`area` of the items of `warning_notices`"),
        ("{days: 1, b: «days»}", "the entry `days` before it or the ruleset's `days`"),
    ],
    "may-be-none": [
        (
            "«mark.at_risk_since» > period.midpoint",
            "may be none (at risk from the start). Test it first: `mark.at_risk_since != null and …`.",
        ),
        ("as_of = «first_day»", "`first_day` may be none. Test it first: `first_day != null and …`."),
        ("«mark.average» + 1", "`mark.average` may be none."),
        ("1 + «null»", "`null` is none here"),
        ("-«mark.average»", "`mark.average` may be none."),
        ("notified and «mark.excused»", "`mark.excused` may be none."),
        ("if «mark.excused» then 1 else 2", "`mark.excused` may be none."),
        ("not(«mark.excused»)", "`mark.excused` may be none."),
        (
            "«warning_notices[1]».area",
            "`warning_notices[1]` may be none: the list may have no such item. Say what holds",
        ),
        ("«last_notice».area", "`last_notice` may be none."),
        ('«mark.comment» in ("a", "b")', "`mark.comment` may be none."),
        ("mark.score in «mark.comment»", "`mark.comment` may be none."),
        ("mark.entries between 1 and «mark.average»", "`mark.average` may be none."),
        ("[1..«mark.average»]", "`mark.average` may be none."),
        ("some s in seats satisfies «s» > 3", "`s` may be none."),
        ("seats[«item» > 3]", "`item` may be none."),
        (
            "[last_notice][«confirmed»]",
            "`confirmed` is read from items that may be none. Test them first: `item != null",
        ),
        (
            "«[last_notice]».area",
            "Items of `[last_notice]` may be none. Leave those out first: `[last_notice][item != null]`",
        ),
        ("days[«first_day».month]", ""),
        ("upper case(«mark.comment»)", "`mark.comment` may be none."),
        ("warning_notices[«sent_on» > as_of]", "`sent_on` may be none. Test it first: `sent_on != null and …`."),
        ("for n in warning_notices return «n.sent_on».year", "`n.sent_on` may be none."),
        ("if first_day = null then «first_day» < as_of else true", "`first_day` may be none."),
    ],
    "type-mismatch": [
        ("mark.entries = «mark.score»", "`mark.entries` is a number, `mark.score` is text: they do not compare."),
        ('mark.entries > «"3"»', "Write the number without quotes."),
        ("mark.score = «3»", 'Write it in quotes: `"3"`.'),
        ('as_of > «"2024-08-01"»', 'Write `@"2024-08-01"`.'),
        ("as_of = «period.opens»", "Compare its day: `date(period.opens)`."),
        ("«notified» < true", "`notified` is true or false, which has no order for `<`."),
        ("«mark.score + 1»", "Cannot add text and a number. Turn the other into text: `string(1)`."),
        ("«as_of + 3»", "Cannot add a date and a number. Count in days with `add days(…, …)`"),
        ("«as_of + as_of»", "Cannot add a date and a date."),
        ("«mark.score * 2»", "Cannot multiply text and a number."),
        ("«days / 2»", "Cannot divide a list of dates by a number."),
        ("-«mark.score»", "`-` needs a number or a duration; `mark.score` is text."),
        ("notified and «mark.entries»", "Each side of `and` must be true or false; `mark.entries` is a number."),
        ("«mark.score» or notified", "Each side of `or` must be true or false"),
        ("if «mark.entries» then 1 else 2", "The condition of `if` must be true or false"),
        ("some d in days satisfies «d»", "What follows `satisfies` must be true or false; `d` is a date."),
        ("days[«as_of»]", "A filter's condition must be true or false; `as_of` is a date."),
        ("warning_notices[count(«reasons»)]", "A place in a list cannot depend on its items: `reasons`."),
        ("for i in «true»..false return i", "`..` goes through whole numbers or dates, not true or false."),
        ("for i in 1..«as_of» return i", "The ends of `..` differ: a number and a date."),
        ("mark.score in «[1..3]»", "`[1..3]` is a range of numbers; `mark.score` is text and cannot be in it."),
        ("mark.score in «days»", "`days` is a list of dates; `mark.score` is text and cannot be in it."),
        ("mark.score in («1», 2)", "they do not compare"),
        ("[1..«as_of»]", "`1` is a number, `as_of` is a date"),
        ("mark.entries between «as_of» and 3", "`mark.entries` is a number, `as_of` is a date"),
        ("upper case(«mark.entries»)", "`string` of `upper case` must be text; `mark.entries` is a number."),
        ("days = «[1, 2]»", "`days` is a list of dates, `[1, 2]` is a list of numbers"),
        ("mark = «student»", "they do not compare"),
    ],
    "not-a-choice": [
        (
            'mark.area = «"maths"»',
            '`"maths"` is not among the choices of `mark.area`: "math", "science" or "music". Did you mean `"math"`?',
        ),
        ('«"dance"» != mark.area', '`"dance"` is not among the choices of `mark.area`'),
        ('mark.area in ("math", «"art"»)', '`"art"` is not among the choices of `mark.area`'),
        ('student.grade <= «"9"»', '`"9"` is not among the choices of `student.grade`: "TK", "K", "1", "2" or "3".'),
        ("«mark.score» < student.grade", "`mark.score` can be any text, `student.grade` is"),
        ("mark.area = «student.grade»", "`student.grade` is not among the choices of `mark.area`"),
        ('warning_notices[area = «"art"»]', '`"art"` is not among the choices of `area`'),
        ('list contains(warning_notices.area, «"art"»)', '`"art"` is not among the choices of'),
        ('student.grade between "K" and «"9"»', '`"9"` is not among the choices of `student.grade`'),
        ('"a" = «"b"»', '`"a"` and `"b"` have no choice in common: they can never be equal.'),
    ],
    "not-ordered": [
        ('«mark.area» < "science"', "The choices of `mark.area` have no order, so `<` cannot compare them."),
        ('«mark.area» in ["a".."n"]', "The choices of `mark.area` have no order, so `in` cannot compare them."),
    ],
    "not-a-list": [
        ("some n in «mark» satisfies true", "What is gone through must be a list; `mark` is a group with"),
        ("«as_of»[1]", "What stands before `[…]` must be a list; `as_of` is a date."),
        ("for i in «(> 3)» return i", "A range to go through needs both ends."),
    ],
    "no-common-type": [
        ('if notified then 1 else «"a"»', "The branches of `if` differ: a number after `then`, text after `else`."),
        ("[1, 2, «as_of»]", "`as_of` is a date, the first is a number."),
    ],
    "wrong-arguments": [
        ("«count()»", "`count` does not take 0 arguments. Expected `count(list)`."),
        ('«upper case("a", "b")»', "`upper case` does not take 2 arguments."),
        ('«substring(text: "a", start position: 1)»', "`substring` has no form with `text` and `start position`."),
        ("list replace([1], «function(a) true», 2)", "The function must have two parameters"),
    ],
    "bad-literal": [
        ('«@"2024-13-01"»', "is no date, time or duration."),
        ('«@"P1Y2D"»', "is no date, time or duration."),
    ],
    "duplicate-entry": [
        ("{a: 1, «a: 2»}", "The entry `a` stands here twice."),
    ],
    "not-in-rulesets": [
        ("«function(a) a»", "A function can only be written as the second argument of `sort` or `list replace`"),
        ("«count»", "`count` is a function, which is no value by itself. Call it: `count(…)`."),
        ("for i in [1, 2] return «partial»", "`partial`, the results so far, is not part of rulesets."),
        ('student.grade in «["K".."2"]»', "has ordered choices, which make no range."),
        ("(«1»)(2)", "is no function: rulesets call built-in functions only."),
        ("«mark.score»(2)", "is no function: rulesets call built-in functions only."),
    ],
}


@pytest.mark.parametrize(
    ("code", "marked", "words"),
    [(code, marked, words) for code, cases in REFUSED.items() for marked, words in cases],
    ids=lambda value: value if "«" in value else "",
)
def test_refuses(code: str, marked: str, words: str) -> None:
    error = refused(marked)
    assert error.code == code, str(error)
    assert words in str(error)


CELLS_REFUSED = [
    ("may-be-none", "«< 5»", may_be_none(NUMBER), "The value tested by `< 5` may be none. Test it first: `? != null"),
    ("may-be-none", "«[1..5]»", may_be_none(NUMBER), "The value tested by `[1..5]` may be none."),
    ("may-be-none", "«?» > 5", may_be_none(NUMBER), "`?` may be none. Test it first: `? != null and …`."),
    ("may-be-none", "«mark.average»", NUMBER, "`mark.average` may be none."),
    ("type-mismatch", '1, «"a"»', NUMBER, 'The value tested is a number, `"a"` is text: they do not compare.'),
    ("type-mismatch", "«? + 1»", NUMBER, "A test with `?` must be true or false; `? + 1` is a number."),
    ("not-a-choice", '"math", «"art"»', AREA, '`"art"` is not among the choices of the value tested'),
    ("not-a-choice", '<= «"9"»', GRADE, '`"9"` is not among the choices of the value tested'),
    ("not-ordered", '< «"music"»', AREA, "The choices of the value tested have no order"),
]


@pytest.mark.parametrize(("code", "marked", "value", "words"), CELLS_REFUSED)
def test_refuses_a_cell(code: str, marked: str, value: Type, words: str) -> None:
    error = refused(marked, value)
    assert error.code == code, str(error)
    assert words in str(error)
