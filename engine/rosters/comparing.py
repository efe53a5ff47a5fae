"""What a change of rules would do: the decisions of two versions about the same cases, batch after batch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.decisions import INDETERMINATE
from engine.rosters.aspects import aspects
from engine.rosters.changes import (
    REFUSED,
    Aspect,
    Change,
    ComparedVersion,
    ComparisonResult,
    DetailChange,
    Example,
    RuleDifference,
)
from engine.rosters.differing import Mask, Places, differing, grouped, numbers_of
from engine.rosters.model import Decided
from engine.rosters.needs import NeedCounts
from engine.rosters.pairs import Pairs, Side
from engine.rosters.reasons import difference_of, differences
from engine.rosters.tallies import Tally
from engine.rosters.telling import told_alone, told_aspect, told_outcome, told_reject
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.facts import leaves

__all__ = ["Comparison"]


class Comparison:
    """Compares the decisions of two versions, batch by batch; its memory does not grow with the roster."""

    def __init__(self, before: CheckedRuleset, after: CheckedRuleset, *, examples: int = 5) -> None:
        """Nothing compared yet.

        Args:
            before, after: the versions, usually of one ruleset; they may declare different facts and outcomes.
            examples: how many example cases to tell of each change, at most.
        """
        self._versions = _version(before), _version(after)
        self._facts = tuple({fact.path: None for fact in leaves(ruleset.facts)} for ruleset in (before, after))
        self._order = {id_: place for place, id_ in enumerate(dict.fromkeys((*before.rules, *after.rules)))}
        self._wanted = examples
        self._matrix: Counter[tuple[str, str]] = Counter()
        self._unchanged = 0
        self._changes: dict[tuple[str, str], Tally] = {}
        self._details: dict[Aspect, Tally] = {}
        self._needs = NeedCounts(), NeedCounts()

    @property
    def cases(self) -> int:
        """How many cases were compared so far."""
        return self._matrix.total()

    @property
    def changed(self) -> int:
        """How many of them get another outcome."""
        return sum(tally.cases for tally in self._changes.values())

    def add(
        self, before: Decided, after: Decided, ids: pa.RecordBatch | None = None, rows: pa.Array | None = None
    ) -> None:
        """Compares one batch.

        Args:
            before, after: what the two versions say about the same cases, with full decisions (DECISION_SCHEMA), rows
                ascending; a case that a version does not accept is among its rejects.
            ids: the id columns of the batch's cases, told with examples.
            rows: the row of each of `ids` in the roster (int64), ascending.
        """
        one, other = Side(before), Side(after)
        told = _Ids(ids, None if rows is None else rows.to_numpy(zero_copy_only=False))
        self._count(one, other, told)
        decided = Pairs.of(one, other)
        pairs = decided.that_differ()
        self._unchanged += len(decided) - len(pairs)
        if not len(pairs):
            return
        texts = differences(pairs.before, pairs.after)
        another = differing(pairs.before.column("outcome"), pairs.after.column("outcome"))
        self._add_changes(pairs, texts, another, told)
        self._add_needs(pairs.where(another))
        self._add_details(pairs, texts, ~another, told)

    def result(self) -> ComparisonResult:
        """What was found in all batches so far."""
        before, after = self._facts
        changes = [
            Change(*pair, tally.cases, tally.reasons(self._order), tally.unlisted, tally.examples(self._order))
            for pair, tally in self._changes.items()
        ]
        details = [
            DetailChange(aspect, tally.cases, tally.reasons(self._order), tally.unlisted, tally.examples(self._order))
            for aspect in Aspect
            if (tally := self._details.get(aspect)) is not None
        ]
        return ComparisonResult(
            *self._versions,
            self.cases,
            MappingProxyType(dict(sorted(self._matrix.items()))),
            self._unchanged,
            tuple(sorted(changes, key=lambda change: (-change.cases, change.before, change.after))),
            tuple(details),
            self._needs[0].result(),
            self._needs[1].result(),
            tuple(path for path in before if path not in after),
            tuple(path for path in after if path not in before),
        )

    def _count(self, before: Side, after: Side, ids: _Ids) -> None:
        """Counts the outcomes of all cases, and tallies those that only one version accepts."""
        rows = np.union1d(_all_rows(before), _all_rows(after))
        one, other = before.outcomes(rows), after.outcomes(rows)
        for places in grouped(numbers_of([one, other])):
            first = int(places[0])
            pair = one[first].as_py(), other[first].as_py()
            self._matrix[pair] += len(places)
            if (pair[0] == REFUSED) is not (pair[1] == REFUSED):
                example = partial(_refused, before, after, rows, ids)
                self._tally(pair).add(RuleDifference(), places, example)
                refusing = after if pair[1] == REFUSED else before
                if INDETERMINATE not in pair:
                    needs = self._needs[refusing is after]
                    needs.add_refused(refusing.rejects[row] for row in rows[places].tolist())

    def _add_changes(self, pairs: Pairs, texts: pa.Array, another: Mask, ids: _Ids) -> None:
        """Tallies the cases that get another outcome."""
        chosen = np.flatnonzero(another)
        at = pa.array(chosen)
        one, other = (batch.column("outcome").take(at) for batch in (pairs.before, pairs.after))
        texts = texts.take(at)
        for places in grouped(numbers_of([one, other, texts])):
            first = int(places[0])
            rules = difference_of(texts[first].as_py(), self._order)
            example = partial(_example, pairs, ids, rules, None)
            self._tally((one[first].as_py(), other[first].as_py())).add(rules, chosen[places], example)

    def _add_details(self, pairs: Pairs, texts: pa.Array, same: Mask, ids: _Ids) -> None:
        """Tallies what changes where the outcome stays."""
        found = {Aspect.RULES: differing(texts, pa.repeat("", len(texts))), **aspects(pairs.before, pairs.after)}
        self._unchanged += int((same & ~np.logical_or.reduce(list(found.values()))).sum())
        for aspect, mask in found.items():
            chosen = np.flatnonzero(mask & same)
            these = texts.take(pa.array(chosen))
            for places in grouped(numbers_of([these])):
                rules = difference_of(these[int(places[0])].as_py(), self._order)
                tally = self._details.setdefault(aspect, Tally(self._wanted))
                tally.add(rules, chosen[places], partial(_example, pairs, ids, rules, aspect))

    def _add_needs(self, pairs: Pairs) -> None:
        """Counts what the cases lack that only one version decides."""
        for needs, decisions in zip(self._needs, (pairs.before, pairs.after), strict=True):
            undecided = pc.equal(decisions.column("outcome"), INDETERMINATE)
            needs.add_indeterminate(decisions.column("missing_outcome").filter(undecided))

    def _tally(self, pair: tuple[str, str]) -> Tally:
        return self._changes.setdefault(pair, Tally(self._wanted))


@dataclass(frozen=True, slots=True)
class _Ids:
    """The id columns of a batch, and the row of each of their values."""

    columns: pa.RecordBatch | None
    rows: Places | None

    def of(self, row: int) -> tuple[tuple[str, str], ...]:
        """The ids of one row, as text; none where nothing is said of it."""
        if self.columns is None or self.rows is None:
            return ()
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return ()
        values = self.columns.slice(place, 1).to_pylist()[0]
        return tuple((name, str(value)) for name, value in values.items() if value is not None)


def _example(pairs: Pairs, ids: _Ids, rules: RuleDifference, aspect: Aspect | None, place: int) -> Example:
    """The case at a place that both versions decide."""
    before, after = pairs.decisions(place)
    told = told_outcome(before, after, rules) if aspect is None else told_aspect(before, after, aspect)
    return Example(before["row"], ids.of(before["row"]), rules, *told)


def _refused(before: Side, after: Side, rows: Places, ids: _Ids, place: int) -> Example:
    """The case at a place that only one version accepts."""
    row = int(rows[place])
    told = [
        told_reject(side.rejects[row]) if row in side.rejects else told_alone(side.decision(row))
        for side in (before, after)
    ]
    return Example(row, ids.of(row), RuleDifference(), *told)


def _all_rows(side: Side) -> Places:
    if not side.rejects:
        return side.rows
    return np.union1d(side.rows, np.fromiter(side.rejects, np.int64, len(side.rejects)))


def _version(ruleset: CheckedRuleset) -> ComparedVersion:
    return ComparedVersion(ruleset.document.ruleset, ruleset.version, tuple(ruleset.outcomes))
