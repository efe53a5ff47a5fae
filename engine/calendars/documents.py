"""A calendar as it is written: `rulesets/calendars/<name>.yaml`. Every school day is a date; weekdays say nothing."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.rulesets.documents import Authority
from engine.rulesets.fact_documents import DocumentPart
from engine.rulesets.scalars import Day, Id, Prose

__all__ = ["INSTRUCTIONAL", "CalendarDocument", "Coverage"]

INSTRUCTIONAL = "instructional-day"
"""The event type of school days, where a calendar names no others."""


class Coverage(DocumentPart):
    """The days of which the calendar says everything: one that it does not list is no school day."""

    from_: Day = Field(alias="from")
    """The first day."""
    through: Day
    """The last day, included."""


class CalendarDocument(DocumentPart):
    """A calendar, over one school year or several, summers included."""

    calendar: Id
    """Its name, and that of its file: `westlake`."""
    title: Prose
    """What it is called."""
    authority: Authority | None = None
    """The text that it was taken from."""
    coverage: Coverage
    """From when through when it says everything. A count that would look at another day is unknown."""
    instructional: Annotated[tuple[Id, ...], Field(min_length=1)] = (INSTRUCTIONAL,)
    """The event types that make a day a school day."""
    days: dict[Day, Id]
    """What a day is, by its date: every school day, and holidays and the like where they are known."""
    business_days: Annotated[tuple[Day, ...], Field(min_length=1)] | None = None
    """The business days; left out where they are not known, and counts of them are unknown then."""
