from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import Calendar, Days
from engine.calendars.importing import Imported, Wanted, import_ed_fi, import_icalendar
from engine.calendars.loading import calendar_of
from engine.errors import RulesetError

GRAND_BEND = Path(__file__).parents[4] / "shared" / "data" / "grand-bend-2010-11"
SCHOOL = {"School": "instructional-day", "Holiday": "holiday"}
AUTUMN = Wanted("oak", "Oak", SCHOOL, first=date(2012, 8, 1), last=date(2012, 12, 31))


def ics(*events: str) -> str:
    """An iCalendar file with these events."""
    body = "".join(f"BEGIN:VEVENT\n{dedent(event).strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a test//\n{body}END:VCALENDAR\n".replace("\n", "\r\n")


def problems_of(error: RulesetError) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in error.problems]


class TestEdFi:
    def test_a_district(self) -> None:
        text = (GRAND_BEND / "CalendarDate.csv").read_text(encoding="utf-8")
        imported = import_ed_fi(text, "CalendarDate.csv", Wanted("grand-bend-2010-11", "Grand Bend 2010–11"))
        calendar = calendar_of(imported.document)
        assert len(calendar.events) == 278
        assert len(calendar.school_days) == 177
        assert (calendar.first, calendar.last) == (date(2010, 8, 23), date(2011, 5, 27))
        assert set(calendar.events.values()) == {"instructional-day", "holiday"}
        assert calendar.between(date(2010, 8, 22), date(2011, 5, 27), Days.SCHOOL) == 177
        # Thanksgiving: from the Tuesday before to the Monday after is one school day.
        assert calendar.between(date(2010, 11, 23), date(2010, 11, 29), Days.SCHOOL) == 1
        assert calendar.add(date(2011, 3, 11), 1, Days.SCHOOL) == date(2011, 3, 21)
        # The spring session says 88 instructional days; its calendar has 96, and the calendar is what counts.
        assert calendar.between(date(2011, 1, 3), date(2011, 5, 27), Days.SCHOOL) == 96

    def test_words_of_its_own(self) -> None:
        text = (
            "CalendarEvent,Date\nuri://ed-fi.org/CalendarEventDescriptor#Teacher only day,2012-09-04\nOpen,2012-09-05\n"
        )
        wanted = Wanted("oak", "Oak", {"OPEN": "instructional-day"}, business=("teacher-only-day", "instructional-day"))
        document = import_ed_fi(text, "rows.csv", wanted).document
        assert document.days == {date(2012, 9, 4): "teacher-only-day", date(2012, 9, 5): "instructional-day"}
        assert document.business_days == (date(2012, 9, 4), date(2012, 9, 5))
        assert (document.coverage.from_, document.coverage.through) == (date(2012, 9, 4), date(2012, 9, 5))

    def test_the_coverage_may_be_said(self) -> None:
        text = "Date,CalendarEvent\n2012-09-04,Instructional day\n2013-09-04,Instructional day\n"
        wanted = Wanted("oak", "Oak", first=date(2012, 7, 1), last=date(2013, 6, 30))
        document = import_ed_fi(text, "rows.csv", wanted).document
        assert list(document.days) == [date(2012, 9, 4)]
        assert (document.coverage.from_, document.coverage.through) == (date(2012, 7, 1), date(2013, 6, 30))

    def test_two_events_on_a_day(self) -> None:
        text = "Date,CalendarEvent\n2012-09-04,Instructional day\n2012-09-04,Instructional day\n2012-09-04,Late start\n"
        with pytest.raises(RulesetError) as caught:
            import_ed_fi(text, "rows.csv", Wanted("oak", "Oak"))
        assert problems_of(caught.value) == [(4, "duplicate-day")]
        for types, day in (
            ({"Late start": "short-day"}, "short-day"),
            ({"Instructional day": "instructional-day", "Late start": "short-day"}, "instructional-day"),
            ({"Late start": "-"}, "instructional-day"),
        ):
            imported = import_ed_fi(text, "rows.csv", Wanted("oak", "Oak", types))
            assert imported.document.days == {date(2012, 9, 4): day}
            assert imported.passed_over == (("Late start",) if day == "instructional-day" and len(types) == 1 else ())

    @pytest.mark.parametrize(
        ("text", "problems"),
        [
            ("", [(1, "missing-column")]),
            ("Date,Event\n2012-09-04,Holiday\n", [(1, "missing-column")]),
            ("Date,CalendarEvent\n9/4/2012,Holiday\n2012-09-31,Holiday\n", [(2, "bad-date"), (3, "bad-date")]),
            ("Date,CalendarEvent\n2012-09-04\n2012-09-05,Holiday,x\n", [(2, "row-width"), (3, "row-width")]),
            ("Date,CalendarEvent\n2012-09-04,\n2012-09-05,uri#\n", [(2, "empty-cell"), (3, "empty-cell")]),
            ('Date,CalendarEvent\n2012-09-04,"Holi"day\n', [(2, "not-valid")]),
            ("Date,CalendarEvent\n", [(1, "empty-value")]),
            ("Date,CalendarEvent\n0001-01-01,Holiday\n9999-12-31,Holiday\n", [(1, "out-of-range")]),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, text: str, problems: list[tuple[int, str]]) -> None:
        with pytest.raises(RulesetError) as caught:
            import_ed_fi(text, "rows.csv", Wanted("oak", "Oak"))
        assert problems_of(caught.value) == problems


class TestICalendar:
    def read(self, *events: str, wanted: Wanted = AUTUMN) -> Imported:
        return import_icalendar(ics(*events), "oak.ics", wanted)

    def calendar(self, *events: str) -> Calendar:
        return calendar_of(self.read(*events).document)

    def test_the_end_of_a_whole_day_event_is_the_day_after(self) -> None:
        oak = self.calendar("DTSTART;VALUE=DATE:20120904\nDTEND;VALUE=DATE:20120908\nSUMMARY:School")
        assert oak.school_days == tuple(date(2012, 9, day) for day in (4, 5, 6, 7))
        assert (oak.first, oak.last) == (date(2012, 8, 1), date(2012, 12, 31))

    def test_an_event_of_one_day_needs_no_end(self) -> None:
        oak = self.calendar(
            "DTSTART;VALUE=DATE:20120904\nSUMMARY:School",
            "DTSTART;VALUE=DATE:20120905\nDURATION:P2D\nSUMMARY:School",
        )
        assert oak.school_days == (date(2012, 9, 4), date(2012, 9, 5), date(2012, 9, 6))

    def test_categories_and_summaries_say_what_a_day_is(self) -> None:
        imported = self.read(
            "DTSTART;VALUE=DATE:20120904\nSUMMARY:First day!\nCATEGORIES:District,SCHOOL",
            "DTSTART;VALUE=DATE:20120905\nSUMMARY:school",
            "DTSTART;VALUE=DATE:20120906\nSUMMARY:Picture day\nCATEGORIES:Fun",
            "DTSTART;VALUE=DATE:20120907\nSUMMARY:School\nSTATUS:CANCELLED",
            "DTSTART:20120908T180000Z\nSUMMARY:Board meeting",
        )
        assert list(imported.document.days) == [date(2012, 9, 4), date(2012, 9, 5)]
        assert imported.passed_over == ("Picture day", "School", "Board meeting")

    def test_the_word_that_is_named_first_counts(self) -> None:
        events = (
            "DTSTART;VALUE=DATE:20120903\nDTEND;VALUE=DATE:20120908\nSUMMARY:School",
            "DTSTART;VALUE=DATE:20120903\nSUMMARY:Labor Day\nCATEGORIES:Holiday",
        )
        holidays_first = Wanted("oak", "Oak", dict(reversed(SCHOOL.items())), first=AUTUMN.first, last=AUTUMN.last)
        for order in (events, events[::-1]):
            assert self.read(*order, wanted=holidays_first).document.days[date(2012, 9, 3)] == "holiday"
            assert self.read(*order).document.days[date(2012, 9, 3)] == "instructional-day"

    def test_what_lies_outside_the_coverage_is_left_out(self) -> None:
        oak = self.calendar("DTSTART;VALUE=DATE:19000101\nDTEND;VALUE=DATE:20120803\nSUMMARY:School")
        assert oak.school_days == (date(2012, 8, 1), date(2012, 8, 2))

    @pytest.mark.parametrize(
        ("event", "code"),
        [
            ("DTSTART:20120904T080000\nDTEND:20120904T150000\nSUMMARY:School", "bad-date"),
            ("DTSTART;VALUE=DATE:2012\nSUMMARY:School", "bad-date"),
            ("SUMMARY:School", "bad-date"),
            ("DTSTART;VALUE=DATE:20120904\nDTEND;VALUE=DATE:20120904\nSUMMARY:School", "empty-period"),
            ("DTSTART;VALUE=DATE:20120904\nDTEND;VALUE=DATE:20120903\nSUMMARY:School", "empty-period"),
            ("DTSTART;VALUE=DATE:20120904\nRRULE:FREQ=DAILY;COUNT=5\nSUMMARY:School", "not-served"),
            ("DTSTART;VALUE=DATE:20120904\nRDATE;VALUE=DATE:20120905\nSUMMARY:School", "not-served"),
        ],
    )
    def test_what_cannot_be_taken_is_refused_with_its_line(self, event: str, code: str) -> None:
        with pytest.raises(RulesetError) as caught:
            self.read("DTSTART;VALUE=DATE:20120906\nSUMMARY:School", event)
        assert problems_of(caught.value) == [(8, code)]

    @pytest.mark.parametrize(
        "text", ["", "hello", "BEGIN:VCALENDAR\n", ics("SUMMARY:x") * 2, "BEGIN:VEVENT\nEND:VEVENT\n"]
    )
    def test_what_is_no_icalendar_is_refused(self, text: str) -> None:
        with pytest.raises(RulesetError) as caught:
            import_icalendar(text, "oak.ics", AUTUMN)
        assert problems_of(caught.value) == [(1, "not-valid")]

    def test_a_coverage_is_needed(self) -> None:
        with pytest.raises(ValueError, match="complete"):
            import_icalendar(ics(), "oak.ics", Wanted("oak", "Oak", SCHOOL))
        for last, code in ((date(2012, 7, 31), "empty-period"), (date(9999, 12, 31), "out-of-range")):
            with pytest.raises(RulesetError) as caught:
                self.read(wanted=Wanted("oak", "Oak", SCHOOL, first=date(2012, 8, 1), last=last))
            assert problems_of(caught.value) == [(1, code)]

    def test_no_day_that_counts(self) -> None:
        with pytest.raises(RulesetError) as caught:
            self.read("DTSTART;VALUE=DATE:20120906\nSUMMARY:Picture day")
        assert problems_of(caught.value) == [(1, "empty-value")]

    @given(st.dates(date(2012, 8, 2), date(2012, 12, 1)), st.integers(1, 30))
    def test_an_event_has_as_many_days_as_it_lasts(self, start: date, days: int) -> None:
        end = start + timedelta(days=days)
        oak = self.calendar(f"DTSTART;VALUE=DATE:{start:%Y%m%d}\nDTEND;VALUE=DATE:{end:%Y%m%d}\nSUMMARY:School")
        assert oak.between(start - timedelta(days=1), end, Days.SCHOOL) == days


_LINES = [
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM",
    "DTSTART;VALUE=DATE:20120904", "DTSTART:20120904T080000Z", "DTSTART;TZID=Nowhere:20120904T080000", "DTSTART:x",
    "DTEND;VALUE=DATE:20120906", "DTEND;VALUE=DATE:20120902", "DTEND:20120904T090000", "DURATION:P1D", "DURATION:PT1H",
    "DURATION:-P3D", "SUMMARY:School", "SUMMARY;X=\"a:School", "CATEGORIES:School,Holiday", "CATEGORIES", " folded",
    "STATUS:CANCELLED", "RRULE:FREQ=DAILY", "\x00", "é:ü", "",
]  # fmt: skip


@given(st.lists(st.sampled_from(_LINES), max_size=14), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_text_is_read_or_refused(lines: list[str], end: str, whole: bool) -> None:
    text = end.join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"] if whole else lines)
    with suppress(RulesetError):
        calendar_of(import_icalendar(text, "any.ics", AUTUMN).document)


@given(st.text(st.sampled_from('Date,CalendarEvent\n\r"2012-09-04#;é '), max_size=80))
def test_any_rows_are_read_or_refused(text: str) -> None:
    with suppress(RulesetError):
        calendar_of(import_ed_fi("Date,CalendarEvent\n" + text, "any.csv", Wanted("oak", "Oak")).document)
