"""Components of rules in SQL: the pattern of their premises, and the tables that it indexes."""

from __future__ import annotations

from itertools import product

import duckdb

from engine.feel.sql import Plan
from engine.inference import Inference, Links
from engine.rosters.inference import held_sql, pattern_sql
from tests.engine.rosters.alike import AS_OF


def test_a_pattern_has_a_bit_for_each_true_premise() -> None:
    sql = pattern_sql(["true", "false", "3 > 2"], [0, 4, 61])
    assert duckdb.connect().sql(f"SELECT {sql}").fetchall() == [(1 + 2**61,)]
    assert duckdb.connect().sql(f"SELECT {pattern_sql([], [])}").fetchall() == [(0,)]


def test_what_holds_is_looked_up() -> None:
    links = {"a": Links(), "b": Links(exception_to=("a",)), "c": Links(given=("b",)), "alone": Links()}
    inference = Inference()
    components = inference.fill(links).components
    inference.close()
    plan = Plan(AS_OF, None)
    held, asked = held_sql(plan, components, {rule: f'"{rule}"' for rule in links})
    assert asked == ()
    text = plan.query.text(held, "cases")
    connection = duckdb.connect()
    rows = ", ".join(str(tuple(row)).replace("T", "t").replace("F", "f") for row in product((True, False), repeat=4))
    connection.execute(f"CREATE TABLE cases AS SELECT * FROM (VALUES {rows}) v(a, b, c, alone)")
    for (a, b, c, alone), found in zip(
        connection.sql("FROM cases").fetchall(), connection.sql(text).fetchall(), strict=True
    ):
        assert found == (a and not b, a and b, a and b and c, alone)
