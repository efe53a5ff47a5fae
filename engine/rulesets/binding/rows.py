"""The rows of tables with an outcome, as rules: the premise of each is that all its cells fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.feel.checked import Checked
from engine.feel.types import ScalarType, Type
from engine.rulesets.binding.cells import CellTests, read_tests
from engine.rulesets.binding.columns import Column
from engine.rulesets.binding.conjunctions import contradict
from engine.rulesets.binding.drafts import RuleDraft
from engine.rulesets.binding.located import Located, TextBuilder
from engine.rulesets.binding.results import ResultBinder
from engine.rulesets.binding.tables import OUTCOME, TableBinder
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.findings import Path
from engine.rulesets.pipe_tables import Row

__all__ = ["drafts_of_rows"]

_PLAIN: Final = re.compile(r"\s*[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*\s*")
_SINGLE: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|-?\d+(?:\.\d+)?')
MAX_LENGTH: Final = 200_000
"""Characters that the premises of a table with hit policy `first` may have together."""
MAX_ROWS: Final = 300
"""Rows that a table with hit policy `first` and an outcome may have."""

_COMPARED: Final = re.compile(r"<=|>=|!=|<|>|=")


def drafts_of_rows(bench: Workbench, tables: TableBinder, results: ResultBinder) -> tuple[RuleDraft, ...]:
    """The rows of every table with an outcome, in the document's order."""
    drafts: list[RuleDraft] = []
    for name, table in bench.document.tables.items():
        if OUTCOME in table.outputs:
            drafts.extend(_Rows(bench, tables, results, name).drafts())
    return tuple(drafts)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What an earlier row tests."""

    text: Located
    checked: Checked | None


class _Rows:
    """The rows of one table."""

    def __init__(self, bench: Workbench, tables: TableBinder, results: ResultBinder, name: str) -> None:
        self._bench = bench
        self._tables = tables
        self._results = results
        self._name = name
        self._table = bench.document.tables[name]
        self._path: Path = ("tables", name, "rows")
        self._earlier: list[_Earlier] = []
        self._length = 0

    def drafts(self) -> list[RuleDraft]:
        """The rows that are well-formed."""
        inputs = self._tables.inputs(self._name)
        columns = self._outputs()
        if inputs is None or columns is None or not self._tables.has_columns(self._name):
            return []
        found: list[RuleDraft] = []
        seen: set[str] = set()
        for row in self._tables.pipes[self._name].rows:
            draft = self._draft(row, inputs, columns)
            if draft is None:
                continue
            self._length += len(draft.premise.text)
            if self._table.hit == "first" and (self._length > MAX_LENGTH or len(found) == MAX_ROWS):
                message = "With hit policy `first`, each row repeats what rows before it test; here that is too long."
                self._bench.error_at(draft.name, 0, "too-long", message, "Use `unique`, or split the table.")
                break
            if draft.id in seen:
                self._bench.error_at(draft.name, 0, "duplicate-id", f"The id `{draft.name.text}` comes twice.")
            seen.add(draft.id)
            found.append(draft)
        return found

    def _outputs(self) -> Mapping[str, Column] | None:
        """The columns of results; each must be declared among the ruleset's results."""
        columns = self._tables.outputs(self._name)
        if columns is None:
            return None
        known = {label: self._results.check_name(label, ("tables", self._name, "outputs", label)) for label in columns}
        return {label: column for label, column in columns.items() if known[label]}

    def _draft(self, row: Row, inputs: Mapping[str, Checked], columns: Mapping[str, Column]) -> RuleDraft | None:
        id_ = self._tables.row_id(self._name, row, needed=True)
        premise = self._premise(row, inputs)
        results: dict[str, Located] = {}
        for label, column in columns.items():
            if row.cells[label].text == "-":
                continue
            literal = self._tables.literal(self._path, row, label, column)
            if literal is not None:
                results[label] = literal
        if id_ is None or premise is None:
            return None
        outcome = row.cells[OUTCOME]
        return RuleDraft(
            id=f"{self._name}/{id_}",
            path=self._path,
            name=Located.at(id_, self._path, row.cells["id"].offset),
            premise=premise,
            cites=self._tables.cites(self._name, row),
            because=self._because(row),
            outcome=None if outcome.text == "-" else Located.at(outcome.text, self._path, outcome.offset),
            table=self._name,
            results=results,
        )

    def _because(self, row: Row) -> Located:
        cell = row.cells.get("because")
        if cell is not None and cell.text not in {"", "-"}:
            return Located.at(cell.text, self._path, cell.offset)
        return self._bench.text(("tables", self._name, "because"))

    def _premise(self, row: Row, inputs: Mapping[str, Checked]) -> Located | None:
        fits: list[Located] = []
        for label, checked in inputs.items():
            cell = row.cells[label]
            tests = read_tests(self._bench, cell, self._path, checked.type)
            if tests is None:
                return None
            if tests.tests is not None:
                fits.append(self._fit(label, tests, cell.offset, checked.type))
        own = self._joined(fits, " and ", row.offset, otherwise="true")
        if self._table.hit == "unique":
            return own
        return self._not_earlier(own, row.offset)

    def _not_earlier(self, own: Located, offset: int) -> Located:
        """With hit policy `first`, a row counts only where no earlier one fits; plainly none does of some of them."""
        node = self._bench.parse(own)
        checked = None if node is None else self._bench.check(own, node)
        earlier = [
            other.text
            for other in self._earlier
            if checked is None or other.checked is None or not contradict(checked, other.checked)
        ]
        self._earlier.append(_Earlier(own, checked))
        if not earlier:
            return own
        builder = TextBuilder(self._path)
        builder.join(own)
        builder.add(" and not(", self._path, offset)
        for position, other in enumerate(earlier):
            builder.add(" or " if position else "", self._path, offset)
            builder.join(other)
        builder.add(")", self._path, offset)
        return builder.built()

    def _joined(self, parts: list[Located], word: str, offset: int, *, otherwise: str) -> Located:
        builder = TextBuilder(self._path)
        if not parts:
            builder.add(otherwise, self._path, offset)
        for position, part in enumerate(parts):
            builder.add(word if position else "", self._path, offset)
            builder.join(part)
        return builder.built()

    def _fit(self, label: str, cell: CellTests, offset: int, type_: Type) -> Located:
        """That the input fits the cell, as an expression."""
        builder = TextBuilder(self._path)

        def add(text: str) -> None:
            builder.add(text, self._path, offset)

        tests = list(cell.tests or ())
        empty = [test for test in tests if test.text == "null"]
        rest = [test for test in tests if test.text != "null"]
        if cell.negated:
            add("not(")
        if empty:
            self._input(builder, label)
            add(" = null")
        if rest:
            add(" or (" if empty else "")
            if type_.optional:
                self._input(builder, label)
                add(" != null and ")
            self._test(builder, label, rest, offset, type_)
            add(")" if empty else "")
        if cell.negated:
            add(")")
        if not empty or not rest or cell.negated:
            return builder.built()
        whole = TextBuilder(self._path)
        whole.add("(", self._path, offset)
        whole.join(builder.built())
        whole.add(")", self._path, offset)
        return whole.built()

    def _test(self, builder: TextBuilder, label: str, tests: list[Located], offset: int, type_: Type) -> None:
        """`input in (tests)`, or plainly the comparison when there is one test only."""
        self._input(builder, label)
        only = tests[0] if len(tests) == 1 and isinstance(type_, ScalarType) else None
        if only is not None and _COMPARED.match(only.text):
            builder.add(" ", self._path, offset)
            builder.join(only)
        elif only is not None and _SINGLE.fullmatch(only.text):
            builder.add(" = ", self._path, offset)
            builder.join(only)
        else:
            builder.add(" in (", self._path, offset)
            for position, test in enumerate(tests):
                builder.add(", " if position else "", self._path, offset)
                builder.join(test)
            builder.add(")", self._path, offset)

    def _input(self, builder: TextBuilder, label: str) -> None:
        path: Path = ("tables", self._name, "inputs", label)
        text = self._bench.text(path).text
        if _PLAIN.fullmatch(text):
            builder.take(text.strip(), path, len(text) - len(text.lstrip()))
            return
        builder.add("(", path, 0)
        builder.take(text, path, 0)
        builder.add("\n)", path, 0)  # the text may end in a comment
