"""Reads and checks calendars: YAML text in, a calendar or everything that is wrong with it out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from engine.calendars.calendar import Calendar
from engine.calendars.documents import CalendarDocument
from engine.errors import RulesetError
from engine.rulesets import canonical
from engine.rulesets.findings import Findings
from engine.rulesets.findings import Path as Place
from engine.rulesets.problems import Problem
from engine.rulesets.reading import read_file
from engine.rulesets.schema import DIALECT
from engine.rulesets.structure import fit
from engine.rulesets.yaml_source import Source, read_yaml

__all__ = ["calendar_of", "calendar_schema", "check_calendar", "load_calendar"]

_PLACEHOLDERS: Final[Mapping[str, Any]] = {
    "calendar": "unknown",
    "title": "?",
    "coverage": {"from": "0001-01-01", "through": "9999-12-31"},
    "days": {},
}


def calendar_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a calendar, for editors."""
    return {"$schema": DIALECT, **CalendarDocument.model_json_schema(by_alias=True)}


def load_calendar(path: Path) -> Calendar:
    """The calendar in a file (UTF-8, YAML 1.2, at most 1 MiB).

    Raises:
        RulesetError: with all problems, when the file cannot be read or has an error.
    """
    calendar, problems = check_calendar(read_file(path), str(path))
    if calendar is None:
        raise RulesetError(problems, "The calendar has errors.")
    return calendar


def check_calendar(text: str, file: str, *, named: str | None = None) -> tuple[Calendar | None, tuple[Problem, ...]]:
    """The calendar that `text` is, or None when it has errors; with all problems, warnings too, in document order.

    Args:
        text: the document.
        file: how problems name it.
        named: what the calendar must call itself, when its file says so.
    """
    findings = Findings(file)
    source = read_yaml(text, file, findings)
    fitted = None if source is None else fit(source, CalendarDocument, findings, placeholders=_PLACEHOLDERS)
    if source is None or fitted is None:
        return None, findings.all()
    document = fitted.document
    if named is not None and ("calendar",) not in fitted.broken and document.calendar != named:
        message = f"The calendar calls itself {document.calendar}, but its file is {named}.yaml."
        remedy = f"Write `calendar: {named}`, or rename the file."
        findings.error(source.value(("calendar",)), ("calendar",), "name-differs", message, remedy)
    if ("coverage",) not in fitted.broken:
        _check_coverage(source, findings, document)
    _check_business_days(source, findings, document)
    if not any(path[0] == "days" for path in fitted.broken):
        _check_instructional(source, findings, document)
    return (None if findings.has_errors else calendar_of(document)), findings.all()


def calendar_of(document: CalendarDocument) -> Calendar:
    """The calendar that a document describes. Its version is the hash of what it says, in whichever order."""
    business_days = tuple(sorted(document.business_days or ()))
    in_order = {"business_days": business_days or None, "instructional": tuple(sorted(set(document.instructional)))}
    return Calendar(
        name=document.calendar,
        version=canonical.version(document.model_copy(update=in_order)),
        first=document.coverage.from_,
        last=document.coverage.through,
        school_days=tuple(sorted(day for day, event in document.days.items() if event in document.instructional)),
        business_days=business_days,
        events=MappingProxyType(dict(document.days)),
    )


def _check_coverage(source: Source, findings: Findings, document: CalendarDocument) -> None:
    """The coverage must have days, and every date must lie in it."""
    coverage = document.coverage
    if coverage.through < coverage.from_:
        message = "The coverage ends before it begins."
        findings.error(source.value(("coverage", "through")), ("coverage", "through"), "empty-period", message)
        return

    def check(day: date, place: Place, *, key: bool) -> None:
        if not coverage.from_ <= day <= coverage.through:
            position = source.key(place) if key else source.value(place)
            message = f"{day} lies outside the coverage, {coverage.from_} through {coverage.through}."
            findings.error(position, place, "outside-coverage", message, "Mend the date, or widen the coverage.")

    for day in document.days:
        check(day, ("days", day.isoformat()), key=True)
    for position, day in enumerate(document.business_days or ()):
        check(day, ("business_days", position), key=False)


def _check_business_days(source: Source, findings: Findings, document: CalendarDocument) -> None:
    seen: set[date] = set()
    for position, day in enumerate(document.business_days or ()):
        if day in seen:
            place = ("business_days", position)
            findings.error(source.value(place), place, "duplicate-day", f"{day} comes twice.", "Remove one of them.")
        seen.add(day)


def _check_instructional(source: Source, findings: Findings, document: CalendarDocument) -> None:
    """School days that are counted and never come are an oversight."""
    there = set(document.days.values())
    for position, event in enumerate(document.instructional):
        if event not in there:
            place: Place = ("instructional", position) if "instructional" in document.model_fields_set else ("days",)
            message = f"No day is a `{event}`, which is what school days are here."
            findings.warning(
                source.value(place), place, "no-such-day", message, "Name its event types: `instructional`."
            )
