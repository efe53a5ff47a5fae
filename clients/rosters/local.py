"""Decides a roster in this process, by the rulesets of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa

from clients.rosters.choosing import Chosen, chosen
from clients.rosters.deciding import Answer, Prepared
from engine.rosters import Decided, RosterEngine, RosterSettings
from engine.rosters.columns import case_schema
from engine.rosters.conforming import conform, from_documents
from engine.rosters.model import Detail

__all__ = ["LocalDecider", "local_decider"]


class LocalDecider:
    """The roster engine of one ruleset, asked one question.

    Attributes:
        asked: what is asked, with the versions that decide.
        facts: the names of the columns of facts, at the top.
        one_by_one: why cases are decided one by one; empty when they are decided all at once.
        run_id, answered: nothing is recorded here.
    """

    def __init__(self, chosen: Chosen, settings: RosterSettings) -> None:
        self._engine = RosterEngine.build(chosen.loaded.engine, settings)
        self._question = chosen.question
        self._declared = chosen.loaded.checked.facts
        self.asked = chosen.asked
        self.one_by_one = tuple(str(construct) for construct in self._engine.uncovered)
        self.run_id = ""
        self.answered = False
        self.facts = frozenset(case_schema(self._declared).names)

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
    with chosen(
        folder, ruleset, as_of=as_of, rules_as_of=rules_as_of, absent_is_none=absent_is_none, calendar=calendar,
        detail=detail,
    ) as found:  # fmt: skip
        yield LocalDecider(found, settings or RosterSettings())
