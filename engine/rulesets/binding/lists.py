"""Parameters and reference lists: what the policy itself says, as values and their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from engine.feel.types import BOOLEAN, DATE, STRING, ContextType, ListType, ScalarType, Type
from engine.rulesets.binding.columns import CellError, Column, column_of
from engine.rulesets.binding.facts import Choosing, FactBinder
from engine.rulesets.binding.located import Located
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.checked import CheckedParameter
from engine.rulesets.documents import Reference
from engine.rulesets.pipe_tables import PipeTable, Row, read_pipe_table
from engine.rulesets.scalars import decimals

__all__ = ["ReferenceBinder", "bind_parameters"]


def bind_parameters(bench: Workbench) -> Mapping[str, CheckedParameter]:
    """The parameters, their names added to the scope."""
    found: dict[str, CheckedParameter] = {}
    for name, parameter in bench.document.parameters.items():
        values = tuple(sorted(parameter.from_.items()))
        type_ = _common(value for _, value in values)
        if type_ is None:
            message = "The values of a parameter are all of one kind: numbers, texts, days, or lists of one of these."
            bench.error(("parameters", name, "from"), "no-common-type", message, key=True)
            bench.unjudged.add(name)
            continue
        plain = tuple((day, list(value) if isinstance(value, tuple) else value) for day, value in values)
        found[name] = CheckedParameter(name, type_, plain)
        bench.scope[name] = type_
    return MappingProxyType(found)


def _common(values: Iterable[Any]) -> Type | None:
    """The type that all of them have."""
    given = list(values)
    if all(isinstance(value, tuple) for value in given):
        element = _common(item for value in given for item in value)
        return None if element is None else ListType(element)
    if all(isinstance(value, bool) for value in given):
        return BOOLEAN
    if all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in given):
        places = max(decimals(value) for value in given)
        return ScalarType("number", integer=places == 0, places=places)
    if all(isinstance(value, str) for value in given):
        return STRING
    return DATE if all(isinstance(value, date) for value in given) else None


class ReferenceBinder:
    """The reference lists of one document; their texts first, since facts may choose from them."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._tables: dict[str, PipeTable] = {}
        for name, reference in bench.document.reference.items():
            self._tables[name] = self._read(name, reference)

    def choosing(self) -> Choosing:
        """The texts in every column of every list, each once."""
        return {
            name: {
                column: tuple(dict.fromkeys(row.cells[column].text.strip('"') for row in self._tables[name].rows))
                for column in reference.columns
                if all(column in row.cells for row in self._tables[name].rows)
            }
            for name, reference in self._bench.document.reference.items()
        }

    def bind(self, facts: FactBinder) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """The lines of each list, their names added to the scope."""
        found: dict[str, tuple[Mapping[str, Any], ...]] = {}
        for name, reference in self._bench.document.reference.items():
            at = ("reference", name)
            columns = {
                label: column_of(self._bench, facts, type_, (*at, "columns", label))
                for label, type_ in reference.columns.items()
            }
            known = {label: column for label, column in columns.items() if column is not None}
            lines = tuple(self._line(name, row, known) for row in self._tables[name].rows)
            if len(known) < len(columns) or self._bench.findings.has_errors_at(at):
                self._bench.unjudged.add(name)
                continue
            found[name] = lines
            entries = {label: column.type for label, column in known.items()}
            self._bench.scope[name] = ListType(ContextType(MappingProxyType(entries)))
        return MappingProxyType(found)

    def _read(self, name: str, reference: Reference) -> PipeTable:
        path = ("reference", name, "rows")
        text = self._bench.text(path)
        table = read_pipe_table(text.text)
        for fault in table.faults:
            self._bench.error_at(text, fault.offset, fault.code, fault.message, fault.remedy)
        for cell in table.columns:
            if cell.text not in reference.columns:
                message = f"`{cell.text[:60]}` is not declared among the columns."
                remedy = f"Declared: {', '.join(reference.columns)}."
                self._bench.error_at(text, cell.offset, "unknown-column", message, remedy)
        written = {cell.text for cell in table.columns}
        for label in reference.columns:
            if written and label not in written:
                message = f"The column `{label}` is declared, but the table does not have it."
                self._bench.error(("reference", name, "columns", label), "missing-column", message, key=True)
        return table

    def _line(self, name: str, row: Row, columns: Mapping[str, Column]) -> Mapping[str, Any]:
        line: dict[str, Any] = {}
        for label, column in columns.items():
            cell = row.cells.get(label)
            if cell is None:
                continue
            try:
                line[label] = column.value(cell.text)
            except CellError as error:
                at = Located.at(cell.text, ("reference", name, "rows"), cell.offset)
                self._bench.error_at(at, 0, error.code, error.message, error.remedy)
        return line
