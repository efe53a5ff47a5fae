"""Results of the rules that hold, as JSON text: one value, or united without repetition."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from engine.rosters.merging import merged_results
from engine.rosters.schemas import HELD
from tests.engine.rulesets_for_tests import load

RULESET = load(
    """
facts: {a: {type: boolean}}
results:
  one: {type: string}
  all: {list_of: decimal, merge: union}
rules:
  a: {when: a, outcome: deny, results: {one: '"x"', all: "[1]"}}
"""
)


@pytest.mark.parametrize(
    ("texts", "merged"),
    [
        ([], "{}"),
        (["{}", "{}"], "{}"),
        (["{}", '{"one":"x"}'], '{"one":"x"}'),
        (['{"all":[2,1]}', '{"all":[1,3]}'], '{"all":[2,1,3]}'),
        (['{"all":[1.5]}', '{"one":"\\u0000\\""}', '{"all":[]}'], '{"all":[1.5],"one":"\\u0000\\""}'),
        (['{"all":[12345678901234567890.12]}'], '{"all":[12345678901234567890.12]}'),
    ],
)
def test_the_results_of_one_case(texts: list[str], merged: str) -> None:
    rules: list[dict[str, Any]] = [{"rule": "a", "cites": [], "results": text} for text in texts]
    # Beside cases that set nothing and something else: each case has its own.
    held = pa.array([[], rules, [{"rule": "a", "cites": [], "results": '{"one":"y"}'}]], pa.list_(HELD))
    assert merged_results(RULESET, held).to_pylist() == ["{}", merged, '{"one":"y"}']
    assert merged_results(RULESET, held.slice(1, 1)).to_pylist() == [merged]
