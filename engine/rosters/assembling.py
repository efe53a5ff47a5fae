"""The result of a query as a batch of decisions.

What the pattern of true premises comes to is looked up once for every pattern that occurs; the rest are whole columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.cases.conclusions import Conclusion
from engine.decisions import INDETERMINATE
from engine.rosters.consequences import Said, SaidByRule, plain_text
from engine.rosters.merging import merged_results
from engine.rosters.schemas import CAUSE, DEADLINE, DECISION_SCHEMA, HELD, OBLIGATION, OUTCOME_SCHEMA, TEXTS
from engine.rulesets.checked import CheckedRule, CheckedRuleset

__all__ = ["OUTSIDE", "decisions", "outcomes"]

OUTSIDE: Final = -1
"""The pattern that stands for a case outside the ruleset."""

_Places = npt.NDArray[np.int64]
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
    nothing = _lists(np.zeros(0, np.int64), found.num_rows, pa.array([], CAUSE))
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
    places: _Places
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

    def holding(self, rule: int) -> _Places:
        """The cases in which a rule, by its place, holds."""
        holds = np.array([one is not None and rule in one.held for one in self.conclusions], dtype=bool)
        return np.flatnonzero(holds[self.places]) if holds.any() else np.zeros(0, np.int64)


@dataclass(frozen=True)
class _Piece:
    """What one rule gives in the cases in which it holds, perhaps once per element.

    Attributes:
        cases: the case of each part; `elements`: its element, null without `each`.
        columns: reads a column of the parts by its name.
    """

    rule: CheckedRule
    said: SaidByRule
    cases: _Places
    elements: pa.Array
    columns: Callable[[str], pa.Array]


class _Parts:
    """The lists of a batch of decisions."""

    def __init__(self, ruleset: CheckedRuleset, said: Said, found: pa.Table, concluded: _Concluded) -> None:
        self._ruleset = ruleset
        self._said = said
        self._found = found
        self._concluded = concluded
        self._pieces = [piece for piece in self._of_rules() if len(piece.cases)]

    def _column(self, name: str) -> pa.Array:
        column = self._found.column(name).combine_chunks()
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

    def _of_rules(self) -> Iterator[_Piece]:
        for place, (rule, said) in enumerate(zip(self._ruleset.rules.values(), self._said.rules, strict=True)):
            cases = self._concluded.holding(place)
            if said.elements and len(cases):
                yield self._of_elements(rule, said, cases)
            else:
                elements = pa.nulls(len(cases), pa.int32())
                yield _Piece(rule, said, cases, elements, partial(self._taken, pa.array(cases)))

    def _taken(self, cases: pa.Array, name: str) -> pa.Array:
        return self._column(name).take(cases)

    def _of_elements(self, rule: CheckedRule, said: SaidByRule, cases: _Places) -> _Piece:
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
        columns: dict[str, list[pa.Array]] = {field.name: [] for field in HELD}
        for piece in self._pieces:
            count, rule, said = len(piece.cases), piece.rule, piece.said
            constant = "".join(part for part in rule.because.parts if isinstance(part, str))
            columns["rule"].append(_repeated(rule.id, count))
            columns["element"].append(piece.elements)
            columns["outcome"].append(_repeated(rule.outcome, count))
            columns["because"].append(piece.columns(said.because) if said.because else _repeated(constant, count))
            columns["cites"].append(pa.repeat(pa.scalar(rule.cites, TEXTS), count))
            columns["results"].append(piece.columns(said.results) if said.results else _repeated("{}", count))
        return self._gathered(HELD, columns, [piece.cases for piece in self._pieces])

    def obligations(self) -> pa.Array:
        """What is owed, in the order of the rules and elements."""
        columns: dict[str, list[pa.Array]] = {field.name: [] for field in OBLIGATION}
        cases: list[_Places] = []
        for piece in self._pieces:
            count, obliges = len(piece.cases), piece.rule.obliges
            for place, owed in enumerate(obliges):
                action = owed.action
                texts = {"action": owed.action_id, "text": action.text, "by": action.by, "to": action.to}
                texts |= {"force": action.force, "deadline": owed.deadline, "rule": piece.rule.id}
                for name, text in texts.items():
                    columns[name].append(_repeated(str(text or ""), count))
                due = piece.said.dues[place]
                columns["due"].append(piece.columns(due) if due else pa.nulls(count, pa.date32()))
                columns["due_unknown"].append(pa.repeat(pa.scalar(False), count))
                columns["element"].append(piece.elements)
                cases.append(piece.cases)
        return self._gathered(OBLIGATION, columns, cases, elements=columns["element"])

    def deadlines(self) -> pa.Array:
        """Where the deadlines stand, in the document's order."""
        lists = [self._column(name) for name in self._said.deadlines]
        cases = [_cases_of(one) for one in lists]
        states = [one.flatten().cast(DEADLINE) for one in lists]
        if not lists:
            return _lists(np.zeros(0, np.int64), self._found.num_rows, pa.array([], DEADLINE))
        return _lists(np.concatenate(cases), self._found.num_rows, pa.concat_arrays(states))

    def _gathered(
        self,
        type_: pa.StructType,
        columns: dict[str, list[pa.Array]],
        cases: list[_Places],
        elements: list[pa.Array] | None = None,
    ) -> pa.Array:
        """A list of structures for each case, from parts that come rule by rule."""
        total = self._found.num_rows
        if not cases:
            return _lists(np.zeros(0, np.int64), total, pa.array([], type_))
        fields = [pa.concat_arrays([part.cast(field.type) for part in columns[field.name]]) for field in type_]
        structs = pa.StructArray.from_arrays(fields, fields=list(type_))
        order: _Places | None = None
        if elements is not None and any(part.null_count < len(part) for part in elements):
            order = self._by_rule_and_element(cases, elements, [len(piece.rule.obliges) for piece in self._pieces])
        return _lists(np.concatenate(cases), total, structs, order)

    @staticmethod
    def _by_rule_and_element(cases: list[_Places], elements: list[pa.Array], counts: list[int]) -> _Places:
        """Sorts obligations, which come rule by rule and then one by one, by case, rule and element."""
        rules = [rule for rule, count in enumerate(counts) for _ in range(count)]
        rule = np.concatenate([np.full(len(one), rules[place]) for place, one in enumerate(cases)])
        element = np.concatenate([np.asarray(one.fill_null(0)) for one in elements])
        return np.lexsort((element, rule, np.concatenate(cases)))


def _repeated(value: str | None, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), count)


def _cases_of(lists: pa.Array) -> _Places:
    """For each item of the lists the case that it belongs to."""
    counts = np.asarray(lists.value_lengths().fill_null(0))
    return np.repeat(np.arange(len(lists), dtype=np.int64), counts)


def _lists(cases: _Places, total: int, structs: pa.Array, order: _Places | None = None) -> pa.Array:
    """A list for each of `total` cases of the structures that are its own, in their order (by `order` when given)."""
    order = np.argsort(cases, kind="stable") if order is None else order
    counts = np.bincount(cases, minlength=total) if total else np.zeros(0, np.int64)
    offsets = pa.array(np.concatenate(([0], np.cumsum(counts))).astype(np.int32))
    return pa.ListArray.from_arrays(offsets, structs.take(pa.array(order)))
