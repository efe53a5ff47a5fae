from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.operators import add, equal, less, subtract
from engine.feel.temporal import (
    DAY,
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    WideDate,
    date_from_ordinal,
    make_date,
    moment,
    ordinal,
    stand_in,
    zone_info,
)
from engine.feel.temporal_arithmetic import add_months, between_months, weekday
from engine.feel.temporal_text import (
    date_text,
    date_time_text,
    days_text,
    months_text,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_temporal,
    parse_time,
    time_text,
)
from engine.feel.values import text
from tests.engine.feel import drawing


@given(drawing.any_dates)
def test_dates_are_read_as_they_are_written(value: Date) -> None:
    assert parse_date(date_text(value)) == value
    assert parse_temporal(date_text(value)) == value


@given(drawing.times)
def test_times_are_read_as_they_are_written(value: Time) -> None:
    assert parse_time(time_text(value)) == value
    assert parse_temporal(time_text(value)) == value


@given(drawing.date_times)
def test_dates_and_times_are_read_as_they_are_written(value: DateTime) -> None:
    assert parse_date_time(date_time_text(value)) == value
    assert parse_temporal(date_time_text(value)) == value


@given(drawing.days_durations)
def test_days_durations_are_read_as_they_are_written(value: DaysDuration) -> None:
    assert parse_duration(days_text(value)) == value
    assert parse_temporal(days_text(value)) == value


@given(drawing.months_durations)
def test_months_durations_are_read_as_they_are_written(value: MonthsDuration) -> None:
    assert parse_duration(months_text(value)) == value
    assert parse_temporal(months_text(value)) == value


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("P26M", "P2Y2M"),
        ("-P100M", "-P8Y4M"),
        ("P0Y", "P0M"),
        ("PT1000M", "PT16H40M"),
        ("P2DT100M", "P2DT1H40M"),
        ("PT0.000S", "PT0S"),
        ("P0D", "PT0S"),
        ("PT240H", "P10D"),
        ("11:22:33+00:00", "11:22:33Z"),
        ("11:22:33.5000", "11:22:33.5"),
        ("24:00:00", "00:00:00"),
        ("2021-01-01T24:00:00", "2021-01-02T00:00:00"),
    ],
)
def test_texts_are_written_in_their_normal_form(written: str, normal: str) -> None:
    assert text(parse_temporal(written)) == normal


@pytest.mark.parametrize(
    "written",
    [
        *("P", "PT", "P1DT", "P1Y1D", "P1H", "1D", "P-1D", "P1.5D", "PT1.5H"),
        *("2012/12/25", "2017-12-32", "2017-02-29", "01211-12-31", "+99999-12-01", "9999999999-12-25", "998-12-31"),
        *("23:59:60", "24:01:00", "7:00:00", "13:20:00-19:00", "13:20:00+02:00@Europe/Paris", "13:20:00@Mars/Base"),
        *("2017-12-31T7:20", "2017-12-31T13:20:00@xyz/abc", "12:00:00@localtime", "12:00:00@../../etc/passwd"),
        "１２:00:00",
    ],
)
def test_what_is_no_date_time_or_duration(written: str) -> None:
    assert parse_temporal(written) is None


@given(st.integers(-(10**11), 10**11))
def test_ordinals_name_dates(days: int) -> None:
    day = date_from_ordinal(days)
    assert day is not None
    assert ordinal(day) == days
    assert weekday(day) == (days - 1) % 7 + 1


@given(drawing.any_dates, drawing.any_dates)
def test_dates_are_ordered_as_their_ordinals(left: Date, right: Date) -> None:
    assert less(left, right) == (ordinal(left) < ordinal(right))
    assert equal(left, right) == (ordinal(left) == ordinal(right))
    assert less(left, right) + equal(left, right) + less(right, left) == 1


@given(drawing.any_dates, st.integers(-5000, 5000))
def test_subtracting_dates_undoes_adding_days(day: Date, days: int) -> None:
    duration = DaysDuration(days * DAY)
    later = add(day, duration)
    if later is not None:
        assert subtract(later, day) == duration
        assert subtract(later, duration) == day


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.integers(-400, 400))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert isinstance(later, date)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(drawing.any_dates, drawing.any_dates)
def test_months_between_two_dates_do_not_overshoot(start: Date, end: Date) -> None:
    months = between_months(start, end)
    assert between_months(end, start) == -months or abs(months + between_months(end, start)) <= 1
    reached = add_months(start, months)
    assert reached is not None
    assert ordinal(reached) <= ordinal(end) if months >= 0 and start < end else ordinal(reached) >= ordinal(end)


@given(st.datetimes(datetime(2, 1, 2), datetime(9998, 12, 30)), st.sampled_from(["Europe/Paris", "Asia/Dhaka"]))  # noqa: DTZ001 - the zone is put in below
def test_zones_are_those_of_the_database(local: datetime, name: str) -> None:
    value = DateTime(local.date(), ((local.hour * 60 + local.minute) * 60 + local.second) * SECOND, name)
    offset = local.replace(microsecond=0, tzinfo=ZoneInfo(name)).utcoffset()
    assert offset is not None
    assert value.offset() == offset.total_seconds()


@given(drawing.date_times)
def test_a_moment_is_shown_by_the_clocks_of_its_zone(value: DateTime) -> None:
    """There and back, except in the hours that clocks skip or repeat, where they may be off by what is skipped."""
    offset = value.offset()
    back = moment(value.local() - (offset or 0) * SECOND, value.zone)
    assert back is not None
    assert abs(back.local() - value.local()) <= 3600 * SECOND
    if not isinstance(value.zone, str):
        assert back == value


@given(drawing.any_dates)
def test_a_stand_in_keeps_month_day_and_leap_year(day: Date) -> None:
    stand = stand_in(day)
    assert (stand.month, stand.day) == (day.month, day.day)
    assert (ordinal(day) - stand.toordinal()) % 146_097 == 0


def test_wide_dates_compare_with_dates() -> None:
    assert WideDate(-44, 3, 15) < date(1, 1, 1) < WideDate(10_000, 1, 1)
    assert date(9999, 12, 31) < WideDate(10_000, 1, 1)
    assert WideDate(10_000, 1, 1) >= date(9999, 12, 31)
    assert WideDate(10_000, 1, 1) != date(9999, 12, 31)
    with pytest.raises(TypeError):
        assert WideDate(10_000, 1, 1) < 3


def test_dates_end_where_the_standard_says() -> None:
    last = make_date(999_999_999, 12, 31)
    assert last is not None
    assert add(last, DaysDuration(DAY)) is None
    assert add(last, MonthsDuration(1)) is None
    assert moment(10**27, "Europe/Paris") is None
    assert make_date(2018, 13, 1) is None


def test_the_first_and_last_moments_have_clocks_in_every_zone() -> None:
    for day in (make_date(-999_999_999, 1, 1), make_date(999_999_999, 12, 31)):
        assert day is not None
        for zone in ("Europe/Paris", "America/Los_Angeles"):
            value = DateTime(day, 0, zone)
            assert moment(value.local() - (value.offset() or 0) * SECOND, zone) == value


def test_zones_of_the_machine_are_none() -> None:
    assert zone_info("localtime") is None
    assert zone_info("Europe") is None
    assert zone_info("Europe/Paris") is not None
    assert moment(0, "Etc/UTC") == DateTime(datetime.fromtimestamp(0, UTC).date(), 0, "Etc/UTC")


@pytest.mark.parametrize(
    ("day", "weekday_number"), [(date(2018, 8, 3), 5), (WideDate(10_000, 1, 1), 6), (WideDate(0, 12, 31), 7)]
)
def test_weekdays(day: Date, weekday_number: int) -> None:
    assert weekday(day) == weekday_number
