"""Decides a roster in this process, by the rulesets of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa

from clients.rosters.deciding import Answer, Asked, Prepared
from engine.calendars import Calendar
from engine.errors import RollbookError, RulesetError
from engine.library import LoadedRuleset
from engine.rosters import Decided, Question, RosterEngine, RosterSettings
from engine.rosters.columns import case_schema
from engine.rosters.conforming import conform, from_documents
from engine.rosters.model import Detail
from rollbook.errors import from_status
from rollbook.v1.decision_pb2 import Case
from server.calendars import calendars_of
from server.catalogue import Catalogue, Snapshot
from server.config import Settings
from server.errors import RefusalError, status_of
from server.logs import configure_logs
from server.metrics import Metrics
from server.replies import ENGINE_VERSION

__all__ = ["LocalDecider", "local_decider"]


class LocalDecider:
    """The roster engine of one ruleset, asked one question.

    Attributes:
        asked: what is asked, with the versions that decide.
        facts: the names of the columns of facts, at the top.
        one_by_one: why cases are decided one by one; empty when they are decided all at once.
    """

    def __init__(self, loaded: LoadedRuleset, question: Question, settings: RosterSettings) -> None:
        self._engine = RosterEngine.build(loaded.engine, settings)
        self._question = question
        checked = loaded.checked
        self._declared = checked.facts
        self.one_by_one = tuple(str(construct) for construct in self._engine.uncovered)
        self.facts = frozenset(case_schema(checked.facts).names)
        calendar = question.calendar if loaded.engine.needs_calendar else None
        self.asked = Asked(
            checked.document.ruleset,
            checked.version,
            question.as_of,
            question.rules_as_of or question.as_of,
            question.absent_is_none,
            {} if calendar is None else {calendar.name: calendar.version},
            {part.document.ruleset: part.version for part in checked.borrowed.values()},
            ENGINE_VERSION,
            question.detail,
        )

    def decide(self, chunks: Iterable[Prepared]) -> Iterator[Answer]:
        """The answer to each chunk, in their order."""
        for chunk in chunks:
            yield chunk.answered(self._decided(chunk))

    def _decided(self, chunk: Prepared) -> Decided:
        cases = chunk.cases
        if isinstance(cases, pa.RecordBatch):
            conformed = conform(cases, self._declared, first_row=0)
        else:
            conformed = from_documents(cases, self._declared, first_row=0)
        decided = self._engine.decide(conformed.cases, self._question, rows=conformed.rows)
        if not conformed.rejects:
            return decided
        return Decided(decided.decisions, (*conformed.rejects, *decided.rejects))


@contextmanager
def local_decider(
    folder: Path,
    ruleset: str,
    *,
    as_of: date,
    rules_as_of: date | None = None,
    absent_is_none: bool = False,
    calendar: str = "",
    detail: Detail = "decisions",
    settings: RosterSettings | None = None,
) -> Iterator[LocalDecider]:
    """What decides rosters by the ruleset `ruleset` of the folder `folder`; the words are those of `rollbook decide`.

    Raises:
        RollbookError (of the SDK): as a server refuses it: no such ruleset, none in force, no such calendar.
        RulesetError: when the ruleset has errors.
    """
    configure_logs("text", "critical")  # what is wrong is told as a refusal
    id_ = ruleset.removeprefix("rulesets/")
    catalogue = Catalogue(folder, Metrics(), settle_seconds=Settings(rulesets=folder).reload_settle_seconds, only=[id_])
    try:
        snapshot = catalogue.read()
        if problems := snapshot.library.broken.get(id_):
            raise RulesetError(problems)
        try:
            loaded = snapshot.in_force(id_, rules_as_of or as_of).loaded
            counted_in = _calendar(snapshot, loaded, calendar)
        except (RefusalError, RollbookError) as error:
            raise from_status(status_of(error)) from None
        question = Question(as_of, rules_as_of, absent_is_none, counted_in, detail)
        yield LocalDecider(loaded, question, settings or RosterSettings())
    finally:
        catalogue.stop()


def _calendar(snapshot: Snapshot, loaded: LoadedRuleset, name: str) -> Calendar | None:
    """What the ruleset counts school days in: the calendar of that name, else its own."""
    found = calendars_of(Case(calendar=name), snapshot.library, [loaded])
    return found[0] if found else None
