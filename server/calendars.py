"""Which calendar a case is counted in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from engine.calendars import Calendar
from engine.errors import RollbookError, Violation
from engine.library import Library
from engine.loading import ReadRuleset
from rollbook.v1.decision_pb2 import Case
from server.errors import RefusalError
from server.requests import invalid

__all__ = ["calendar_of", "calendars_of", "named_calendar"]

_FIELD: Final = "case.calendar"
_EXPECTED: Final = "calendars/{calendar} in lower-case letters, digits and hyphens"
_NEEDED: Final = "calendars/{calendar}, the name of a calendar that is served"
_NAME: Final = re.compile(r"(?:calendars/)?([a-z0-9]+(?:-[a-z0-9]+)*)")
_LONGEST: Final = 200


def calendars_of(case: Case, library: Library, rulesets: Sequence[ReadRuleset]) -> Sequence[Calendar | None]:
    """What each of `rulesets` counts the school days of `case` in: the calendar that the case names, else its own.

    Empty when the case names none and none is needed.

    Raises:
        RefusalError: REQUEST_INVALID when the name is none, or a ruleset needs a calendar and there is none for it;
            UNKNOWN_CALENDAR when there is no good calendar of the name.
    """
    if name := case.calendar:
        return [named_calendar(name, library, _FIELD)] * len(rulesets)
    for ruleset in rulesets:
        if ruleset.needs_calendar:
            return [_own(each, library, _FIELD) for each in rulesets]
    return ()


def calendar_of(name: str, library: Library, ruleset: ReadRuleset, field: str) -> Calendar | None:
    """What `ruleset` counts the school days of a roster in: the calendar `name`, its own where that is empty.

    None when it counts none and no calendar is named. `field` is where the request names it.

    Raises:
        RefusalError: as `calendars_of`.
    """
    return named_calendar(name, library, field) if name else _own(ruleset, library, field)


def named_calendar(name: str, library: Library, field: str) -> Calendar:
    """The calendar that the request names at `field`.

    Raises:
        RefusalError: REQUEST_INVALID when the name is none; UNKNOWN_CALENDAR when there is no good calendar of it.
    """
    found = _NAME.fullmatch(name) if len(name) <= _LONGEST else None
    if found is None:
        invalid((Violation(field, _EXPECTED, "This is no name of a calendar."),))
    try:
        return library.calendar(found[1])
    except RollbookError as error:
        violations = (Violation(field, "a calendar that is served", error.message),)
        raise RefusalError(error.reason.value, error.message, violations) from None


def _own(ruleset: ReadRuleset, library: Library, field: str) -> Calendar | None:
    try:
        own = library.default_calendar(ruleset)
    except RollbookError as error:
        message = f"The ruleset's own calendar cannot be used: {error.message[0].lower()}{error.message[1:]}"
        violations = (Violation(field, "a calendar that is served", message),)
        raise RefusalError(error.reason.value, message, violations, metadata=_about(ruleset)) from None
    if own is None and ruleset.needs_calendar:
        who = field.partition(".")[0]
        message = f"The ruleset counts school or business days; neither the {who} nor the ruleset names a calendar."
        violations = (Violation(field, _NEEDED, "Name a calendar here; on the command line it is --calendar."),)
        raise RefusalError("REQUEST_INVALID", message, violations, metadata=_about(ruleset))
    return own


def _about(ruleset: ReadRuleset) -> dict[str, str]:
    return {"ruleset": f"rulesets/{ruleset.checked.document.ruleset}"}
