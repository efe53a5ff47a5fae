"""What of a ruleset has no SQL, by name and position."""

from __future__ import annotations

from datetime import date
from typing import Final

from engine.calendars import Calendar
from engine.cases import CaseEngine
from engine.feel.sql import NotCovered
from engine.rosters.model import Uncovered
from engine.rosters.profile import EVERYTHING
from engine.rosters.program import Asking, program_of

__all__ = ["uncovered"]

_DAY: Final = date(2020, 1, 6)
_CALENDAR: Final = Calendar("any", "0", _DAY, _DAY, (_DAY,), (_DAY,), {})


def uncovered(engine: CaseEngine) -> tuple[Uncovered, ...]:
    """The first construct of the ruleset that SQL cannot say; empty when all of it can.

    Every fact is taken to be missing somewhere, so that what is covered is covered for every roster.
    """
    asking = Asking(_DAY, date.max, _CALENDAR, absent_is_none=False, profile=EVERYTHING)
    try:
        program_of(engine, asking)
    except NotCovered as error:
        line, column = (error.span.line, error.span.column) if error.span else (1, 1)
        message = f"SQL does not cover {error.construct}: rosters are decided case by case, which is slower."
        return (Uncovered(error.where or "ruleset", line, column, error.construct, message),)
    return ()
