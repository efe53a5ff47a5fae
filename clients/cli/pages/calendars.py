"""Calendars on a terminal, and what was made of an export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from clients.cli.pages.words import counted
from engine.calendars.loading import calendar_of

if TYPE_CHECKING:
    from rich.console import Console

    from engine.calendars import Calendar
    from engine.calendars.importing import Imported

__all__ = ["calendar_json", "said_of", "show"]


def show(page: Console, calendar: Calendar) -> None:
    """Prints what a calendar says, its days counted by event type, its school days by month."""
    page.print(Text(calendar.name, style="bold"))
    facts = Table.grid(padding=(0, 2))
    facts.add_row("version", calendar.version)
    facts.add_row("coverage", f"{calendar.first} through {calendar.last}")
    facts.add_row("school days", str(len(calendar.school_days)))
    facts.add_row("business days", str(len(calendar.business_days)) if calendar.business_days else "not said")
    page.print(facts)
    for title, counts in (("event types", _by_type(calendar)), ("school days by month", _by_month(calendar))):
        page.print()
        page.print(Text(title, style="bold"))
        table = Table.grid(padding=(0, 2))
        table.add_column()
        table.add_column(justify="right")
        for name, count in counts.items():
            table.add_row(name, str(count))
        page.print(table)


def calendar_json(calendar: Calendar) -> Mapping[str, Any]:
    """The same for programs, with every day."""
    return {
        "calendar": calendar.name,
        "version": calendar.version,
        "first": calendar.first,
        "last": calendar.last,
        "school_days": calendar.school_days,
        "business_days": calendar.business_days,
        "events": {day.isoformat(): event for day, event in sorted(calendar.events.items())},
    }


def said_of(imported: Imported) -> Iterator[str]:
    """What was taken from an export, and what was not."""
    calendar = calendar_of(imported.document)
    others = len(calendar.events) - len(calendar.school_days)
    school, other = counted(len(calendar.school_days), "school day"), counted(others, "other day")
    yield f"{calendar.name}: {school}, {other}, {calendar.first} through {calendar.last}."
    if imported.passed_over:
        yield f"Passed over: {', '.join(imported.passed_over)}."


def _by_type(calendar: Calendar) -> Mapping[str, int]:
    return dict(sorted(Counter(calendar.events.values()).items()))


def _by_month(calendar: Calendar) -> Mapping[str, int]:
    return Counter(f"{day:%Y-%m}" for day in calendar.school_days)
