"""Random cases of the facts that `declared` has: documents as callers send them, now and then with a mistake."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["documents"]

_DAYS = st.dates().map(lambda day: day.isoformat())
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-3, 103) | st.sampled_from([3.0, 13]),
    "boolean": st.booleans(),
    "date": _DAYS,
    "event": _DAYS | st.sampled_from(["2018-03-01", "2018-04-01"]),
    "date-time": st.sampled_from(["2018-03-01T09:30:00", "2018-03-01T09:30:00.125Z", "2018-03-01T09:30:00+02:00"]),
    "days-duration": st.sampled_from(["P3DT4H", "-PT0.5S", "P1D"]),
    "months-duration": st.sampled_from(["P1Y6M", "-P2M"]),
}
_MISTAKES = st.sampled_from(
    [
        True,
        3.5,
        "x",
        "2018-02-30",
        " 2018-03-01",
        "0000-01-01",
        2**63,
        [],
        {},
        10**20,
        "",
        [None],
        {"x": 1},
        1.125,
        -0.0,
        1e300,
    ]
)


def documents(group: FactGroup, *, mistakes: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Facts of a case: any of them left out, null, or with `mistakes` what they cannot be."""
    entries = {name: _node(node, mistakes=mistakes) for name, node in group.entries.items()}
    if mistakes:
        entries["other"] = st.just(1)
    return st.fixed_dictionaries({}, optional=entries)


def _node(node: FactNode, *, mistakes: bool) -> st.SearchStrategy[Any]:
    found = st.none() | _value(node, mistakes=mistakes)
    return found | _MISTAKES if mistakes else found


def _value(node: FactNode, *, mistakes: bool) -> st.SearchStrategy[Any]:
    match node:
        case FactGroup():
            return documents(node, mistakes=mistakes)
        case FactList():
            return st.lists(_node(node.element, mistakes=mistakes), max_size=3)
        case Fact(kind="string"):
            return st.sampled_from(node.choices) if node.choices else st.text(max_size=4) | st.just("math")
        case Fact(kind="decimal"):
            numbers = st.decimals(-(10**17), 10**17, places=min(node.places or 0, 2))
            return numbers | numbers.map(str) | st.sampled_from([2.5, 90.5, 91, "1e2", 0.1])
        case Fact():
            return _KINDS[node.kind]
