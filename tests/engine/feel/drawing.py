"""What property tests draw: every kind of value that an expression can meet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from engine.feel.operators import OPEN, make_range
from engine.feel.temporal import DAY, MAX_YEAR, DateTime, DaysDuration, MonthsDuration, Time, days_in_month, make_date
from engine.feel.unknown import Cause, Unknown
from engine.feel.values import FunctionValue

ZONES = [None, 0, 3600, -5 * 3600, 14 * 3600, "Europe/Paris", "America/Los_Angeles", "Etc/UTC"]

whole_numbers = st.integers(min_value=-(10**20), max_value=10**20)
small_numbers = st.integers(min_value=-6, max_value=6)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6)
extreme_decimals = st.sampled_from(
    [Decimal("1E-6143"), Decimal("9E6144"), Decimal("-1E34"), Decimal("0.5"), Decimal(0)]
)
numbers = st.one_of(small_numbers, whole_numbers, decimals, extreme_decimals)
texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "a", "aaa", "Friday", "2018-08-03", "P1D", "[1..3]", "[a-z]+", "(a|b)*?", "$1", "i", "1.5"]),
)


@st.composite
def wide_dates(draw: st.DrawFn) -> object:
    year = draw(
        st.one_of(
            st.integers(1900, 2100),
            st.integers(-500, 12_000),
            st.integers(-MAX_YEAR, MAX_YEAR),
            st.just(1),
            st.just(9999),
        )
    )
    month = draw(st.integers(1, 12))
    return make_date(year, month, draw(st.integers(1, days_in_month(year, month))))


dates = st.dates(date(1950, 1, 1), date(2050, 12, 31))
any_dates = st.one_of(dates, wide_dates())
zones = st.sampled_from(ZONES)
nanoseconds = st.one_of(st.integers(0, DAY - 1), st.sampled_from([0, 10**9, DAY - 1]))
times = st.builds(Time, nanoseconds, zones)
date_times = st.builds(DateTime, any_dates, nanoseconds, zones)
days_durations = st.builds(
    DaysDuration, st.one_of(st.integers(-(10**27), 10**27), st.integers(-10, 10).map(DAY.__mul__))
)
months_durations = st.builds(MonthsDuration, st.one_of(st.integers(-(10**11), 10**11), st.integers(-30, 30)))
ordered = st.one_of(numbers, texts, any_dates, times, date_times, days_durations, months_durations)
booleans = st.booleans()
nulls = st.none()
functions = st.sampled_from(
    [
        FunctionValue(("a",), lambda a: a),
        FunctionValue(("a", "b"), lambda a, b: a is b),
        FunctionValue(("a", "b"), lambda _a, _b: None),
    ]
)
ranges = st.one_of(
    st.builds(
        lambda ends, low, high: make_range(ends[0], low, ends[1], high),
        st.one_of(*(st.tuples(kind, kind) for kind in (numbers, texts, dates, days_durations))),
        booleans,
        booleans,
    ),
    st.builds(lambda low: make_range(low, True, OPEN, False), numbers),
)
scalars = st.one_of(nulls, booleans, ordered)
values = st.recursive(
    st.one_of(scalars, functions, ranges),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["a", "b", "key", "value"]), inner, max_size=3)
    ),
    max_leaves=8,
)
unknowns = st.integers(0, 3).map(lambda number: Unknown(frozenset({Cause("fact", f"fact{number}")})))
