"""The calendars of a folder of rulesets: `calendars/<name>.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from engine.calendars.calendar import Calendar
from engine.calendars.loading import check_calendar
from engine.errors import RulesetError
from engine.rulesets.problems import Problem
from engine.rulesets.reading import read_file

__all__ = ["FOLDER", "NO_CALENDARS", "Calendars", "LoadedCalendar", "read_calendars"]

FOLDER: Final = "calendars"
"""The folder, beside those of the districts."""


@dataclass(frozen=True, slots=True)
class LoadedCalendar:
    """A calendar that can be counted in, the text it was read from, and what somebody should look at."""

    calendar: Calendar
    text: str
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendars of a folder when it was read; never changes.

    Attributes:
        loaded: those that can be counted in, by name.
        broken: what is wrong with those whose file cannot be used, by name. One that stands in `loaded` too goes on as
            it was before its file was broken.
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
"""Those of a folder that has none."""


def read_calendars(folder: Path, previous: Calendars = NO_CALENDARS) -> Calendars:
    """Reads every `calendars/<name>.yaml` below `folder`.

    Args:
        folder: the folder of rulesets; one that does not exist holds nothing.
        previous: what was read before. A calendar whose file is broken now goes on as it was.
    """
    loaded: dict[str, LoadedCalendar] = {}
    broken: dict[str, tuple[Problem, ...]] = {}
    for path in sorted(folder.glob(f"{FOLDER}/*.yaml")):
        name, before = path.stem, previous.loaded.get(path.stem)
        try:
            loaded[name] = _loaded(path, before)
        except RulesetError as error:
            broken[name] = error.problems
            if before is not None:
                loaded[name] = before
    return Calendars(MappingProxyType(loaded), MappingProxyType(broken))


def _loaded(path: Path, before: LoadedCalendar | None) -> LoadedCalendar:
    """The calendar in the file `path`.

    Raises:
        RulesetError: when it has errors; problems name the file as it stands in the folder.
    """
    file = f"{FOLDER}/{path.name}"
    try:
        text = read_file(path)
    except RulesetError as error:
        raise RulesetError(tuple(replace(problem, file=file) for problem in error.problems)) from None
    if before is not None and before.text == text:
        return before
    calendar, problems = check_calendar(text, file, named=path.stem)
    if calendar is None:
        raise RulesetError(problems, "The calendar has errors.")
    return LoadedCalendar(calendar, text, problems)
