"""Every construct and built-in that SQL has, each asked of random cases: SQL says what the interpreter says."""

from __future__ import annotations

import re
from random import Random

import pytest

from engine.feel.errors import FeelError
from engine.feel.sql import NotCovered
from engine.feel.sql.builtins import EMITTERS
from tests.engine.feel.sql.asking import Roster, agrees, exactly
from tests.engine.feel.sql.calls import CALLS, SOUND
from tests.engine.feel.sql.cases import CONSTANTS, SCOPE, UNKNOWN, case, case_with
from tests.engine.feel.sql.constructs import CONSTRUCTS

NOT_IN_LOOPS = frozenset({"for v in 1..days return v"})
"""Not covered within a loop, where no case can be left out for the length of another one."""

EXACT = (*CONSTRUCTS, *CALLS)
"""As known as the interpreter, but for cases that are left out."""


@pytest.fixture(scope="module")
def roster() -> Roster:
    random = Random(7)
    complete = [case(random) for _ in range(90)]
    days = [case_with(days=number, scores=[number, UNKNOWN, 1]) for number in (-(2**39), 2**39, 0)]
    return Roster(SCOPE, [*complete, *days, case_with()], CONSTANTS)


@pytest.mark.parametrize("text", [*EXACT, *SOUND])
def test_sql_says_what_the_interpreter_says(roster: Roster, text: str) -> None:
    answers = roster.answers(roster.checked(text))
    known = 0
    for number, (sql, expected, left) in enumerate(
        zip(answers.sql, answers.interpreter, answers.left_out, strict=True)
    ):
        known += not left and sql != "(unknown)"
        right = left or (exactly if text in EXACT else agrees)(sql, expected)
        assert right, f"{roster.cases[number]}\nSQL {sql}\ninterpreter {expected}"
    rarely = ("date(days", "nth weekday(days", "upper case(area", "date(area", "nth weekday(2024, 2, 1, area")
    assert known > 0 or "unset" in text or text.startswith(rarely), "never known"


_IN_ITEMS = (
    (r"(?<!add )(?<!\.)\bdays\b(?! and time)", "m.pages"),
    (r"\barea\b", "m.topic"),
    (r"\bmark\.since\b", "m.sent_on"),
    (r"\bwords\b", "m.reasons"),
)


def in_loop(text: str) -> str:
    """The expression asked of every item of a list, with the item's facts in place of the case's."""
    for name, of_item in _IN_ITEMS:
        text = re.sub(name, of_item, text)
    return f"for m in notices return {text}"


@pytest.mark.parametrize("text", [text for text in EXACT if in_loop(text) != f"for m in notices return {text}"])
def test_in_a_loop_sql_knows_no_more_than_the_interpreter(roster: Roster, text: str) -> None:
    try:
        answers = roster.answers(roster.checked(in_loop(text)))
    except (NotCovered, FeelError):
        assert text in NOT_IN_LOOPS, in_loop(text)
        return
    for sql, expected, left in zip(answers.sql, answers.interpreter, answers.left_out, strict=True):
        assert left or agrees(sql, expected), f"SQL {sql}\ninterpreter {expected}"


def test_every_function_that_sql_has_is_asked() -> None:
    assert {name for name in EMITTERS if not any(f"{name}(" in text for text in (*EXACT, *SOUND))} <= {
        "school days between",
        "business days between",
        "add school days",
        "add business days",
        "is school day",
        "last school day of week",
        "longest run without",
    }


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("days / 3 + 1", "reckoning on with the result of a division"),
        ('matches(area, "a+")', "the function `matches`"),
        ("sort(scores, function(a, b) a > b)", "a function"),
        ('split(area, "a+")', "splitting by a pattern"),
        ("product(scores)", "the product of a list"),
        ("notices = []", "a comparison of contexts, or of lists of them"),
    ],
)
def test_what_sql_does_not_cover_is_said_by_name_and_place(roster: Roster, text: str, construct: str) -> None:
    with pytest.raises(NotCovered) as raised:
        roster.answers(roster.checked(text))
    assert raised.value.construct == construct
    assert raised.value.where == "values.x"
    assert raised.value.span is not None


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("> 2", "days"),
        ("1, 2, [4..9]", "days"),
        ("not(1, 2)", "days"),
        ("-", "note"),
        ("null", "note"),
        ("!= null", "extra"),
        ('"math", "ela"', "note"),
        ('not("math")', "area"),
        ('>= "middle"', "level"),
        ('"low"', "level"),
        ("< as_of", "day"),
        ("? > minimum and ? < ratio", "days"),
        ("scores", "days"),
        ("true", "excused"),
    ],
)
def test_the_cells_of_tables(roster: Roster, cell: str, name: str) -> None:
    answers = roster.answers(roster.cell(cell, SCOPE[name]), question=name)
    assert all(exactly(sql, expected) for sql, expected in zip(answers.sql, answers.interpreter, strict=True))
