"""Columns compared at once say the same as values compared one by one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from engine.rosters.differing import differing, grouped, item_changes, numbers_of

ITEM = pa.struct({"name": pa.string(), "day": pa.date32(), "cites": pa.list_(pa.string())})
items = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["a", "b"]),
        "day": st.none() | st.dates().filter(lambda day: day.day == 1),
        "cites": st.lists(st.sampled_from(["1", "2"]), max_size=2),
    }
)
pairs = st.lists(st.tuples(st.lists(items, max_size=3), st.lists(items, max_size=3)), max_size=6)


def columns(rows: list[Any]) -> tuple[pa.Array, pa.Array]:
    one, other = (pa.array([row[side] for row in rows], pa.list_(ITEM)) for side in (0, 1))
    return one, other


def frozen(item: Any) -> Any:
    return item["name"], item["day"], tuple(item["cites"])


@given(pairs, st.integers(0, 2))
def test_rows_that_differ(rows: list[Any], skipped: int) -> None:
    one, other = (column.slice(skipped) for column in columns(rows))
    assert differing(one, other).tolist() == [before != after for before, after in rows[skipped:]]


@given(pairs)
def test_items_that_differ_whatever_their_order(rows: list[Any]) -> None:
    changes = item_changes(*columns(rows), ("name",), ("day", "cites"))
    expected: dict[str, set[tuple[int, str]]] = {"before": set(), "after": set(), "otherwise": set()}
    for row, (before, after) in enumerate(rows):
        names, others = (Counter(item["name"] for item in side) for side in (before, after))
        whole, other_whole = (Counter(map(frozen, side)) for side in (before, after))
        expected["before"] |= {(row, name) for name in names - others}
        expected["after"] |= {(row, name) for name in others - names}
        for name in names.keys() & others.keys():
            here, there = ({item: n for item, n in side.items() if item[0] == name} for side in (whole, other_whole))
            if names[name] == others[name] and here != there:
                expected["otherwise"].add((row, name))
    (identities,) = changes.identities
    for kind, (found, numbers) in zip(
        expected, (changes.only_before, changes.only_after, changes.otherwise), strict=True
    ):
        names_found = [identities[number].as_py() for number in numbers.tolist()]
        assert set(zip(found.tolist(), names_found, strict=True)) == expected[kind]
        assert len(set(zip(found.tolist(), names_found, strict=True))) == len(found)


@given(st.lists(st.tuples(st.none() | st.sampled_from("ab"), st.none() | st.integers(0, 2))))
def test_numbers_stand_for_what_is_the_same(rows: list[tuple[str | None, int | None]]) -> None:
    numbers = numbers_of(
        [pa.array([row[0] for row in rows], pa.string()), pa.array([row[1] for row in rows], pa.int64())]
    )
    assert len(set(zip(numbers.tolist(), rows, strict=True))) == len(set(rows)) == len(set(numbers.tolist()))
    assert sorted(set(numbers.tolist())) == list(range(len(set(rows))))
    assert [len(places) for places in grouped(numbers)] == [
        count for _, count in sorted(Counter(numbers.tolist()).items())
    ]
