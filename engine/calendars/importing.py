"""Makes calendars from what districts export: iCalendar files (RFC 5545) and rows of Ed-Fi's CalendarDate.

Days are taken as they are written; none is guessed from its weekday. What an event makes of a day is said by a mapping
from words of the export to event types; where two events fall on one day, the one whose word stands first in the
mapping counts. Whatever cannot be taken as it stands is refused with its line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any, Final

from icalendar import Calendar as Export
from icalendar import Component

from engine.calendars.documents import INSTRUCTIONAL, CalendarDocument, Coverage
from engine.errors import RulesetError
from engine.rulesets.findings import Findings
from engine.rulesets.yaml_positions import Position

__all__ = ["LEFT_OUT", "MOST_DAYS", "Imported", "Wanted", "import_ed_fi", "import_icalendar"]

LEFT_OUT: Final = "-"
"""Stands in a mapping for the event type of events that are to be passed over."""

MOST_DAYS: Final = 20_000
"""Days that a coverage may have, some 54 years: what an export says of longer times is a mistake."""

_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_REPEATS: Final = ("RRULE", "RDATE", "RECURRENCE-ID")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What calendar is to be made.

    Attributes:
        name, title: what it is called.
        types: the event type of each word of the export (an Ed-Fi calendar event, an iCalendar category or summary, in
            upper or lower case alike), `-` for events to pass over; the earlier ones go before the later ones.
        instructional: the event types of school days.
        business: the event types of business days; where there are none the calendar does not say them.
        first, last: the coverage, both days included. An iCalendar file does not say it; for Ed-Fi rows it is from the
            earliest through the latest date unless given.
    """

    name: str
    title: str
    types: Mapping[str, str] = field(default_factory=dict)
    instructional: tuple[str, ...] = (INSTRUCTIONAL,)
    business: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A calendar that was made, and the words of events that were passed over, each once, in their order."""

    document: CalendarDocument
    passed_over: tuple[str, ...]


def import_ed_fi(text: str, file: str, wanted: Wanted) -> Imported:
    """The calendar of Ed-Fi CalendarDate rows: CSV with the columns `Date` and `CalendarEvent`, others ignored.

    An event that the mapping does not have keeps its own words as its type (`Instructional day`: `instructional-day`;
    of a descriptor's URI, what follows the `#`).

    Raises:
        RulesetError: with everything that cannot be read, by line.
    """
    findings = Findings(file)
    found = _Days(wanted, findings)
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        missing = [name for name in ("Date", "CalendarEvent") if name not in (reader.fieldnames or ())]
        if missing:
            message = f"There is no column {' and none '.join(f'`{name}`' for name in missing)}."
            findings.error(Position(1, 1), (), "missing-column", message, "The first line names the columns.")
        for row in () if missing else reader:
            _ed_fi_row(row, Position(reader.line_num, 1), findings, found)
    except csv.Error as error:
        findings.error(Position(reader.line_num + 1, 1), (), "not-valid", f"This is not CSV: {error}.")
    return found.imported()


def import_icalendar(text: str, file: str, wanted: Wanted) -> Imported:
    """The calendar of the whole-day events of an iCalendar file; `wanted` must have a coverage.

    An event counts when one of its categories, or its summary, is in the mapping; others are passed over. `DTEND` is
    the day after the last (RFC 5545, 3.6.1); an event without one lasts a day. What lies outside the coverage is left
    out.

    Raises:
        RulesetError: when the file is no iCalendar, or an event that counts is not of whole days, or repeats by a rule.
        ValueError: when `wanted` has no coverage.
    """
    if wanted.first is None or wanted.last is None:
        raise ValueError("an iCalendar file does not say from when through when it is complete")
    findings = Findings(file)
    _check_coverage(wanted.first, wanted.last, findings)
    found = _Days(wanted, findings)
    for event, position in _events(text, findings):
        words = _words(event)
        if str(event.get("STATUS", "")).upper() == "CANCELLED" or not found.counts(words):
            found.pass_over(words)
        elif (days := _whole_days(event, position, findings)) is not None:
            for day in _within(wanted, *days):
                found.add(day, words, position)
    return found.imported()


class _Days:
    """The days found so far."""

    def __init__(self, wanted: Wanted, findings: Findings) -> None:
        self._wanted = wanted
        self._findings = findings
        self._types = {_same(word): type_ for word, type_ in wanted.types.items()}
        self._ranks = {word: rank for rank, word in enumerate(self._types)}
        self._days: dict[date, tuple[int, str, Position]] = {}
        self._passed_over: dict[str, None] = {}

    def counts(self, words: Iterable[str]) -> bool:
        """Whether the mapping has one of the words."""
        return any(_same(word) in self._types for word in words)

    def pass_over(self, words: Sequence[str]) -> None:
        """Notes an event that does not count."""
        self._passed_over[words[-1] if words else "an event without a summary"] = None

    def add(self, day: date, words: Sequence[str], position: Position) -> None:
        """Notes what `day` is: by the first word in the mapping, else by the first word itself."""
        last = len(self._ranks)
        rank, word = min((self._ranks.get(_same(word), last), word) for word in words)
        type_ = self._types.get(_same(word), _kebab(words[0]))
        if type_ == LEFT_OUT:
            self.pass_over(words)
            return
        before = self._days.get(day)
        if before is not None and before[0] == rank and before[1] != type_:
            message = f"{day} is a `{type_}` here, and a `{before[1]}` in line {before[2].line}."
            remedy = "Name both words in the mapping, the one that counts first."
            self._findings.error(position, (), "duplicate-day", message, remedy)
        elif before is None or rank < before[0]:
            self._days[day] = (rank, type_, position)

    def imported(self) -> Imported:
        """The calendar of these days.

        Raises:
            RulesetError: when something was wrong, or there are no days.
        """
        wanted, findings = self._wanted, self._findings
        if not self._days and not findings.has_errors:
            message = "There is no day in it that counts."
            findings.error(Position(1, 1), (), "empty-value", message, "Look at the mapping and the coverage.")
        if findings.has_errors:
            raise RulesetError(findings.all(), "The export cannot be taken over.")
        first, last = wanted.first or min(self._days), wanted.last or max(self._days)
        _check_coverage(first, last, findings)
        days = {day: self._days[day][1] for day in sorted(self._days) if first <= day <= last}
        business = tuple(day for day, type_ in days.items() if type_ in wanted.business)
        document = CalendarDocument(
            calendar=wanted.name,
            title=wanted.title,
            coverage=Coverage(from_=first, through=last),
            instructional=wanted.instructional,
            days=days,
            business_days=business or None,
        )
        return Imported(document, tuple(self._passed_over))


def _check_coverage(first: date, last: date, findings: Findings) -> None:
    """Raises RulesetError when the coverage has no days, or too many."""
    if last < first:
        findings.error(Position(1, 1), (), "empty-period", "The coverage ends before it begins.")
    elif (last - first).days >= MOST_DAYS:
        findings.error(Position(1, 1), (), "out-of-range", f"The coverage, {first} through {last}, is too long.")
    if findings.has_errors:
        raise RulesetError(findings.all(), "The export cannot be taken over.")


def _ed_fi_row(row: Mapping[str | None, Any], position: Position, findings: Findings, found: _Days) -> None:
    if None in row or None in row.values():
        message = "The line has more or fewer values than there are columns."
        findings.error(position, (), "row-width", message)
        return
    try:
        day = date.fromisoformat(row["Date"].strip())
    except ValueError:
        findings.error(position, (), "bad-date", "`Date` is no day such as 2010-08-23.")
        return
    event = row["CalendarEvent"].rpartition("#")[2].strip()
    if not _kebab(event):
        findings.error(position, (), "empty-cell", "`CalendarEvent` says nothing.")
    else:
        found.add(day, [event], position)


def _events(text: str, findings: Findings) -> Iterator[tuple[Component, Position]]:
    """The events of the file, each with the line in which it begins."""
    try:
        export = Component.from_ical(text)
        events = export.walk("VEVENT") if isinstance(export, Export) else None
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        events = None
    if events is None:
        message = "This is no iCalendar file: it begins with BEGIN:VCALENDAR and ends with END:VCALENDAR."
        findings.error(Position(1, 1), (), "not-valid", message)
        return
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line.strip().upper() == "BEGIN:VEVENT"]
    for place, event in enumerate(events):
        yield event, Position(lines[place] if place < len(lines) else 1, 1)


def _words(event: Component) -> list[str]:
    """What the event is called: its categories, then its summary."""
    written = event.get("CATEGORIES", [])
    properties = written if isinstance(written, list) else [written]
    words = [str(category) for one in properties for category in getattr(one, "cats", ())]
    return [word for word in (*words, str(event.get("SUMMARY", ""))) if word.strip()]


def _whole_days(event: Component, position: Position, findings: Findings) -> tuple[date, date] | None:
    """The first and the last day of the event; None, and a finding, when it is not of whole days."""
    if any(name in event for name in _REPEATS):
        message = "The event repeats by a rule, which is not followed."
        findings.error(position, (), "not-served", message, "Export every day of it as an event of its own.")
        return None
    try:
        start, end = event.start, event.end  # type: ignore[attr-defined] # an event has both
    except ValueError as error:
        findings.error(position, (), "bad-date", f"When the event is cannot be read: {error}.")
        return None
    if isinstance(start, datetime) or isinstance(end, datetime):
        message = "The event has times of day, and does not say what the whole day is."
        findings.error(position, (), "bad-date", message, "Pass it over, or export it as an event of whole days.")
        return None
    if end <= start:
        message = "The event ends before its first day is over: in iCalendar DTEND is the day after the last."
        findings.error(position, (), "empty-period", message, "Mend DTEND.")
        return None
    return start, end - timedelta(days=1)


def _within(wanted: Wanted, start: date, end: date) -> Iterator[date]:
    """The days from `start` through `end` that lie in the coverage."""
    assert wanted.first is not None
    assert wanted.last is not None
    first, last = max(start, wanted.first), min(end, wanted.last)
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _same(word: str) -> str:
    """The word as words are compared: upper and lower case, and stretches of white space, alike."""
    return " ".join(word.split()).casefold()


def _kebab(word: str) -> str:
    return _NO_WORD.sub("-", word.casefold()).strip("-")
