"""Values looked up by the combination of choices that they hang on."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from engine.feel.sql import NotCovered, Plan
from engine.feel.sql.domain import Domain, Part
from engine.feel.sql.shapes import Spread
from engine.feel.sql.tabulating import operand_of
from engine.feel.unknown import Cause, Unknown
from tests.engine.feel.sql.asking import AS_OF

UNKNOWN = Unknown(frozenset((Cause("table", "t"),)))
PARTS = (Part('"a"', 2), Part('"b"', 3))


def looked_up(*expressions: str, plan: Plan) -> list[Any]:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE cases AS SELECT a, b FROM range(2) x(a), range(3) y(b) ORDER BY a, b")
    connection.execute("ALTER TABLE cases ALTER a TYPE INTEGER")
    connection.execute("ALTER TABLE cases ALTER b TYPE INTEGER")
    rows = connection.sql(plan.query.text({str(n): sql for n, sql in enumerate(expressions)}, "cases")).fetchall()
    return [row[0] if len(expressions) == 1 else row for row in rows]


@pytest.mark.parametrize(
    "values",
    [
        (True, False, False, True, True, False),
        (True, UNKNOWN, False, UNKNOWN, True, False),
        ("x", "y", "x", "it's", "", "\x01"),
        ("x", None, "x", UNKNOWN, "y", None),
        (1, 2, 3, 4, 5, 6),
    ],
)
def test_the_value_of_each_combination(values: tuple[Any, ...]) -> None:
    plan = Plan(AS_OF, None)
    operand = operand_of(plan, Domain(PARTS, values))
    expected = [None if value is UNKNOWN else value for value in values]
    assert looked_up(operand.sql, plan=plan) == expected
    assert looked_up(operand.unknown, plan=plan) == [value is UNKNOWN for value in values]
    assert operand.known == (UNKNOWN not in values)


def test_the_entries_of_contexts_that_are_unknown_somewhere() -> None:
    plan = Plan(AS_OF, None)
    values = ({"n": 1}, {"n": 2}, UNKNOWN, {"n": UNKNOWN}, {"n": 1}, UNKNOWN)
    operand = operand_of(plan, Domain(PARTS, values))
    assert isinstance(operand.shape, Spread)
    assert looked_up(operand.shape.entries["n"].sql, plan=plan) == [1, 2, None, None, 1, None]
    assert looked_up(operand.unknown, plan=plan) == [False, False, True, False, False, True]


def test_what_is_never_known_is_left_to_the_ordinary_way() -> None:
    with pytest.raises(NotCovered):
        operand_of(Plan(AS_OF, None), Domain(PARTS, (UNKNOWN,) * 6))
