from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.engine.feel.builtins.calling import builtin, called, causes, unknown


class Mark(msgspec.Struct):
    area: str


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("get value", ({"a": 1}, "a"), 1),
        ("get value", ({"a": 1}, "b"), None),
        ("get value", (Mark("Reading"), "area"), "Reading"),
        ("get value", ([], "a"), None),
        ("get entries", ({"a": 1},), [{"key": "a", "value": 1}]),
        ("get entries", (1,), None),
        ("context", ([{"key": "a", "value": None}],), {"a": None}),
        ("context", ({"key": "a", "value": 1},), {"a": 1}),
        ("context", ([{"key": "a", "value": 1}, {"key": "a", "value": 2}],), None),
        ("context", ([{"key": "a"}],), None),
        ("context put", ({"a": 1}, "b", 2), {"a": 1, "b": 2}),
        ("context put", (Mark("Reading"), "area", "Writing"), {"area": "Writing"}),
        ("context put", ({"y": {"a": 0}}, ["y", "b"], 2), {"y": {"a": 0, "b": 2}}),
        ("context put", ({"y": 1}, ["y", "b"], 2), None),
        ("context put", ({}, [], 2), None),
        ("context put", ({}, None, 2), None),
        ("context put", ([], "a", 2), None),
        ("context merge", ([{"a": 1, "b": 1}, {"a": 2}],), {"a": 2, "b": 1}),
        ("context merge", ({"a": 1},), {"a": 1}),
        ("context merge", ([1],), None),
    ],
)
def test_contexts(name: str, arguments: tuple[Any, ...], expected: object) -> None:
    assert called(name, *arguments) == expected


def test_the_context_that_is_given_stays_as_it_is() -> None:
    context = {"y": {"a": 0}}
    called("context put", context, ["y", "a"], 1)
    assert context == {"y": {"a": 0}}


def test_unknown_entries_and_names() -> None:
    assert causes(called("context put", {}, "a", unknown("x"))["a"]) == {"x"}
    assert causes(called("context put", {}, ["a", unknown("x")], 1)) == {"x"}
    assert causes(called("context put", {"y": unknown("x")}, ["y", "b"], 2)) == {"x"}
    assert causes(called("context", [{"key": unknown("x"), "value": 1}, unknown("y")])) == {"x", "y"}
    assert causes(called("context merge", [{}, unknown("x")])) == {"x"}


def test_rulesets_do_not_use_them() -> None:
    assert not any(
        builtin(name).strict for name in ("get value", "get entries", "context", "context put", "context merge")
    )
