"""The result of a query as a batch of decisions.

What the pattern of true premises comes to is looked up once for every pattern that occurs; the rest are whole columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa

from engine.cases.conclusions import Conclusion
from engine.decisions import INDETERMINATE
from engine.rosters.consequences import Said, SaidByRule, plain_text
from engine.rosters.gathering import Part, Places, gathered
from engine.rosters.merging import merged_results
from engine.rosters.schemas import CAUSE, DEADLINE, DECISION_SCHEMA, HELD, OBLIGATION, OUTCOME_SCHEMA, TEXTS
from engine.rulesets.checked import CheckedRule, CheckedRuleset

__all__ = ["OUTSIDE", "decisions", "outcomes"]

OUTSIDE: Final = -1
"""The pattern that stands for a case outside the ruleset."""

Conclude = Callable[[int], Conclusion]
"""What a pattern of true premises comes to, the other premises being false."""


def outcomes(ruleset: CheckedRuleset, conclude: Conclude, found: pa.Table, rows: pa.Array) -> pa.RecordBatch:
    """The outcomes of the cases of a query's result.

    Args:
        ruleset: the version.
        conclude: its conclusions.
        found: the result, for the cases that SQL decides.
        rows: the number of each one's case.
    """
    concluded = _Concluded.of(ruleset, conclude, found)
    columns = concluded.columns(rows) | {"rules": concluded.take(concluded.rules(), TEXTS)}
    return pa.record_batch([columns[name] for name in OUTCOME_SCHEMA.names], schema=OUTCOME_SCHEMA)


def decisions(
    ruleset: CheckedRuleset, conclude: Conclude, said: Said, found: pa.Table, rows: pa.Array
) -> pa.RecordBatch:
    """The decisions of the cases of a query's result; as `outcomes`, with the columns that `said` names."""
    concluded = _Concluded.of(ruleset, conclude, found)
    parts = _Parts(ruleset, said, found, concluded)
    held = parts.held()
    nothing = gathered(CAUSE, (), found.num_rows)
    columns = concluded.columns(rows) | {
        "because": parts.because(),
        "cites": concluded.take(concluded.cites(), TEXTS),
        "held": held,
        "results": merged_results(ruleset, held),
        "obligations": parts.obligations(),
        "deadlines": parts.deadlines(),
        "missing_outcome": nothing,
        "missing_details": nothing,
    }
    return pa.record_batch([columns[name] for name in DECISION_SCHEMA.names], schema=DECISION_SCHEMA)


@dataclass(frozen=True)
class _Concluded:
    """What the patterns of a result come to.

    Attributes:
        places: for each case the place of its pattern among those that occur.
        conclusions: for each pattern that occurs what it comes to; None for the cases outside.
    """

    ruleset: CheckedRuleset
    places: Places
    conclusions: Sequence[Conclusion | None]

    @classmethod
    def of(cls, ruleset: CheckedRuleset, conclude: Conclude, found: pa.Table) -> _Concluded:
        encoded = found.column("pattern").combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        places = np.asarray(encoded.indices).astype(np.int64)
        patterns = encoded.dictionary.to_pylist()
        return cls(ruleset, places, [None if one == OUTSIDE else conclude(one) for one in patterns])

    def take(self, values: Sequence[Any], type_: pa.DataType) -> pa.Array:
        """For each case the value of its pattern."""
        return pa.array(values, type_).take(pa.array(self.places))

    def columns(self, rows: pa.Array) -> dict[str, pa.Array]:
        """The columns that outcomes and decisions have in common."""
        candidates = [self._candidates(one) for one in self.conclusions]
        none = [one is not None and one.no_outcome for one in self.conclusions]
        outcome = [
            names[0] if len(names) == 1 and not no_outcome else INDETERMINATE
            for names, no_outcome in zip(candidates, none, strict=True)
        ]
        return {
            "row": rows,
            "outcome": self.take(outcome, pa.string()),
            "applies": self.take([one is not None for one in self.conclusions], pa.bool_()),
            "complete": pa.repeat(pa.scalar(True), len(self.places)),
            "candidates": self.take(candidates, TEXTS),
            "may_have_no_outcome": self.take(none, pa.bool_()),
        }

    def _candidates(self, conclusion: Conclusion | None) -> tuple[str, ...]:
        if conclusion is not None:
            return conclusion.candidates
        assert self.ruleset.applies is not None
        return (self.ruleset.applies.otherwise,)

    def rules(self) -> list[list[str]]:
        """For each pattern the rules that hold."""
        ids = list(self.ruleset.rules)
        return [[ids[place] for place in one.held] if one else [] for one in self.conclusions]

    def defaulted(self) -> list[bool]:
        """For each pattern whether the default is the outcome, with its message."""
        default = self.ruleset.default
        return [
            one is not None and default is not None and not one.concluded and one.candidates == (default.outcome,)
            for one in self.conclusions
        ]

    def cites(self) -> list[tuple[str, ...]]:
        """For each pattern the sections of the default or of what lies outside."""
        default, applies = self.ruleset.default, self.ruleset.applies
        return [
            applies.cites if one is None and applies else default.cites if defaulted and default else ()
            for one, defaulted in zip(self.conclusions, self.defaulted(), strict=True)
        ]

    def holding(self, rule: int) -> Places:
        """The cases in which a rule, by its place, holds."""
        holds = np.array([one is not None and rule in one.held for one in self.conclusions], dtype=bool)
        return np.flatnonzero(holds[self.places]) if holds.any() else np.zeros(0, np.int64)


@dataclass(frozen=True)
class _Piece:
    """What one rule gives in the cases in which it holds, perhaps once per element.

    Attributes:
        cases: the case of each part; `elements`: its element; None without `each`.
        columns: reads a column of the parts by its name.
    """

    rule: CheckedRule
    said: SaidByRule
    cases: Places
    elements: pa.Array | None
    columns: Callable[[str], pa.Array]

    def part(self, same: Mapping[str, Any], columns: Mapping[str, pa.Array], rank: int) -> Part:
        """What it gives, ready to be gathered."""
        if self.elements is None:
            return Part(self.cases, same, columns, rank=rank)
        places = np.asarray(self.elements).astype(np.int64)
        return Part(self.cases, same, {**columns, "element": self.elements}, places, rank)


class _Parts:
    """The lists of a batch of decisions."""

    def __init__(self, ruleset: CheckedRuleset, said: Said, found: pa.Table, concluded: _Concluded) -> None:
        self._ruleset = ruleset
        self._said = said
        self._found = found
        self._concluded = concluded
        self._pieces = [piece for piece in self._of_rules() if len(piece.cases)]

    def _column(self, name: str) -> pa.Array:
        return _column(self._found, name)

    def _of_rules(self) -> Iterator[_Piece]:
        for place, (rule, said) in enumerate(zip(self._ruleset.rules.values(), self._said.rules, strict=True)):
            cases = self._concluded.holding(place)
            if said.elements and len(cases):
                yield self._of_elements(rule, said, cases)
            else:
                yield _Piece(rule, said, cases, None, partial(_taken, self._found, pa.array(cases)))

    def _of_elements(self, rule: CheckedRule, said: SaidByRule, cases: Places) -> _Piece:
        lists = self._column(said.elements).take(pa.array(cases))
        structs = lists.flatten()
        counts = np.asarray(lists.value_lengths().fill_null(0))
        return _Piece(rule, said, np.repeat(cases, counts), structs.field("i"), structs.field)

    def because(self) -> pa.Array:
        """The message of the default, or of what lies outside; empty where a rule concludes."""
        applies, default, total = self._ruleset.applies, self._ruleset.default, self._found.num_rows
        outside = plain_text(applies.because) if applies else ""
        plain = plain_text(default.because) if default else ""
        defaulted = self._concluded.defaulted()
        words = [
            (outside or "") if one is None else (plain or "") if told else ""
            for one, told in zip(self._concluded.conclusions, defaulted, strict=True)
        ]
        column = self._concluded.take(words, pa.string())
        for name in (self._said.default, self._said.outside):
            if name and total:
                column = pa.compute.coalesce(self._column(name), column)
        return column

    def held(self) -> pa.Array:
        """The rules that hold, once per element."""
        parts = []
        for rank, piece in enumerate(self._pieces):
            rule, said = piece.rule, piece.said
            same = {"rule": rule.id, "outcome": rule.outcome, "cites": rule.cites, "results": "{}", "element": None}
            same["because"] = plain_text(rule.because)
            columns = {name: piece.columns(column) for name, column in _named(said) if column}
            parts.append(piece.part(same, columns, rank))
        return gathered(HELD, parts, self._found.num_rows)

    def obligations(self) -> pa.Array:
        """What is owed, in the order of the rules and elements."""
        parts = []
        for rank, piece in enumerate(self._pieces):
            for owed, due in zip(piece.rule.obliges, piece.said.dues, strict=True):
                action = owed.action
                texts = {"action": owed.action_id, "text": action.text, "by": action.by, "to": action.to}
                texts |= {"force": action.force, "deadline": owed.deadline, "rule": piece.rule.id}
                same = {name: str(text or "") for name, text in texts.items()}
                columns = {"due": piece.columns(due)} if due else {}
                parts.append(piece.part({**same, "due": None, "due_unknown": False, "element": None}, columns, rank))
        return gathered(OBLIGATION, parts, self._found.num_rows)

    def deadlines(self) -> pa.Array:
        """Where the deadlines stand, in the document's order."""
        parts = []
        for name in self._said.deadlines:
            lists = self._column(name)
            states = lists.flatten().cast(DEADLINE)
            columns = dict(zip(DEADLINE.names, states.flatten(), strict=True))
            parts.append(Part(_cases_of(lists), {}, columns))
        return gathered(DEADLINE, parts, self._found.num_rows)


def _column(found: pa.Table, name: str) -> pa.Array:
    column = found.column(name).combine_chunks()
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _taken(found: pa.Table, cases: pa.Array, name: str) -> pa.Array:
    """A column in the given cases.

    No method, or a cycle of references would keep every batch until garbage is swept.
    """
    return _column(found, name).take(cases)


def _named(said: SaidByRule) -> tuple[tuple[str, str], ...]:
    """The columns of a rule that holds, by the fields that they are."""
    return (("because", said.because), ("results", said.results))


def _cases_of(lists: pa.Array) -> Places:
    """For each item of the lists the case that it belongs to."""
    counts = np.asarray(lists.value_lengths().fill_null(0))
    return np.repeat(np.arange(len(lists), dtype=np.int64), counts)
