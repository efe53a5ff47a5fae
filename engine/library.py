"""Rulesets and calendars, read as a whole: those that can decide, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from engine.calendars import Calendar
from engine.calendars.folder import NO_CALENDARS, Calendars, read_calendars
from engine.documents import Documents, documents_in
from engine.errors import Reason, RollbookError, RulesetError
from engine.inference import Inference
from engine.loading import LoadedRuleset, ReadRuleset, load_read, read_ruleset, same_versions
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.problems import Problem

__all__ = ["Library", "LoadedRuleset"]


@dataclass(frozen=True, slots=True)
class Library:
    """What a folder of rulesets held when it was read, or what else has been read together; never changes.

    Attributes:
        rulesets: those that decide, by id (`lausd/grade-marking`), in the order of the ids.
        broken: what is wrong with those whose document cannot be used, by id. One that stands in `rulesets` too decides
            as it was before its document was broken.
        calendars: what school days are counted in, and what is wrong with calendars, by name.
    """

    rulesets: Mapping[str, LoadedRuleset]
    broken: Mapping[str, tuple[Problem, ...]]
    calendars: Calendars = NO_CALENDARS

    @staticmethod
    def load(
        place: Path | Documents,
        inference: Inference | None = None,
        *,
        previous: Library | None = None,
        only: Collection[str] | None = None,
    ) -> Library:
        """Reads every ruleset and every calendar.

        Args:
            place: the folder where to look, or documents however they are kept.
            inference: the thread that durable-rules runs in; one that serves is shared by every load of a process.
            only: the ids of those to read, for who needs no others; all when None.
            previous: what was read before. A ruleset whose version is unchanged, and those of what it builds on, keeps
                its engine, so that no network is built anew; one that is broken now goes on deciding as it did.

        Returns:
            The whole library. A ruleset or calendar that is broken stands in the way of no other.
        """
        documents = documents_in(place)
        inference = Inference() if inference is None else inference
        before: Mapping[str, LoadedRuleset] = {} if previous is None else previous.rulesets
        neighbours = Neighbours(documents)
        rulesets: dict[str, LoadedRuleset] = {}
        broken: dict[str, tuple[Problem, ...]] = {}
        for id_ in documents.rulesets():
            if only is not None and id_ not in only:
                continue
            try:
                if (read := read_ruleset(id_, documents, neighbours)) is not None:
                    kept = before.get(id_)
                    same = kept is not None and same_versions(kept.checked, read.checked)
                    rulesets[id_] = load_read(read, inference, kept.engine if same and kept is not None else None)
            except RulesetError as error:
                broken[id_] = error.problems
                if id_ in before:
                    rulesets[id_] = before[id_]
        calendars = read_calendars(documents, NO_CALENDARS if previous is None else previous.calendars)
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

    def default_calendar(self, ruleset: ReadRuleset) -> Calendar | None:
        """What a ruleset counts in where the case names no calendar; None when it names none, or counts no such days.

        Raises:
            RollbookError: UNKNOWN_CALENDAR, as `calendar`.
        """
        name = ruleset.checked.document.calendar
        return self.calendar(name) if name is not None and ruleset.needs_calendar else None
