"""What travels from the driver to the executors: the documents that decide, their versions, and the question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engine.rosters import RosterSettings
from engine.rosters.model import Detail

if TYPE_CHECKING:  # executors do without what chooses
    from clients.rosters.choosing import Chosen

__all__ = ["Documents", "Task", "documents_of", "task_of"]


@dataclass(frozen=True, slots=True)
class Documents:
    """A version of a ruleset as text; executors have no folder of rulesets.

    Attributes:
        id, text, version: the ruleset.
        built_on: id, text and version of each ruleset that it builds on, directly or through others.
        calendar: name, text and version of the calendar that it counts days in; None when it counts none.
        rollbook: the version of Rollbook on the driver.
    """

    id: str
    text: str
    version: str
    built_on: tuple[tuple[str, str, str], ...]
    calendar: tuple[str, str, str] | None
    rollbook: str


@dataclass(frozen=True, slots=True)
class Task:
    """What executors do with every batch. Travels with the function that Spark calls.

    Attributes:
        documents: what decides.
        settings: what each query may use of an executor; what does not fit goes to the executor's own scratch folder.
        columns: the names of the columns, in their order; on their way they have others, because Spark takes a name
            with a point for a path.
        ids: the id columns.
        numbers: the column of the row numbers.
        as_of, rules_as_of, absent_is_none, detail: the question.
    """

    documents: Documents
    settings: RosterSettings
    columns: tuple[str, ...]
    ids: tuple[str, ...]
    numbers: str
    as_of: date
    rules_as_of: date | None
    absent_is_none: bool
    detail: Detail


def documents_of(chosen: Chosen) -> Documents:
    """The documents of a ruleset that was chosen."""
    loaded, calendar = chosen.loaded, chosen.question.calendar
    versions = loaded.checked.built_on
    return Documents(
        loaded.checked.document.ruleset,
        loaded.text,
        loaded.checked.version,
        tuple((id_, loaded.built_on[id_], versions[id_]) for id_ in sorted(versions)),
        None if calendar is None or chosen.calendar is None else (calendar.name, chosen.calendar, calendar.version),
        chosen.asked.engine,
    )


def task_of(
    chosen: Chosen, settings: RosterSettings, columns: tuple[str, ...], ids: tuple[str, ...], numbers: str
) -> Task:
    """What executors are to do."""
    question = chosen.question
    return Task(
        documents_of(chosen),
        settings,
        columns,
        ids,
        numbers,
        question.as_of,
        question.rules_as_of,
        question.absent_is_none,
        question.detail,
    )
