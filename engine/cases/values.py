"""The values that functions of a program read, as Python: what a name stands for, and what computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.cases.deadlines import DeadlineWriter
from engine.cases.tables import TableWriter
from engine.feel.checked import Checked
from engine.feel.checker import dependencies
from engine.feel.python import Compiler, Operand, Source, access
from engine.feel.types import ContextType, ListType
from engine.rulesets.checked import CheckedDeadline, CheckedRuleset, CheckedTable

__all__ = ["Frame", "ValueWriter"]


@dataclass
class Frame:
    """The names that one function has at hand."""

    names: dict[str, Operand] = field(default_factory=dict)


class ValueWriter:
    """Writes expressions of a ruleset, and before them the values, tables and deadlines that they read."""

    def __init__(self, source: Source, ruleset: CheckedRuleset, *, facts_known: bool) -> None:
        """Begins; with `facts_known` no fact and no parameter of a case is unknown."""
        self._source = source
        self._ruleset = ruleset
        self._facts_known = facts_known
        self._parameters = list(ruleset.parameters)

    def compile(self, checked: Checked, where: str, frame: Frame, **more: Any) -> Operand:
        """Code for the expression that stands at `where` of the document."""
        scope = self._scope(frame)
        return Compiler(self._source, checked, where, scope, **more).expression()

    def write(self, expressions: Iterable[Checked], frame: Frame) -> list[str]:
        """Writes what computes the values that the expressions need and the frame does not have; gives their names."""
        written = [name for name in self._needed(expressions) if name not in frame.names]
        for name in written:
            if name in self._ruleset.tables:
                frame.names[name] = self._table(self._ruleset.tables[name], frame)
            elif name in self._ruleset.deadlines:
                frame.names[name] = self._deadline(self._ruleset.deadlines[name], frame)
            else:
                frame.names[name] = self.compile(self._ruleset.values[name], f"values.{name}", frame)
        return written

    def write_deadlines(self, frame: Frame) -> list[str]:
        """Writes the deadlines that the frame does not have; gives their names."""
        more = [name for name in self._ruleset.deadlines if name not in frame.names]
        for name in more:
            frame.names[name] = self._deadline(self._ruleset.deadlines[name], frame)
        return more

    def _scope(self, frame: Frame) -> Callable[[str], Operand]:
        def operand(name: str) -> Operand:
            return frame.names.get(name) or self._of_ruleset(name)

        return operand

    def _of_ruleset(self, name: str) -> Operand:
        """How code gets at a name that is no value: a fact, a parameter, a reference list, a date."""
        if name == "as_of":
            return Operand("run.as_of", known=True)
        if name == "rules_as_of":
            return Operand("p[-1]", known=True)
        if name in self._ruleset.parameters:
            code = f"p[{self._parameters.index(name)}]"
            return Operand.certain(code) if self._facts_known else Operand(code)
        if name in self._ruleset.references:
            rows = [dict(row) for row in self._ruleset.references[name]]
            return Operand.certain(self._source.constant(rows, "ROWS"))
        type_ = self._ruleset.scope[name]
        records = isinstance(type_, ListType) and isinstance(type_.element, ContextType)
        if self._facts_known:
            return Operand.certain(access("f", name))
        return Operand(access("f", name), known=isinstance(type_, ContextType), items_known=records)

    def _needed(self, expressions: Iterable[Checked]) -> list[str]:
        """The values and tables that the expressions read, directly or through others, in an order that works."""
        needed: set[str] = set()
        waiting = [name for checked in expressions for name in dependencies(checked)]
        while waiting:
            name = waiting.pop()
            if name in needed or name not in self._ruleset.order:
                continue
            needed.add(name)
            waiting += [inner for checked in self._read_by(name) for inner in dependencies(checked)]
        return [name for name in self._ruleset.order if name in needed]

    def _read_by(self, name: str) -> Sequence[Checked]:
        """The expressions of a value, table or deadline."""
        if name in self._ruleset.tables:
            return _expressions(self._ruleset.tables[name])
        if name in self._ruleset.deadlines:
            return self._ruleset.deadlines[name].expressions
        return [self._ruleset.values[name]]

    def _table(self, table: CheckedTable, frame: Frame) -> Operand:
        def compile_(checked: Checked, **more: Any) -> Operand:
            return self.compile(checked, f"tables.{table.name}", frame, **more)

        return TableWriter(self._source, table, compile_).write()

    def _deadline(self, deadline: CheckedDeadline, frame: Frame) -> Operand:
        def compile_(checked: Checked, part: str, local: Mapping[str, Operand]) -> Operand:
            return self.compile(checked, f"deadlines.{deadline.name}.{part}", Frame({**frame.names, **local}))

        return DeadlineWriter(self._source, deadline, compile_).write()


def _expressions(table: CheckedTable) -> list[Checked]:
    cells = [cell for row in table.rows for cell in (*row.tests, *row.outputs.values())]
    return [*table.inputs, *cells]
