"""Which version of a ruleset decides a roster, and what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from clients.rosters.deciding import Asked
from engine.errors import RollbookError, RulesetError
from engine.library import LoadedRuleset
from engine.rosters import Question
from engine.rosters.model import Detail
from rollbook.errors import from_status
from rollbook.v1.decision_pb2 import Case
from server.calendars import calendars_of
from server.catalogue import Snapshot
from server.catalogues.folder import FolderCatalogue
from server.config import Settings
from server.errors import RefusalError, status_of
from server.logs import configure_logs
from server.metrics import Metrics
from server.replies import ENGINE_VERSION

__all__ = ["Chosen", "chosen"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A ruleset of a folder, with a question that it can answer.

    Attributes:
        loaded: the ruleset.
        question: what it is asked about every case.
        calendar: the document of the calendar that it counts school or business days in; None when it counts none.
    """

    loaded: LoadedRuleset
    question: Question
    calendar: str | None

    @property
    def asked(self) -> Asked:
        """What is asked, with the versions that decide."""
        question, checked = self.question, self.loaded.checked
        counted_in = question.calendar if self.loaded.engine.needs_calendar else None
        return Asked(
            checked.document.ruleset,
            checked.version,
            question.as_of,
            question.rules_as_of or question.as_of,
            question.absent_is_none,
            {} if counted_in is None else {counted_in.name: counted_in.version},
            {part.document.ruleset: part.version for part in checked.borrowed.values()},
            ENGINE_VERSION,
            question.detail,
        )


@contextmanager
def chosen(
    folder: Path,
    ruleset: str,
    *,
    as_of: date,
    rules_as_of: date | None = None,
    absent_is_none: bool = False,
    calendar: str = "",
    detail: Detail = "decisions",
) -> Iterator[Chosen]:
    """The ruleset `ruleset` of the folder `folder`, which decides within the block.

    Raises:
        RollbookError (of the SDK): as a server refuses it: no such ruleset, none in force, no such calendar.
        RulesetError: when the ruleset has errors.
    """
    configure_logs("text", "critical")  # what is wrong is told as a refusal
    id_ = ruleset.removeprefix("rulesets/")
    settle = Settings(rulesets=folder).reload_settle_seconds
    catalogue = FolderCatalogue(folder, Metrics(), settle_seconds=settle, only=[id_])
    try:
        catalogue.read()
        snapshot = catalogue.snapshot()
        if problems := snapshot.library.broken.get(id_):
            raise RulesetError(problems)
        try:
            found = _chosen(snapshot, id_, Question(as_of, rules_as_of, absent_is_none, None, detail), calendar)
        except (RefusalError, RollbookError) as error:
            raise from_status(status_of(error)) from None
        yield found
    finally:
        catalogue.stop()


def _chosen(snapshot: Snapshot, id_: str, question: Question, calendar: str) -> Chosen:
    """The ruleset, counting school days in the calendar of that name, else in its own."""
    loaded = snapshot.in_force(id_, question.rules_as_of or question.as_of).loaded
    calendars = calendars_of(Case(calendar=calendar), snapshot.library, [loaded])
    if not calendars or (counted_in := calendars[0]) is None:
        return Chosen(loaded, question, None)
    text = snapshot.library.calendars.loaded[counted_in.name].text
    return Chosen(loaded, replace(question, calendar=counted_in), text)
