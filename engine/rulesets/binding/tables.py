"""Decision tables: read and held to their declared columns; those without an outcome bound as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engine.feel.checked import Checked
from engine.feel.types import ContextType
from engine.rulesets.binding.cells import read_tests
from engine.rulesets.binding.columns import CellError, Column, column_of
from engine.rulesets.binding.facts import FactBinder
from engine.rulesets.binding.free_names import free_names
from engine.rulesets.binding.located import Located
from engine.rulesets.binding.workbench import NO_NAMES, Workbench
from engine.rulesets.checked import CheckedRow, CheckedTable
from engine.rulesets.documents import Table
from engine.rulesets.findings import Path, did_you_mean
from engine.rulesets.pipe_tables import PipeTable, Row, read_pipe_table
from engine.rulesets.scalars import KEBAB, Cites

__all__ = ["OUTCOME", "TableBinder"]

OUTCOME: Final = "outcome"
_OWN: Final = ("id", "cites", "because")
_ID: Final = re.compile(KEBAB)
_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")


class TableBinder:
    """The decision tables of one document."""

    def __init__(self, bench: Workbench, facts: FactBinder) -> None:
        self._bench = bench
        self._facts = facts
        self.pipes: dict[str, PipeTable] = {}
        for name, table in bench.document.tables.items():
            self.pipes[name] = self._read(name, table)

    def reads(self, name: str) -> frozenset[str]:
        """The names that the inputs and cells of a table may read."""
        found: set[str] = set()
        table = self._bench.document.tables[name]
        for label in table.inputs:
            node = self._bench.parse(self._bench.text(("tables", name, "inputs", label)))
            found |= free_names(node) if node is not None else frozenset()
            for row in self.pipes[name].rows:
                found |= set(_WORD.findall(row.cells[label].text)) if label in row.cells else set()
        return frozenset(found)

    def bind(self, name: str) -> CheckedTable | None:
        """The table as a value, its name added to the scope; None when something is wrong with it."""
        table = self._bench.document.tables[name]
        at: Path = ("tables", name)
        if table.because is not None:
            message = "Only the rows of a table with an outcome have a message."
            self._bench.warning((*at, "because"), "unused-message", message)
        inputs = self.inputs(name)
        outputs = self.outputs(name)
        if inputs is None or outputs is None or not self.has_columns(name):
            self._bench.unjudged.add(name)
            return None
        rows = [self._row(name, row, inputs, outputs) for row in self.pipes[name].rows]
        if any(row is None for row in rows):
            self._bench.unjudged.add(name)
            return None
        type_ = ContextType(MappingProxyType({label: column.type for label, column in outputs.items()}))
        self._bench.scope[name] = type_
        bound = tuple(row for row in rows if row is not None)
        return CheckedTable(name, table.hit, tuple(inputs.values()), bound, type_)

    def tests_of(self, name: str) -> CheckedTable | None:
        """The table with its tests alone, as for one whose rows are rules; None when something is wrong with it."""
        inputs = self.inputs(name)
        if inputs is None or not self.has_columns(name):
            return None
        rows = [self._row(name, row, inputs, {}) for row in self.pipes[name].rows]
        bound = tuple(row for row in rows if row is not None)
        table = self._bench.document.tables[name]
        return CheckedTable(name, table.hit, tuple(inputs.values()), bound, ContextType())

    def inputs(self, name: str) -> Mapping[str, Checked] | None:
        """What each input column asks; None when something is wrong with one, or reads what an error hides."""
        found: dict[str, Checked] = {}
        for label in self._bench.document.tables[name].inputs:
            checked = self._bench.compiled(self._bench.text(("tables", name, "inputs", label)))
            if checked is not None:
                found[label] = checked
        return found if len(found) == len(self._bench.document.tables[name].inputs) else None

    def outputs(self, name: str) -> Mapping[str, Column] | None:
        """What each output column can say, `outcome` left out; None when one is not declared well."""
        outputs = {
            label: type_ for label, type_ in self._bench.document.tables[name].outputs.items() if label != OUTCOME
        }
        found = {
            label: column
            for label, type_ in outputs.items()
            if (column := column_of(self._bench, self._facts, type_, ("tables", name, "outputs", label))) is not None
        }
        return found if len(found) == len(outputs) else None

    def has_columns(self, name: str) -> bool:
        """Whether the table's text has all the columns that are declared, and `id` where its rows are rules."""
        table = self._bench.document.tables[name]
        needed = {*table.inputs, *table.outputs} | ({"id"} if OUTCOME in table.outputs else set())
        return needed <= {cell.text for cell in self.pipes[name].columns}

    def row_id(self, name: str, row: Row, *, needed: bool) -> str | None:
        """The row's id; None when it has none, or one that is no id."""
        path: Path = ("tables", name, "rows")
        cell = row.cells.get("id")
        if cell is None:
            return None
        if not _ID.fullmatch(cell.text):
            if needed or cell.text not in {"", "-"}:
                at = Located.at(cell.text, path, cell.offset)
                message = "An id is lower-case words joined by hyphens: `too-few-days`."
                self._bench.error_at(at, 0, "bad-name", message)
            return None
        return cell.text

    def cites(self, name: str, row: Row) -> tuple[str, ...]:
        """The sections that a row rests on: its own, else its table's."""
        cell = row.cells.get("cites")
        own = Cites(cell.text).sections if cell is not None and cell.text != "-" else ()
        return own or self._bench.document.tables[name].cites.sections

    def _row(
        self, name: str, row: Row, inputs: Mapping[str, Checked], outputs: Mapping[str, Column]
    ) -> CheckedRow | None:
        path: Path = ("tables", name, "rows")
        tests: list[Checked] = []
        for label, checked in inputs.items():
            cell = read_tests(self._bench, row.cells[label], path, checked.type)
            text = None if cell is None else cell.feel(path)
            node = None if text is None else self._bench.parse(text, tests=True)
            if text is None or node is None:
                continue
            test = self._bench.check(text, node, value=checked.type)
            if test is not None:
                tests.append(test)
        says = {label: self._output(path, row, label, column) for label, column in outputs.items()}
        known = {label: value for label, value in says.items() if value is not None}
        id_ = self.row_id(name, row, needed=False) or ""
        if len(tests) < len(inputs) or len(known) < len(outputs):
            return None
        return CheckedRow(id_, self.cites(name, row), tuple(tests), MappingProxyType(known))

    def _output(self, path: Path, row: Row, label: str, column: Column) -> Checked | None:
        text = self.literal(path, row, label, column)
        node = None if text is None else self._bench.parse(text)
        return None if text is None or node is None else self._bench.check(text, node, names=NO_NAMES)

    def literal(self, path: Path, row: Row, label: str, column: Column) -> Located | None:
        """What the cell under an output says, as a FEEL literal; None when it says nothing of its type."""
        cell = row.cells[label]
        at = Located.at(cell.text, path, cell.offset)
        try:
            feel = column.feel(cell.text)
        except CellError as error:
            self._bench.error_at(at, 0, error.code, error.message, error.remedy)
            return None
        return Located.at(feel, path, cell.offset)

    def _read(self, name: str, table: Table) -> PipeTable:
        """The table's text, held to the declared columns; only rows of the right form are kept."""
        path: Path = ("tables", name, "rows")
        text = self._bench.text(path)
        pipe = read_pipe_table(text.text)
        for fault in pipe.faults:
            self._bench.error_at(text, fault.offset, fault.code, fault.message, fault.remedy)
        for section in ("inputs", "outputs"):
            self._check_labels(name, table, section)
        known = (*_OWN, *table.inputs, *table.outputs)
        for cell in pipe.columns:
            if cell.text not in known:
                message = f"`{cell.text[:60]}` is neither an input nor an output."
                remedy = did_you_mean(cell.text, known) or f"Known here: {', '.join(known)}."
                self._bench.error_at(text, cell.offset, "unknown-column", message, remedy)
        written = {cell.text for cell in pipe.columns}
        needed = [("inputs", label) for label in table.inputs] + [("outputs", label) for label in table.outputs]
        for section, label in needed if written else ():
            if label not in written:
                message = f"The column `{label}` is declared, but the table does not have it."
                self._bench.error(("tables", name, section, label), "missing-column", message, key=True)
        if OUTCOME in table.outputs and written and "id" not in written:
            message = "A table with an outcome needs the column `id`: its rows are rules."
            self._bench.error(path, "missing-column", message, "Add a column `id` of ids such as `too-few-days`.")
        return pipe

    def _check_labels(self, name: str, table: Table, section: str) -> None:
        for label in table.inputs if section == "inputs" else table.outputs:
            at: Path = ("tables", name, section, label)
            if label in _OWN or (section == "inputs" and label == OUTCOME):
                message = f"`{label}` is a column of its own."
                self._bench.error(at, "reserved-name", message, "Choose another name.", key=True)
            elif section == "outputs" and label in table.inputs:
                self._bench.error(at, "duplicate-name", f"`{label}` is an input too.", "Rename one.", key=True)
            elif section == "outputs" and (label == OUTCOME) != (table.outputs[label] == OUTCOME):
                message = "The output `outcome`, and only it, is of type `outcome`."
                self._bench.error(at, "bad-outcome", message, "Write `outcome: outcome`.")
