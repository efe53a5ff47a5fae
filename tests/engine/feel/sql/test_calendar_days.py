"""School and business days in SQL are those that the interpreter counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from engine.feel.builtins.calendar_days import NAMES
from engine.feel.checker import check
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse
from engine.feel.run import Run
from engine.feel.sql import Compiler, Operand, Plan
from engine.feel.sql.shapes import DAY, Entry, Items, Number, Record
from engine.feel.types import DATE, NUMBER, ContextType, ListType, ScalarType
from engine.feel.unknown import Cause, Unknown
from tests.engine.feel.sql.tables_of_days import CALENDARS, DATES, answers, days_near, rows_of

UNKNOWN = Unknown(frozenset((Cause("fact", "x"),)))
INTEGER = ScalarType("number", integer=True)
SCOPE = {
    "a": DATE,
    "b": DATE,
    "n": INTEGER,
    "half": NUMBER,
    "days": ListType(DATE),
    "stays": ListType(ContextType({"from": DATE, "through": DATE})),
}
OPERANDS = {
    "a": Operand('"a"', DAY),
    "b": Operand('"b"', DAY),
    "n": Operand('"n"', Number(0, 62)),
    "half": Operand('"half"', Number(1, 62)),
    "days": Operand('"days"', Items(DAY, known=False)),
    "stays": Operand('"stays"', Items(Record({"from": Entry(DAY), "through": Entry(DAY)}))),
}
STAY = pa.struct([("from", DATES), ("through", DATES)])
TYPES = {"a": DATES, "b": DATES, "n": pa.int64(), "half": pa.int64(), "days": pa.list_(DATES), "stays": pa.list_(STAY)}

EXPRESSIONS = (
    "school days between(a, b)",
    "business days between(a, b)",
    "add school days(a, n)",
    "add business days(a, n)",
    "add school days(a, half)",
    "add school days(a, 0)",
    "add business days(a, -3)",
    "is school day(a)",
    "last school day of week(a)",
    "last school day of week(a) = null",
    "longest run without(days, a, b)",
    "longest run without([], a, b)",
    "longest run without([a, null, b], a, b)",
    "school days between(through: b, after: a)",
    "for s in stays return school days between(s.from, s.through)",
    "for s in stays return add school days(s.from, n)",
    "some s in stays satisfies or else(last school day of week(s.from), s.from) = s.from",
    "for s in stays return longest run without(days, s.from, s.through)",
)


def case(random: Random, calendar: Any) -> dict[str, Any]:
    """Random facts; some are left out."""

    def day(left_out: float = 0.02) -> date | None:
        return None if random.random() < left_out else days_near(random, calendar)

    far = random.choice((3, 90, 400, 10**7 + 1, 2**61))
    a = day(0.05)
    return {
        "a": a,
        "b": a if random.random() < 0.1 else day(0.05),
        "n": None if random.random() < 0.05 else random.randint(-far, far),
        "half": random.choice((-25, -20, 0, 5, 10, 30, 10**17, None)),
        "days": None if random.random() < 0.03 else [day() for _ in range(random.choice((0, 1, 2, 5, 30)))],
        "stays": [{"from": day(), "through": day()} for _ in range(random.randint(0, 3))],
    }


def in_feel(row: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as the interpreter reads them."""
    values = {name: UNKNOWN if value is None else value for name, value in row.items()}
    if row["half"] is not None:
        values["half"] = Decimal(row["half"]) / 10
    if row["days"] is not None:
        values["days"] = [UNKNOWN if day is None else day for day in row["days"]]
    stays = [{name: UNKNOWN if day is None else day for name, day in stay.items()} for stay in row["stays"]]
    return {**values, "stays": stays}


def told(value: Any) -> Any:
    """How a value of the interpreter reads in the answer of a query: (value, whether it is unknown)."""
    if isinstance(value, Unknown):
        return None, True
    if isinstance(value, list):
        return [told(item)[0] for item in value], False
    return value, False


@pytest.mark.parametrize("name", CALENDARS)
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_sql_counts_the_days_that_the_interpreter_counts(text: str, name: str) -> None:
    calendar = CALENDARS[name]
    plan = Plan(date(2013, 1, 8), calendar)
    checked = check(parse(text, SCOPE), SCOPE, source=text)
    found = Compiler(plan, checked, "values.x", OPERANDS.__getitem__).expression()
    random = Random(f"{text} {name}")
    rows = [case(random, calendar) for _ in range(1500)]
    given = answers(plan, {"value": found.sql, "unknown": found.unknown}, rows_of(rows, TYPES))
    run = Run(plan.as_of, calendar, steps=10**9)
    expected = [told(evaluate(checked, in_feel(row), run, where="values.x")) for row in rows]
    assert [(row["value"], row["unknown"]) for row in given] == expected
    if name == "two years":
        assert any(not unknown for _, unknown in expected)


def test_every_function_on_days_has_its_sql() -> None:
    assert all(any(name in text for text in EXPRESSIONS) for name in NAMES)


def test_the_calendar_stands_once_in_a_query() -> None:
    plan = Plan(date(2013, 1, 8), CALENDARS["two years"])
    texts = ("school days between(a, b)", "school days between(b, a)", "is school day(a)")
    found = [
        Compiler(plan, check(parse(text, SCOPE), SCOPE, source=text), "values.x", OPERANDS.__getitem__).expression()
        for text in texts
    ]
    written = plan.query.text({str(place): operand.sql for place, operand in enumerate(found)}, "cases")
    assert written.count("string_split") == 1
    assert "string_split" not in plan.query.text({"a": OPERANDS["a"].sql}, "cases")
