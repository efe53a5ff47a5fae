"""On every day the newest publication in force decides: random versions against the obvious way to say so."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.catalogues.days import spans
from server.store.published import PublishedVersion

START = date(2018, 8, 1)
DAYS = st.one_of(
    st.none(), st.sampled_from([date.min, date.max]), st.integers(0, 12).map(lambda n: START + timedelta(days=n))
)
ASKED = [date.min, *(START + timedelta(days=n) for n in range(-2, 16)), date.max]


@st.composite
def published(draw: st.DrawFn) -> list[PublishedVersion]:
    """Versions of a few names, in any order, on any days, even none."""
    numbers = draw(st.permutations(range(draw(st.integers(0, 8)))))
    names = st.sampled_from([("ruleset", "d/a"), ("ruleset", "d/b"), ("calendar", "d")])
    found = []
    for number in numbers:
        kind, name = draw(names)
        first, last = draw(DAYS), draw(DAYS)
        found.append(PublishedVersion(kind, name, f"{number:064}", "", "", first, last, number))  # type: ignore[arg-type]  # a kind
    return found


def in_force(versions: list[PublishedVersion], day: date) -> dict[tuple[str, str], int]:
    """The newest of each name whose days have `day`."""
    newest: dict[tuple[str, str], int] = {}
    for one in versions:
        if (one.first or date.min) <= day <= (one.last or date.max):
            key = one.kind, one.name
            newest[key] = max(newest.get(key, -1), one.publication)
    return newest


@given(published())
def test_the_newest_publication_of_each_name_decides(versions: list[PublishedVersion]) -> None:
    found = list(spans(versions))
    for day in ASKED:
        (span,) = (span for span in found if span.first <= day <= span.last)
        assert {key: one.publication for key, one in span.in_force.items()} == in_force(versions, day)


@given(published())
def test_spans_follow_each_other_and_differ(versions: list[PublishedVersion]) -> None:
    found = list(spans(versions))
    assert (found[0].first, found[-1].last) == (date.min, date.max)
    for one, following in pairwise(found):
        assert one.last + timedelta(days=1) == following.first
        assert one.in_force != following.in_force
