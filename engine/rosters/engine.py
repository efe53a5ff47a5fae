"""The roster engine: a batch of cases in, a batch of decisions out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import PythonUDFType

from engine.cases import CaseEngine
from engine.cases.conclusions import Conclusion
from engine.errors import Reason, RollbookError
from engine.feel.sql import NotCovered
from engine.rosters.assembling import decisions, outcomes
from engine.rosters.columns import case_schema
from engine.rosters.coverage import uncovered
from engine.rosters.inference import Asked
from engine.rosters.model import Decided, Question, RosterSettings, Uncovered
from engine.rosters.one_by_one import decide_one_by_one
from engine.rosters.profile import profile_of
from engine.rosters.program import PLACE, Asking, Program, program_of
from engine.rosters.rows import schema_of
from engine.rulesets.calendar_use import calendars_read
from engine.rulesets.checked import CheckedRuleset

__all__ = ["RosterEngine"]

_REMEMBERED: Final = 16
"""Queries that are remembered; the one used longest ago is forgotten first."""

_CHUNK: Final = 32_768
"""Cases that a thread of a query takes at a time."""


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
        self._database = duckdb.connect(":memory:", config=_configuration(settings))
        self._programs: OrderedDict[Any, Program] = OrderedDict()
        self._functions: set[str] = set()
        self._lock = Lock()
        self.ruleset: CheckedRuleset = engine.ruleset
        self.settings = settings
        self.uncovered = uncovered

    @classmethod
    def build(cls, engine: CaseEngine, settings: RosterSettings | None = None) -> RosterEngine:
        """The roster engine of the version that `engine` decides."""
        return cls(engine, settings or RosterSettings(), uncovered(engine))

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
            RollbookError: REQUEST_INVALID when the ruleset needs a calendar and there is none; LIMIT_EXCEEDED when the
                query takes more memory than the settings allow.
        """
        calendars_read(question.calendar, needed=self._engine.needs_calendar)
        numbers = pa.array(np.arange(first_row, first_row + cases.num_rows)) if rows is None else rows
        if self.uncovered or cases.num_rows < max(self.settings.fewest, 1):
            return decide_one_by_one(self._engine, cases, question, numbers.to_pylist())
        try:
            program = self._program(cases, question)
            found = self._asked(program, cases)
        except duckdb.OutOfMemoryException:
            raise _too_much_memory() from None
        except (NotCovered, duckdb.InvalidInputException, duckdb.OutOfRangeException, duckdb.ConversionException):
            # What SQL turns out not to do for this very batch is done the other way: never a roster that ends.
            return decide_one_by_one(self._engine, cases, question, numbers.to_pylist())
        left = found.column("left_out").combine_chunks()
        return self._together(program, cases, question, numbers, found, np.asarray(left))

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
        one_by_one = decide_one_by_one(self._engine, cases.take(taken), question, numbers.take(taken).to_pylist())
        schema = schema_of(question.detail)
        both = pa.Table.from_batches([by_query, one_by_one.decisions], schema)
        order = np.argsort(np.concatenate((kept, _places(others, one_by_one, numbers))), kind="stable")
        sorted_ = both.take(pa.array(order)).combine_chunks()
        batches = sorted_.to_batches()
        decided = batches[0] if batches else pa.RecordBatch.from_pylist([], schema)
        return Decided(decided, one_by_one.rejects, len(others))

    def _assembled(self, program: Program, question: Question, found: pa.Table, numbers: pa.Array) -> pa.RecordBatch:
        if question.detail == "outcomes":
            return outcomes(self.ruleset, self._conclude, found, numbers)
        return decisions(self.ruleset, self._conclude, program.said, found, numbers)

    def _conclude(self, pattern: int) -> Conclusion:
        return self._engine.conclusions.of(pattern, 0)

    def _program(self, cases: pa.RecordBatch, question: Question) -> Program:
        profile = profile_of(cases, self.ruleset.facts, question.as_of)
        version = question.calendar.version if question.calendar and self._engine.needs_calendar else None
        rules_as_of = question.rules_as_of or question.as_of
        key = (question.as_of, rules_as_of, question.absent_is_none, version, question.detail, profile)
        with self._lock:
            if key in self._programs:
                self._programs.move_to_end(key)
                return self._programs[key]
        asking = Asking(
            question.as_of,
            rules_as_of,
            question.calendar,
            question.absent_is_none,
            profile,
            outcomes_only=question.detail == "outcomes",
        )
        program = program_of(self._engine, asking)
        with self._lock:
            for function in program.asked:
                self._make(function)
            self._programs[key] = program
            if len(self._programs) > _REMEMBERED:
                self._programs.popitem(last=False)
        return program

    def _make(self, function: Asked) -> None:
        if function.name not in self._functions:
            self._functions.add(function.name)
            self._database.create_function(
                function.name, _holding(function), ["BIGINT"], "BIGINT", type=PythonUDFType.ARROW, side_effects=False
            )

    def _asked(self, program: Program, cases: pa.RecordBatch) -> pa.Table:
        places = pa.array(np.arange(cases.num_rows))
        whole = cases.append_column(PLACE, places)
        table = pa.Table.from_batches([whole.slice(start, _CHUNK) for start in range(0, cases.num_rows, _CHUNK)])
        with self._cursor() as cursor:
            cursor.register("cases", table)
            found: pa.Table = cursor.sql(program.text).to_arrow_table()
        order = np.asarray(found.column(PLACE))
        # DuckDB keeps the order; a decision that stood beside another case would be the worst of mistakes.
        return found if np.array_equal(order, np.asarray(places)) else found.take(pa.array(np.argsort(order)))

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._database.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


def _too_much_memory() -> RollbookError:
    return RollbookError(
        Reason.LIMIT_EXCEEDED,
        "Deciding this batch of cases takes more memory than rosters may have.",
        remedy="Send smaller batches, or give rosters more memory or a spill folder in the settings.",
    )


def _holding(asked: Asked) -> Callable[[Any], Any]:
    """Asks a component that has no table, once for each pattern that occurs."""

    def holding(patterns: Any) -> Any:
        found, places = np.unique(np.asarray(patterns.fill_null(0)), return_inverse=True)
        held = np.array([asked.component.holds(int(pattern)) for pattern in found], dtype=np.int64)
        return pa.array(held[places])

    return holding


def _places(others: Any, decided: Decided, numbers: pa.Array) -> Any:
    """The places in the batch of the cases that were decided one by one: not of those that were refused."""
    refused = {reject.row for reject in decided.rejects}
    rows = np.asarray(numbers)[others]
    return others[[row not in refused for row in rows.tolist()]] if refused else others


def _configuration(settings: RosterSettings) -> dict[str, Any]:
    """What DuckDB may use; it reads no files but those that it spills into."""
    configuration: dict[str, Any] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "preserve_insertion_order": True,
        "enable_external_access": False,
    }
    if settings.spill_folder is not None:
        configuration["temp_directory"] = settings.spill_folder
    return configuration
