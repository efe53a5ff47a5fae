"""Columns as JSON text: the same as every value written for itself."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.rosters.json_texts import json_texts

_TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
_INNER = pa.struct([("a", pa.string()), ("b", pa.list_(pa.int32())), ("c", pa.map_(pa.string(), pa.bool_()))])
_ROW = pa.struct([('odd "name"', pa.decimal128(38, 2)), ("items", pa.list_(_INNER)), ("n", pa.int64())])

_inner = st.none() | st.fixed_dictionaries(
    {
        "a": st.none() | _TEXT,
        "b": st.none() | st.lists(st.none() | st.integers(-5, 5), max_size=3),
        "c": st.none() | st.dictionaries(_TEXT, st.booleans(), max_size=2).map(lambda found: list(found.items())),
    }
)
_row = st.none() | st.fixed_dictionaries(
    {
        'odd "name"': st.none() | st.decimals(-(10**9), 10**9, places=2),
        "items": st.none() | st.lists(_inner, max_size=3),
        "n": st.none() | st.integers(-(2**63), 2**63 - 1),
    }
)


def as_json(value: Any) -> Any:
    """What a value is once it was read from JSON; maps are lists of pairs in Arrow."""
    match value:
        case {"c": pairs, **others}:
            return {**{name: as_json(one) for name, one in others.items()}, "c": None if pairs is None else dict(pairs)}
        case dict():
            return {name: as_json(one) for name, one in value.items()}
        case list():
            return [as_json(one) for one in value]
        case _:
            return value


@given(st.lists(_row, max_size=8), st.integers(0, 4), st.integers(0, 8))
def test_nested_columns_and_slices_of_them(rows: list[Any], start: int, count: int) -> None:
    column = pa.array(rows, _ROW).slice(start, count)
    found = [json.loads(text, parse_float=Decimal) for text in json_texts(column).to_pylist()]
    assert found == [as_json(row) for row in rows[start : start + count]]


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([1.5, float("nan"), None]), ["1.5", "null", "null"]),
        (pa.array([None, None]), ["null", "null"]),
        (pa.array([b"\x00\xff"]), ['"AP8="']),
        (pa.array([Decimal("0.10")], pa.decimal128(38, 2)), ["0.10"]),
        (pa.array([10_000_000], pa.int32()).cast(pa.date32()), ['"29349-01-26"']),
        (pa.array([date(2018, 9, 28)]), ['"2018-09-28"']),
        (pa.array([datetime(2018, 9, 28, 7, 30)]), ['"2018-09-28T07:30:00"']),  # noqa: DTZ001 - Arrow has such
        (pa.array(["x", "x", None]).dictionary_encode(), ['"x"', '"x"', "null"]),
        (pa.array([[1, 2]], pa.large_list(pa.int8())), ["[1,2]"]),
        (pa.array([{}, None], pa.struct([])), ["{}", "null"]),
    ],
)
def test_columns_of_other_types(column: pa.Array, texts: list[str]) -> None:
    assert json_texts(column).to_pylist() == texts


def test_results_are_json_text_already() -> None:
    held = pa.array([[{"rule": "late", "results": '{"owed":5.10}'}]])
    assert json_texts(held).to_pylist() == ['[{"rule":"late","results":{"owed":5.10}}]']
