"""The admission lottery: recomputable, independent of the pool's order, offers by list."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import RollbookError
from engine.lottery import LISTS, Application, draw, pool_hash

SEED = "12 07 33 41 - 1 March 2013"

applications = st.lists(
    st.builds(
        Application,
        st.text("abcdefgh0123456789-", min_size=1, max_size=8),
        st.sampled_from(["K", "1", "9"]),
        st.sampled_from(LISTS),
    ),
    unique_by=lambda one: one.id,
    max_size=40,
)
places = st.dictionaries(st.sampled_from(["K", "1", "9"]), st.integers(0, 10))


def test_the_draw_of_a_seed_is_written_down() -> None:
    pool = [Application(f"A-{n}", "K") for n in range(1, 7)]
    drawn = draw(SEED, pool, {"K": 2}).drawn
    # Recomputable with any HMAC-SHA256: printf 'A-3' | openssl dgst -sha256 -hmac '12 07 33 41 - 1 March 2013'
    keys = {one.id: hmac.new(SEED.encode(), one.id.encode(), hashlib.sha256).hexdigest() for one in pool}
    assert [one.application.id for one in drawn] == sorted(keys, key=keys.__getitem__)
    assert [one.key for one in drawn] == sorted(keys.values())
    assert [one.offered for one in drawn] == [True, True, False, False, False, False]


@given(applications, places, st.randoms())
def test_the_order_of_the_pool_does_not_matter(
    pool: list[Application], places: dict[str, int], shuffling: random.Random
) -> None:
    other = list(pool)
    shuffling.shuffle(other)
    assert draw(SEED, pool, places) == draw(SEED, other, places)


@given(applications, places)
def test_everybody_is_drawn_once_and_numbers_run_within_a_grade(
    pool: list[Application], places: dict[str, int]
) -> None:
    drawn = draw(SEED, pool, places).drawn
    assert Counter(one.application for one in drawn) == Counter(pool)
    for grade in {one.grade for one in pool}:
        numbers = [one.number for one in drawn if one.application.grade == grade]
        assert numbers == list(range(1, len(numbers) + 1))


@given(applications, places)
def test_siblings_come_before_the_lottery_and_late_ones_behind_it(
    pool: list[Application], places: dict[str, int]
) -> None:
    drawn = draw(SEED, pool, places).drawn
    for grade in {one.grade for one in pool}:
        lists = [LISTS.index(one.application.list) for one in drawn if one.application.grade == grade]
        assert lists == sorted(lists)


@given(applications, places)
def test_no_more_are_offered_than_there_are_places(pool: list[Application], places: dict[str, int]) -> None:
    offered = Counter(one.application.grade for one in draw(SEED, pool, places).drawn if one.offered)
    waiting = Counter(one.grade for one in pool)
    assert offered == Counter({grade: min(count, places.get(grade, 0)) for grade, count in waiting.items()})


@given(applications, st.integers(0, 100))
def test_one_application_more_moves_nobody_past_another(pool: list[Application], number: int) -> None:
    more = [*pool, Application(f"new-{number}-x", "K")]
    if len({one.id for one in more}) < len(more):
        return
    before = [one.application for one in draw(SEED, pool, {}).drawn]
    after = [one.application for one in draw(SEED, more, {}).drawn if one.application in pool]
    assert before == after


def test_every_place_is_equally_likely() -> None:
    pool = [Application(f"A-{n}", "K") for n in range(4)]
    firsts = Counter(draw(f"seed number {n}", pool, {}).drawn[0].application.id for n in range(4000))
    assert all(850 < count < 1150 for count in firsts.values())


@pytest.mark.parametrize(
    ("seed", "pool", "places", "path"),
    [
        ("short", [Application("a", "K")], {}, "seed"),
        (SEED, [Application("a", "K"), Application("a", "1")], {}, "applications[1].id"),
        (SEED, [Application(" ", "K")], {}, "applications[0].id"),
        (SEED, [Application("a\nb", "K")], {}, "applications[0].id"),
        (SEED, [Application("a", "K", "friends")], {}, "applications[0].list"),
        (SEED, [Application("a", "")], {}, "applications[0].grade"),
        (SEED, [Application("a", "K")], {"K": -1}, "places.K"),
    ],
)
def test_a_pool_that_cannot_be_drawn(seed: str, pool: list[Application], places: dict[str, int], path: str) -> None:
    with pytest.raises(RollbookError) as error:
        draw(seed, pool, places)
    assert path in {violation.path for violation in error.value.violations}


def test_the_hash_of_a_pool_says_whether_it_is_the_same() -> None:
    pool = [Application("a", "K"), Application("b", "1")]
    assert pool_hash(pool) == pool_hash(reversed(pool))
    assert pool_hash(pool) != pool_hash([Application("a", "1"), Application("b", "1")])
