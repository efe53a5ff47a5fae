"""A folder of rulesets, read as a whole: those that can decide, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from engine.calendars import Calendar
from engine.calendars.folder import NO_CALENDARS, Calendars, read_calendars
from engine.cases import CaseEngine
from engine.errors import Reason, RollbookError, RulesetError
from engine.inference import Inference
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.problems import Problem
from engine.rulesets.reading import read_file

__all__ = ["Library", "LoadedRuleset"]

_RULESET_FILES: Final = "*/*/ruleset.yaml"
_SCENARIOS: Final = "scenarios.yaml"


@dataclass(frozen=True, slots=True)
class LoadedRuleset:
    """A ruleset that decides.

    Attributes:
        checked: what its document says, with names bound and types checked.
        engine: decides cases by it.
        text: the document as it was read, YAML.
        path: the file that it was read from.
        scenarios: the file of its scenarios, or None where there is none.
        warnings: what somebody should look at.
        built_on: the documents of the rulesets that it builds on, directly or through others, by id.
    """

    checked: CheckedRuleset
    engine: CaseEngine
    text: str
    path: Path
    scenarios: Path | None
    warnings: tuple[Problem, ...] = ()
    built_on: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Library:
    """What a folder of rulesets held when it was read; never changes.

    Attributes:
        rulesets: those that decide, by id (`lausd/grade-marking`), in the order of the ids.
        broken: what is wrong with those whose file cannot be used, by id. One that stands in `rulesets` too decides as
            it was before its file was broken.
        calendars: what school days are counted in, and what is wrong with calendars, by name.
    """

    rulesets: Mapping[str, LoadedRuleset]
    broken: Mapping[str, tuple[Problem, ...]]
    calendars: Calendars = NO_CALENDARS

    @staticmethod
    def load(
        folder: Path,
        inference: Inference | None = None,
        *,
        previous: Library | None = None,
        only: Collection[str] | None = None,
    ) -> Library:
        """Reads every `<district>/<name>/ruleset.yaml` and every `calendars/<name>.yaml` below `folder`.

        Args:
            folder: where to look; one that does not exist holds nothing.
            inference: the thread that durable-rules runs in; one that serves is shared by every load of a process.
            only: the ids of those to read, for who needs no others; all when None.
            previous: what was read before. A ruleset whose version is unchanged, and those of what it builds on, keeps
                its engine, so that no network is built anew; one that is broken now goes on deciding as it did.

        Returns:
            The whole library. A ruleset or calendar that is broken stands in the way of no other.
        """
        inference = Inference() if inference is None else inference
        before: Mapping[str, LoadedRuleset] = {} if previous is None else previous.rulesets
        neighbours = Neighbours(folder)
        rulesets: dict[str, LoadedRuleset] = {}
        broken: dict[str, tuple[Problem, ...]] = {}
        for path in sorted(folder.glob(_RULESET_FILES)):
            id_ = f"{path.parent.parent.name}/{path.parent.name}"
            if only is not None and id_ not in only:
                continue
            try:
                rulesets[id_] = _loaded(path, id_, neighbours, inference, before.get(id_))
            except RulesetError as error:
                broken[id_] = error.problems
                if id_ in before:
                    rulesets[id_] = before[id_]
        calendars = read_calendars(folder, NO_CALENDARS if previous is None else previous.calendars)
        return Library(MappingProxyType(rulesets), MappingProxyType(broken), calendars)

    def get(self, id_: str) -> LoadedRuleset:
        """The ruleset of that id.

        Raises:
            RollbookError: UNKNOWN_RULESET when there is none; RULESET_INVALID when it has errors and no good version of
                it was read before.
        """
        if (found := self.rulesets.get(id_)) is not None:
            return found
        if id_ in self.broken:
            raise RulesetError(self.broken[id_], "The ruleset has errors and cannot decide.")
        raise RollbookError(Reason.UNKNOWN_RULESET, "There is no ruleset of that name.")

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name.

        Raises:
            RollbookError: UNKNOWN_CALENDAR when there is none, or it has errors and no good version was read before.
        """
        if (found := self.calendars.loaded.get(name)) is not None:
            return found.calendar
        if name in self.calendars.broken:
            raise RollbookError(Reason.UNKNOWN_CALENDAR, "The calendar has errors, and nothing can be counted in it.")
        raise RollbookError(Reason.UNKNOWN_CALENDAR, "There is no calendar of that name.")

    def default_calendar(self, ruleset: LoadedRuleset) -> Calendar | None:
        """What a ruleset counts in where the case names no calendar; None when it names none, or counts no such days.

        Raises:
            RollbookError: UNKNOWN_CALENDAR, as `calendar`.
        """
        name = ruleset.checked.document.calendar
        return self.calendar(name) if name is not None and ruleset.engine.needs_calendar else None


def _loaded(
    path: Path, id_: str, neighbours: Neighbours, inference: Inference, before: LoadedRuleset | None
) -> LoadedRuleset:
    """The ruleset in the file `path`, whose folders say that it is `id_`.

    Raises:
        RulesetError: when it has errors.
    """
    file = f"{id_}/{path.name}"
    text = _read(path, file)
    checked, problems = neighbours.check(id_, text, file)
    if checked is None:
        raise RulesetError(problems)
    if checked.document.ruleset != id_:
        message = f"The ruleset calls itself {checked.document.ruleset}, but its folder is {id_}."
        raise _refused(id_, "name-differs", message, f"Write `ruleset: {id_}`, or rename the folder.")
    kept = before is not None and _versions(before.checked) == _versions(checked)
    engine = before.engine if before is not None and kept else _engine(checked, id_, inference)
    scenarios = path.with_name(_SCENARIOS)
    warnings = tuple(problem for problem in problems if problem.severity == "warning")
    built_on = MappingProxyType({other: neighbours.text(other) for other in checked.built_on})
    return LoadedRuleset(checked, engine, text, path, scenarios if scenarios.is_file() else None, warnings, built_on)


def _versions(checked: CheckedRuleset) -> tuple[object, ...]:
    """Its version, and those of the rulesets that it builds on."""
    return (checked.version, *sorted(checked.built_on.items()))


def _engine(checked: CheckedRuleset, id_: str, inference: Inference) -> CaseEngine:
    try:
        return CaseEngine.build(checked, inference)
    except Exception as error:
        message = f"The ruleset has no errors, but cannot be made ready: a fault of Rollbook ({type(error).__name__})."
        raise _refused(id_, "fault", message, "Please report it, with the ruleset.") from error


def _read(path: Path, file: str) -> str:
    """The text of the file, which problems name as `file`: where the folder stands is nobody's business."""
    try:
        return read_file(path)
    except RulesetError as error:
        raise RulesetError(tuple(replace(problem, file=file) for problem in error.problems)) from None


def _refused(id_: str, code: str, message: str, remedy: str) -> RulesetError:
    return RulesetError((Problem("error", f"{id_}/ruleset.yaml", 1, 1, "ruleset", code, message, remedy),))
