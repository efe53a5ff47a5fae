"""The one place where what went wrong becomes text on a terminal, and an exit code.

Exit codes of every command: 0 it worked, also when a decision is indeterminate; 1 something was refused or failed:
facts, a ruleset, a scenario, the server; 2 the command line itself was wrong; 3 it worked, but for rows of a roster
that were rejected; 130 it was interrupted.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from clients.rosters.errors import RosterFileError
from clients.spark.errors import SparkJobError

__all__ = ["Exit", "Failure", "FailureError", "failure_of"]


class Exit(IntEnum):
    """How a command ends."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REJECTS = 3
    INTERRUPTED = 130


class FailureError(Exception):
    """A command cannot go on; the text says why, `remedy` what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Failure:
    """What to tell: a sentence, places with what is wrong there, what to do, and what else is to be known."""

    message: str
    places: tuple[str, ...] = ()
    remedy: str = ""
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterable[str]:
        """The text, line by line."""
        yield f"rollbook: {self.message}"
        yield from (f"  {place}" for place in self.places)
        if self.remedy:
            yield self.remedy
        yield from self.notes


_REMEDIES: Final[Mapping[str, str]] = {
    "FACT_INVALID": "`rollbook show RULESET` lists the facts, and with --template writes a file of them to fill in.",
    "UNKNOWN_RULESET": "`rollbook rulesets` lists those that there are.",
    "RULESET_INVALID": "`rollbook check` says what is wrong with it.",
    "UNKNOWN_VERSION": "`rollbook version list` lists those that there are.",
    "UNKNOWN_DECISION": "`rollbook log list` lists those that there are.",
    "UNKNOWN_CALENDAR": "Calendars are files calendars/NAME.yaml beside the districts; `rollbook check` checks them.",
    "NOT_IN_FORCE": "`rollbook show RULESET` says from when to when it is in force; --rules-as-of names another date.",
}
_NO_SERVER: Final = "Is a server running there? `rollbook serve` starts one."


def failure_of(error: Exception) -> Failure:
    """What to tell about `error`; anything that is not one of our own exceptions is a fault of Rollbook itself.

    What a command noted on it (`add_note`) is told too.
    """
    return replace(_failure(error), notes=tuple(getattr(error, "__notes__", ())))


def _failure(error: Exception) -> Failure:
    if isinstance(error, FailureError):
        return Failure(error.message, (), error.remedy)
    if isinstance(error, RosterFileError | SparkJobError):
        return Failure(error.message, (), error.remedy)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return Failure(f"{where}{error.strerror or error}")
    return _of_the_service(error) or _of_the_engine(error) or _fault(error)


def _of_the_service(error: Exception) -> Failure | None:
    """A refusal, by a server or in this process."""
    import rollbook

    if not isinstance(error, rollbook.RollbookError):
        return None
    if not error.reason:
        return _of_the_transport(error)
    places = tuple(f"{place.path}: {place.expected}" for place in error.violations)
    remedy = _REMEDIES.get(error.reason, "")
    if error.retry_after is not None:
        remedy = f"Try again in {error.retry_after.total_seconds():g} seconds."
    if incident := error.metadata.get("incident"):
        remedy = f"The server's log tells more about incident {incident}."
    about = error.metadata.get("ruleset", "").removeprefix("rulesets/")
    return Failure(": ".join(filter(None, (error.reason, about, error.message))), places, remedy)


def _of_the_transport(error: Exception) -> Failure:
    """No answer, or not one of Rollbook's."""
    import rollbook

    match error:
        case rollbook.UnavailableError():
            return Failure("the server cannot be reached.", tuple(filter(None, (error.message,))), _NO_SERVER)
        case rollbook.DeadlineExceededError():
            return Failure("the server did not answer in time.", (), _NO_SERVER)
        case rollbook.NotServedError():
            return Failure("what answers there is no Rollbook server, or an older one.")
        case _:
            return Failure(str(error))


def _of_the_engine(error: Exception) -> Failure | None:
    """A ruleset or a file of scenarios that cannot be used, or other work that the engine refuses."""
    from engine.errors import RollbookError, RulesetError

    match error:
        case RulesetError():
            problems = tuple(str(problem) for problem in error.problems)
            return Failure(f"{error.reason}: {error.message}", problems)
        case RollbookError():
            places = tuple(f"{place.path}: {place.message}" for place in error.violations)
            return Failure(f"{error.reason}: {error.message}", places, error.remedy or _REMEDIES.get(error.reason, ""))
        case _:
            return None


def _fault(error: Exception) -> Failure:
    """By its type and place only: its text may quote a fact."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {'/'.join(frames[-1].filename.split('/')[-2:])}:{frames[-1].lineno}" if frames else ""
    return Failure(
        f"a fault of Rollbook itself ({type(error).__name__}{where}).",
        (),
        "`rollbook --traceback …` shows more; it may show facts too.",
    )
