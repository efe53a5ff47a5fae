"""The roster engine: a batch of cases in, a batch of decisions out."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa

from engine.cases import CaseEngine
from engine.cases.conclusions import Conclusion
from engine.errors import Reason, RollbookError
from engine.feel.sql import NotCovered
from engine.rosters.assembling import decisions, outcomes
from engine.rosters.columns import case_schema
from engine.rosters.coverage import uncovered
from engine.rosters.model import Decided, Question, RosterSettings
from engine.rosters.one_by_one import decide_one_by_one
from engine.rosters.profile import facts_lent, profile_of
from engine.rosters.program import Asking, Program, program_of
from engine.rosters.queries import Database, Query
from engine.rosters.rows import schema_of
from engine.rosters.uncovered import Uncovered
from engine.rulesets.calendar_use import calendars_read
from engine.rulesets.checked import CheckedRuleset

__all__ = ["RosterEngine"]

_REMEMBERED: Final = 16
"""Queries that are remembered; the one used longest ago is forgotten first."""


class RosterEngine:
    """Decides batches of cases of one version of a ruleset. Safe to be used by many threads.

    A batch is one query. A case that SQL leaves out, because a fact that matters is unknown, is refused or is too
    large, is decided by the case engine, which says why.

    Attributes:
        ruleset: the version.
        settings: what it may use of the machine.
        uncovered: what of the ruleset has no SQL. Where there is any, every case is decided one by one: slower, and the
            same decisions.
    """

    def __init__(self, engine: CaseEngine, settings: RosterSettings, uncovered: tuple[Uncovered, ...]) -> None:
        """Use `build`."""
        self._engine = engine
        self._schema = case_schema(engine.ruleset.facts)
        self._lent = tuple(facts_lent(engine.ruleset))
        self._database = Database(settings)
        self._queries: OrderedDict[Any, Query] = OrderedDict()
        self._lock = Lock()
        self.ruleset: CheckedRuleset = engine.ruleset
        self.settings = settings
        self.uncovered = uncovered

    @classmethod
    def build(cls, engine: CaseEngine, settings: RosterSettings | None = None) -> RosterEngine:
        """The roster engine of the version that `engine` decides."""
        return cls(engine, settings or RosterSettings(), uncovered(engine.ruleset))

    def decide(
        self, cases: pa.RecordBatch, question: Question, *, rows: pa.Array | None = None, first_row: int = 0
    ) -> Decided:
        """The decisions of a batch, in its order.

        Args:
            cases: a batch of cases (`case_schema`), as `conform` gives it.
            question: what is asked of every one.
            rows: their numbers in the roster (int64); None when they follow on from `first_row`.
            first_row: the number of the first case, from 0.

        Returns:
            A row for every case that is decided, and a reject for every other: a case that the ruleset refuses stands
            in the way of no other.

        Raises:
            RollbookError: REQUEST_INVALID when the ruleset needs a calendar and there is none, and for a batch with
                other columns, or columns of other types, than `case_schema`; LIMIT_EXCEEDED when the query takes more
                memory than the settings allow.
        """
        if not cases.schema.equals(self._schema):
            # A column of another type would be misread: a decimal of other places, text of other widths.
            raise _other_columns()
        calendars_read(question.calendar, needed=self._engine.needs_calendar)
        numbers = pa.array(np.arange(first_row, first_row + cases.num_rows)) if rows is None else rows
        if self.uncovered or cases.num_rows < max(self.settings.fewest, 1):
            return decide_one_by_one(self._engine, cases, question, numbers.to_pylist())
        try:
            query = self._query(cases, question)
            found = query.ask(cases)
        except duckdb.OutOfMemoryException:
            raise _too_much_memory() from None
        except duckdb.InterruptException:
            raise
        except (NotCovered, duckdb.Error):
            # What SQL turns out not to do for this very batch is done the other way: never a roster that ends.
            return decide_one_by_one(self._engine, cases, question, numbers.to_pylist())
        left = found.column("left_out").combine_chunks()
        return self._together(query.program, cases, question, numbers, found, np.asarray(left))

    def _together(
        self, program: Program, cases: pa.RecordBatch, question: Question, numbers: pa.Array, found: pa.Table, left: Any
    ) -> Decided:
        """The decisions that the query gives, with those of the cases that it left out among them."""
        if not left.any():
            return Decided(self._assembled(program, question, found, numbers))
        kept = np.flatnonzero(~left)
        others = np.flatnonzero(left)
        by_query = self._assembled(program, question, found.take(pa.array(kept)), numbers.take(pa.array(kept)))
        taken = pa.array(others)
        # Asked with their places in the batch, which tell them apart whatever numbers they have in the roster.
        one_by_one = decide_one_by_one(self._engine, cases.take(taken), question, others.tolist())
        schema = schema_of(question.detail)
        places = one_by_one.decisions.column("row")
        by_case = one_by_one.decisions.set_column(0, schema.field("row"), numbers.take(places))
        both = pa.Table.from_batches([by_query, by_case], schema)
        order = np.argsort(np.concatenate((kept, np.asarray(places))), kind="stable")
        sorted_ = both.take(pa.array(order)).combine_chunks()
        batches = sorted_.to_batches()
        decided = batches[0] if batches else pa.RecordBatch.from_pylist([], schema)
        rejects = tuple(replace(reject, row=numbers[reject.row].as_py()) for reject in one_by_one.rejects)
        return Decided(decided, rejects, len(others))

    def _assembled(self, program: Program, question: Question, found: pa.Table, numbers: pa.Array) -> pa.RecordBatch:
        if question.detail == "outcomes":
            return outcomes(self.ruleset, self._conclude, found, numbers)
        return decisions(self.ruleset, self._conclude, program.said, found, numbers)

    def _conclude(self, pattern: int) -> Conclusion:
        return self._engine.conclusions.of(pattern, 0)

    def _query(self, cases: pa.RecordBatch, question: Question) -> Query:
        """The query for a question, about batches in which the same occurs."""
        profile = profile_of(cases, self.ruleset.facts, question.as_of, self._lent)
        version = question.calendar.version if question.calendar and self._engine.needs_calendar else None
        rules_as_of = question.rules_as_of or question.as_of
        key = (question.as_of, rules_as_of, question.absent_is_none, version, question.detail, profile)
        with self._lock:
            if key in self._queries:
                self._queries.move_to_end(key)
                return self._queries[key]
        asking = Asking(
            question.as_of,
            rules_as_of,
            question.calendar,
            question.absent_is_none,
            profile,
            outcomes_only=question.detail == "outcomes",
        )
        query = self._database.query(program_of(self._engine, asking))
        with self._lock:
            self._queries[key] = query
            if len(self._queries) > _REMEMBERED:
                self._queries.popitem(last=False)
        return query


def _other_columns() -> RollbookError:
    return RollbookError(
        Reason.REQUEST_INVALID,
        "The batch has not the columns of a batch of cases of this ruleset.",
        remedy="Read the batch with `conform` first.",
    )


def _too_much_memory() -> RollbookError:
    return RollbookError(
        Reason.LIMIT_EXCEEDED,
        "Deciding this batch of cases takes more memory than rosters may have.",
        remedy="Send smaller batches, or give rosters more memory or a spill folder in the settings.",
    )
