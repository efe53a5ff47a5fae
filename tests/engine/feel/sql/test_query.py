"""Columns that build on columns, laid out in steps."""

from __future__ import annotations

import duckdb
import pytest

from engine.feel.sql.plan import Plan
from engine.feel.sql.query import Query
from tests.engine.feel.sql.asking import AS_OF


def test_what_is_read_once_is_written_where_it_is_read() -> None:
    query = Query()
    once = query.column('("a" + 1)')
    assert query.text({"out": f"{once} * 2"}, "cases") == 'SELECT (("a" + 1)) * 2 AS "out"\nFROM cases'


def test_what_is_read_twice_is_worked_out_once_in_a_step_of_its_own() -> None:
    query = Query()
    twice = query.column('("a" + 1)')
    again = query.column(f"({twice} * {twice})")
    text = query.text({"out": f"{again} - {again}"}, "cases")
    assert text.count('"a" + 1') == 1
    assert text.count("(SELECT *,") == 2
    assert query.column('("a" + 1)') == twice


def test_what_nothing_reads_is_not_written() -> None:
    query = Query()
    query.column("(1 // 0)")
    assert "//" not in query.text({"out": "1"}, "cases")


def test_a_name_or_literal_is_no_column() -> None:
    query = Query()
    assert query.column("true") == "true"
    assert query.column("12") == "12"
    held = query.column('"a" + 1')
    assert query.column(held) == held


@pytest.mark.parametrize("name", ["c0", "x1", "_c0", "C0"])
def test_columns_of_the_source_keep_their_names(name: str) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE cases AS SELECT 5 AS c0, 7 AS x1, [1, 2] AS list")
    plan = Plan(AS_OF, None)
    item = plan.item()
    twice = plan.column('("c0" + "x1")')
    looped = plan.column(f'list_transform("list", lambda {item}: {item} + {twice})')
    outputs = {"sum": f"{twice} + {twice}", "c": '"c0"', "x": '"x1"', "looped": looped, name: "1"}
    assert connection.sql(plan.query.text(outputs, "cases")).fetchall() == [(24, 5, 7, [13, 14], 1)]


def test_a_value_that_all_cases_share_is_written_once() -> None:
    query = Query()
    shared = query.shared("days", "[1, 2, 3]")
    text = query.text({"one": f"{shared}[1]", "two": f"{shared}[2]"}, "(SELECT 1 AS a)")
    assert text.count("[1, 2, 3]") == 1
    assert duckdb.connect().sql(text).fetchall() == [(1, 2)]


def test_what_hangs_on_an_item_is_no_column() -> None:
    plan = Plan(AS_OF, None)
    item = plan.item()
    assert plan.column(f"{item} + 1") == f"({item} + 1)"
    whole = f"list_transform([1], lambda {item}: {item} + 1)"
    assert plan.column(whole) != f"({whole})"
