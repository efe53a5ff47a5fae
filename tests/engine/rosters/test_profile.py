"""What a profile says of a batch: what occurs anywhere in it, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.cases.records import LARGEST_INTEGER
from engine.rosters.occurring import Profile
from engine.rosters.profile import profile_of
from tests.engine.rosters.alike import batch_of_cases
from tests.engine.rulesets_for_tests import load

AS_OF = date(2024, 9, 2)
RULESET = load(
    """
facts:
  n: {type: integer}
  few: {type: integer, at_least: 0, at_most: 9}
  amount: {type: decimal, places: 2, at_most: 5}
  kind: {type: string, one_of: [a, b]}
  on: {type: event, none: never}
  group: {inner: {flag: {type: boolean}}}
  items: {list_of: {n: {type: integer, at_most: 3}, on: {type: event, none: never}}}
rules: {a: {when: n > 0 and few > 0 and amount > 0 and kind = "a" and on != null and group.inner.flag
  and (some i in items satisfies i.n > 0 and i.on != null), outcome: deny}}
"""
)
WHOLE: dict[str, Any] = {
    "n": 1,
    "few": 9,
    "amount": 5,
    "kind": "a",
    "on": "2024-09-02",
    "group": {"inner": {"flag": True}},
    "items": [{"n": 3, "on": "2024-01-01"}],
}


def profile(*cases: dict[str, Any]) -> Profile:
    return profile_of(batch_of_cases(RULESET, cases), RULESET.facts, AS_OF)


def test_nothing_occurs_in_a_batch_without_anything_missing() -> None:
    assert profile(WHOLE, {**WHOLE, "items": []}) == Profile(frozenset(), frozenset(), frozenset())


@pytest.mark.parametrize(
    ("change", "left_out"),
    [
        ({"n": None}, {"n"}),
        ({"on": None}, {"on__none"}),
        ({"group": None}, {"group.inner.flag"}),
        ({"group": {"inner": {}}}, {"group.inner.flag"}),
        ({"items": None}, {"items"}),
        ({"items": [None]}, {"items[].n", "items[].on"}),
        ({"items": [{"n": 1, "on": None}]}, {"items[].on__none"}),
        ({"items": [{"on": None}]}, {"items[].n", "items[].on__none"}),
    ],
)
def test_what_is_left_out_of_one_case(change: dict[str, Any], left_out: set[str]) -> None:
    assert profile(WHOLE, {**WHOLE, **change}).left_out == left_out


def test_left_out_of_one_case_and_none_in_another() -> None:
    without = {name: value for name, value in WHOLE.items() if name != "on"}
    assert profile({**WHOLE, "on": None}, without).left_out == {"on", "on__none"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"few": 0}, set()),
        ({"few": 10}, {"few"}),
        ({"few": -1}, {"few"}),
        ({"n": LARGEST_INTEGER}, set()),
        ({"n": LARGEST_INTEGER + 1}, {"n"}),
        ({"amount": 5.01}, {"amount"}),
        ({"amount": "-999999999999999999.99"}, set()),
        ({"kind": "c"}, {"kind"}),
        ({"items": [{"n": 4, "on": None}]}, {"items", "items[].n"}),
        ({"items": [{"n": 1, "on": None}] * 256}, set()),
        ({"items": [{"n": 1, "on": None}] * 257}, {"items"}),
    ],
)
def test_what_is_wrong_in_one_case(change: dict[str, Any], wrong: set[str]) -> None:
    assert profile(WHOLE, {**WHOLE, **change}).wrong == wrong


def test_events_that_have_not_happened() -> None:
    later = {**WHOLE, "on": "2024-09-03", "items": [{"n": 1, "on": "9999-12-31"}]}
    assert profile(WHOLE, later).later == {"on", "items[].on"}
