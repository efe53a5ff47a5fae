"""Order and circles of things that wait for each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.rulesets.binding.circles import circles, order, trail

_GRAPHS = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3), max_size=8)


@given(_GRAPHS)
def test_each_stands_after_what_it_reads(reads: dict[int, list[int]]) -> None:
    placed = order(reads)
    for place, item in enumerate(placed):
        assert set(reads[item]) & set(reads) <= set(placed[:place])


@given(_GRAPHS)
def test_what_is_left_out_waits_for_a_circle(reads: dict[int, list[int]]) -> None:
    found = circles(reads)
    for circle in found:
        for item, following in zip(circle, [*circle[1:], circle[0]], strict=True):
            assert following in reads[item]
    in_circles = {item for circle in found for item in circle}
    placed: list[int] = order(reads)
    left_out = set(reads) - set(placed)
    assert in_circles <= left_out
    assert bool(left_out) == bool(found)


@given(_GRAPHS)
def test_without_a_circle_nothing_is_left_out(reads: dict[int, list[int]]) -> None:
    below = {item: [other for other in others if other < item] for item, others in reads.items()}
    assert sorted(order(below)) == sorted(below)
    assert circles(below) == []


def test_a_circle_begins_with_the_first() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"]}) == [["a", "b", "c"]]
    assert circles({"x": ["z"], "y": ["x"], "z": ["y"]}) == [["x", "z", "y"]]


def test_a_long_circle_is_told_in_a_few_words() -> None:
    assert trail(["a", "b"]) == "a → b → a"
    assert trail([f"r{number}" for number in range(99)]).endswith("r11 → … → r0")
