"""The calendars beside rulesets, read together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from engine.calendars.calendar import Calendar
from engine.calendars.loading import check_calendar
from engine.documents import CALENDARS, Documents, documents_in
from engine.errors import RulesetError
from engine.rulesets.problems import Problem

__all__ = ["NO_CALENDARS", "Calendars", "LoadedCalendar", "read_calendar", "read_calendars"]


@dataclass(frozen=True, slots=True)
class LoadedCalendar:
    """A calendar that can be counted in, the text it was read from, and what somebody should look at."""

    calendar: Calendar
    text: str
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendars of a folder when it was read, or what else has been read together; never changes.

    Attributes:
        loaded: those that can be counted in, by name.
        broken: what is wrong with those whose document cannot be used, by name. One that stands in `loaded` too goes on
            as it was before its document was broken.
    """

    loaded: Mapping[str, LoadedCalendar]
    broken: Mapping[str, tuple[Problem, ...]]

    @property
    def by_name(self) -> Mapping[str, Calendar]:
        """The calendars themselves."""
        return {name: loaded.calendar for name, loaded in self.loaded.items()}

    @property
    def versions(self) -> Mapping[str, str]:
        """Their versions, by name."""
        return {name: loaded.calendar.version for name, loaded in self.loaded.items()}


NO_CALENDARS: Final = Calendars(MappingProxyType({}), MappingProxyType({}))
"""None at all."""


def read_calendars(place: Path | Documents, previous: Calendars = NO_CALENDARS) -> Calendars:
    """Reads every calendar of a folder, or of documents however they are kept.

    Args:
        place: the folder of rulesets, in which calendars are `calendars/<name>.yaml`, or the documents.
        previous: what was read before. A calendar whose document is broken now goes on as it was.
    """
    documents = documents_in(place)
    loaded: dict[str, LoadedCalendar] = {}
    broken: dict[str, tuple[Problem, ...]] = {}
    for name in documents.calendars():
        before = previous.loaded.get(name)
        try:
            if (text := documents.calendar(name)) is not None:
                loaded[name] = before if before is not None and before.text == text else read_calendar(name, text)
        except RulesetError as error:
            broken[name] = error.problems
            if before is not None:
                loaded[name] = before
    return Calendars(MappingProxyType(loaded), MappingProxyType(broken))


def read_calendar(name: str, text: str) -> LoadedCalendar:
    """The calendar `name` that `text` is.

    Raises:
        RulesetError: when it has errors.
    """
    calendar, problems = check_calendar(text, f"{CALENDARS}/{name}.yaml", named=name)
    if calendar is None:
        raise RulesetError(problems, "The calendar has errors.")
    return LoadedCalendar(calendar, text, problems)
