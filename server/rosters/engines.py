"""The roster engines of a child process, made from documents and kept for the next roster."""

from __future__ import annotations

from typing import Final

from engine.calendars import Calendar
from engine.calendars.loading import check_calendar
from engine.cases import CaseEngine
from engine.errors import Reason, RollbookError
from engine.inference import Inference
from engine.rosters import Question, RosterEngine, RosterSettings
from engine.rulesets.binding.workbench import NotUsable
from engine.rulesets.calendar_use import calendars_read, needs_calendar
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text
from rollbook.v1 import decision_pb2, roster_pb2
from server.errors import RefusalError
from server.replies import DecisionWriter
from server.rosters.assignment import Assignment, Ruled

__all__ = ["Engines", "question_of", "versions_of"]

_CALENDAR_FILE: Final = "calendar.yaml"


class Engines:
    """The engines that this process has made, by version."""

    def __init__(self) -> None:
        self._inference = Inference()
        self._made: dict[tuple[object, ...], RosterEngine] = {}

    def of(self, ruled: Ruled, assignment: Assignment) -> RosterEngine:
        """The engine of a ruleset.

        Raises:
            RefusalError: RULESET_INVALID when its document has errors, or is not the version that it should be.
        """
        settings = RosterSettings(assignment.memory_limit, assignment.threads, assignment.spill_folder)
        key = (ruled.text, tuple(sorted(ruled.others.items())), settings)
        made = self._made.get(key)
        if made is None:
            checked = _checked(ruled)
            made = self._made[key] = RosterEngine.build(CaseEngine.build(checked, self._inference), settings)
        return made


def question_of(ruled: Ruled, assignment: Assignment, ruleset: CheckedRuleset) -> Question:
    """What is asked of every case.

    Raises:
        RollbookError: REQUEST_INVALID when the ruleset needs a calendar and there is none.
    """
    question = Question(
        as_of=assignment.as_of,
        rules_as_of=ruled.rules_as_of,
        absent_is_none=assignment.absent_is_none,
        calendar=_calendar(ruled, ruleset),
        detail="outcomes" if assignment.detail == roster_pb2.ROSTER_DETAIL_OUTCOMES else "decisions",
    )
    calendars_read(question.calendar, needed=needs_calendar(ruleset))
    return question


def versions_of(ruled: Ruled, ruleset: CheckedRuleset, question: Question) -> decision_pb2.Versions:
    """Everything that the decisions by `ruled`, read as `ruleset`, rest on besides the facts."""
    calendars = calendars_read(question.calendar, needed=needs_calendar(ruleset))
    return DecisionWriter(ruleset, ruled.source).versions(calendars, ruleset.built_on)


def _checked(ruled: Ruled) -> CheckedRuleset:
    def find(id_: str) -> CheckedRuleset | NotUsable:
        if (text := ruled.others.get(id_)) is None:
            return NotUsable("there is no such ruleset.")
        found, _ = check_text(text, f"{id_}/ruleset.yaml", find)
        return found or NotUsable("it has errors of its own.")

    checked, problems = check_text(ruled.text, "ruleset.yaml", find)
    if checked is None:
        message = "The ruleset has errors."
        metadata = {"ruleset": f"rulesets/{ruled.id}"} if ruled.id else {}
        raise RefusalError("RULESET_INVALID", message, metadata=metadata)
    if ruled.version and checked.version != ruled.version:
        raise RollbookError(Reason.INTERNAL, "The document is not that of the version.")
    del problems  # whoever sent the document has seen them
    return checked


def _calendar(ruled: Ruled, ruleset: CheckedRuleset) -> Calendar | None:
    text = ruled.calendar
    if text is None and not ruled.id and (own := ruleset.document.calendar) is not None:
        text = ruled.calendars.get(own)
    return None if text is None else check_calendar(text, _CALENDAR_FILE)[0]
