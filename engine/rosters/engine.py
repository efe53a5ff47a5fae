"""The roster engine: a batch of cases in, a batch of decisions out."""

from __future__ import annotations

import pyarrow as pa

from engine.cases import CaseEngine
from engine.rosters.model import Decided, Question, RosterSettings, Uncovered
from engine.rosters.one_by_one import decide_one_by_one
from engine.rulesets.checked import CheckedRuleset

__all__ = ["RosterEngine"]


class RosterEngine:
    """Decides batches of cases of one version of a ruleset. Safe to be used by many threads.

    Attributes:
        ruleset: the version.
        settings: what it may use of the machine.
        uncovered: what of the ruleset has no SQL. Where there is any, every case is decided one by one: slower, and the
            same decisions.
    """

    def __init__(self, engine: CaseEngine, settings: RosterSettings, uncovered: tuple[Uncovered, ...]) -> None:
        """Use `build`."""
        self._engine = engine
        self.ruleset: CheckedRuleset = engine.ruleset
        self.settings = settings
        self.uncovered = uncovered

    @classmethod
    def build(cls, engine: CaseEngine, settings: RosterSettings | None = None) -> RosterEngine:
        """The roster engine of the version that `engine` decides."""
        return cls(engine, settings or RosterSettings(), ())

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
            RollbookError: REQUEST_INVALID when the ruleset needs a calendar and there is none.
        """
        numbers = range(first_row, first_row + cases.num_rows) if rows is None else rows.to_pylist()
        return decide_one_by_one(self._engine, cases, question, numbers)
