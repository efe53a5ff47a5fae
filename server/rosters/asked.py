"""What the header of a stream asks, checked against what is served, as the assignment of a child process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from google.type.date_pb2 import Date

from engine.errors import Violation
from rollbook.v1.roster_service_pb2 import RosterHeader
from server.calendars import calendar_of
from server.catalogue import Snapshot
from server.catalogues.served import Named
from server.config import Settings
from server.requests import invalid, read_date, ruleset_name, safe_request_id
from server.rosters.assignment import Assignment, Ruled

__all__ = ["check_columns", "check_run_id", "deciding", "ruled", "rules_date"]

_MOST_ID_COLUMNS: Final = 32
_COLUMN: Final = re.compile(r"[^\x00-\x1f]{1,200}")


def deciding(header: RosterHeader, snapshot: Snapshot, settings: Settings) -> tuple[Assignment, Named]:
    """What a child process is to do for DecideRoster, and the ruleset.

    Raises:
        RefusalError: what is wrong with the header, or cannot be served.
    """
    check_run_id(header.run_id)
    as_of = read_date(header.as_of, "header.as_of")
    rules_as_of = rules_date(header, as_of)
    _check_named(header)
    one, served = ruled(header.ruleset, "header.ruleset", snapshot, rules_as_of, header.calendar)
    assignment = Assignment(
        task="decide",
        rulesets=(one,),
        as_of=as_of,
        absent_is_none=header.absent_is_none,
        id_columns=check_columns(header.id_columns),
        max_batch_cases=settings.roster_max_batch_cases,
        max_message_bytes=settings.roster_max_message_bytes,
        max_nesting=settings.max_nesting,
        memory_limit=settings.roster_memory,
        threads=settings.roster_threads,
        detail=header.detail,
        answer_form=header.answer_form,
    )
    return assignment, served


def _check_named(header: RosterHeader) -> None:
    """Whether the columns that say whose a case is are id columns."""
    names = ("case_id_column", "subject_column", "school_column")
    wrong = [
        Violation(f"header.{name}", "one of `id_columns`, or left out", "This is none of the id columns.")
        for name in names
        if getattr(header, name) and getattr(header, name) not in header.id_columns
    ]
    if wrong:
        invalid(wrong)


def rules_date(header: RosterHeader, as_of: date) -> date:
    """The date whose version and parameters are used."""
    return _date(header.rules_as_of, "header.rules_as_of") if header.HasField("rules_as_of") else as_of


def ruled(name: str, field: str, snapshot: Snapshot, rules_as_of: date, calendar: str) -> tuple[Ruled, Named]:
    """A ruleset in force on `rules_as_of`, or the version that is named, with its documents and its calendar.

    Raises:
        RefusalError: REQUEST_INVALID, UNKNOWN_RULESET, UNKNOWN_VERSION, RULESET_INVALID, NOT_IN_FORCE, or
            UNKNOWN_CALENDAR.
    """
    asked = ruleset_name(name, field)
    served: Named
    if asked.version:
        served = snapshot.named(asked.id, asked.version, rules_as_of)
    else:
        served = snapshot.in_force(asked.id, rules_as_of)
    loaded, library = served.loaded, snapshot.on(rules_as_of).library
    days = calendar_of(calendar, library, loaded, "header.calendar")
    text = None if days is None else library.calendars.loaded[days.name].text
    others, version = dict(loaded.built_on), loaded.checked.version
    return Ruled(asked.id, loaded.text, others, version, rules_as_of, text, source=served.source), served


def check_run_id(run_id: str) -> None:
    """Passes where it is one, or empty.

    Raises:
        RefusalError: REQUEST_INVALID.
    """
    if safe_request_id(run_id) != run_id:
        expected = "1 to 64 letters, digits, hyphens or underscores"
        invalid((Violation("header.run_id", expected, "This is no id of a run."),))


def check_columns(names: Sequence[str]) -> tuple[str, ...]:
    """The id columns.

    Raises:
        RefusalError: REQUEST_INVALID for too many, or names that are none or come twice.
    """
    wrong = [
        Violation(f"header.id_columns[{index}]", "the name of a column, once", "This is no name, or it comes twice.")
        for index, name in enumerate(names)
        if _COLUMN.fullmatch(name) is None or name in names[:index]
    ]
    if len(names) > _MOST_ID_COLUMNS:
        wrong = [Violation("header.id_columns", f"at most {_MOST_ID_COLUMNS}", "There are too many id columns.")]
    if wrong:
        invalid(wrong)
    return tuple(names)


def _date(day: Date, field: str) -> date:
    return read_date(day, field)
