"""Values as messages say them, and as JSON."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from engine.cases.wording import worded as worded_in_python
from engine.feel.decimals import number_text
from engine.feel.sql import NotCovered, Plan
from engine.feel.sql.texts import json_of, worded
from engine.feel.unknown import Unknown, unknown_in
from tests.engine.feel.sql.asking import AS_OF, STOPPED, Roster
from tests.engine.feel.sql.cases import CONSTANTS, SCOPE, case, case_with

WORDED = (
    "foster",
    "excused",
    "days",
    "ratio",
    "extra",
    "note",
    "area",
    "level",
    "day",
    "mark.since",
    "scores",
    "weights",
    "seats",
    "words",
    "held",
    "minimum",
    "lines.by",
    "notices.sent_on",
    "[]",
    "[note, null]",
    "null",
    "days / 3",
    "ratio / 7",
    "-ratio / 1024",
    "or else(mean(scores), 0)",
    "or else(mean(weights), 0)",
    "[days / 3, ratio]",
    "ratio / days",
    "notices.reasons",
    "-(days / 700001)",
    "ratio * ratio",
)
JSON = (
    *WORDED,
    "notices",
    "lines",
    "{a: days, b: {c: note}}",
    "if foster then {a: days} else {a: ratio}",
    "[{a: note}]",
    "notices[1]",
    '{"a \\"b": 1}',
)


@pytest.fixture(scope="module")
def roster() -> Roster:
    random = Random(11)
    texts = [case_with(area=chr(code) + "x" + chr(code), note=chr(code), words=["a", chr(code)]) for code in range(160)]
    numbers = [
        case_with(days=n, ratio=Decimal(r) / 100, scores=[n, 1, 1]) for n, r in ((2**39, 2**39), (-7, -1), (1, 10))
    ]
    return Roster(SCOPE, [*(case(random) for _ in range(80)), *texts, *numbers, case_with(days=0)], CONSTANTS)


def asked(roster: Roster, text: str, write: Any) -> list[tuple[Any, Any]]:
    """What SQL writes of an expression, and the interpreter's value, for every case."""
    checked, plan = roster.checked(text), Plan(AS_OF, None)
    rows, left = roster.queried(plan, {"text": write(plan, roster.compiled(checked, plan))})
    values = [roster.evaluated(checked, case) for case in roster.cases]
    return [(row["text"], value) for row, value, out in zip(rows, values, left, strict=True) if not out]


@pytest.mark.parametrize("text", WORDED)
def test_messages_say_a_value_as_the_case_engine_words_it(roster: Roster, text: str) -> None:
    for written, value in asked(roster, text, lambda plan, operand: worded(plan, operand, "it's none")):
        open_: list[Unknown] = []
        expected = worded_in_python(value, "it's none", open_)
        assert written == (None if open_ else expected)


@pytest.mark.parametrize("text", JSON)
def test_json_is_what_python_writes(roster: Roster, text: str) -> None:
    for written, value in asked(roster, text, json_of):
        assert value != STOPPED
        assert written == (None if _open(value) else _json(value))


def _open(value: Any) -> bool:
    return unknown_in(value) is not None


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_json(entry)}" for name, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False)


def test_a_context_has_no_words(roster: Roster) -> None:
    with pytest.raises(NotCovered, match="the text of such a value"):
        asked(roster, "mark", lambda plan, operand: worded(plan, operand, "none"))
