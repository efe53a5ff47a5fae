"""Value tables as Python: a row's mask per choice where the inputs are choices, row after row otherwise.

Most tables of policies ask about choices (a grade level, a kind of area). What each cell says of each choice is known
when the ruleset is loaded, so a column becomes a table from the choice to the rows that it covers, a bit each; a case
is covered by the rows in which all columns agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from engine.feel import operators
from engine.feel.builtins import get
from engine.feel.checked import Checked
from engine.feel.checker import builtins_used, dependencies
from engine.feel.python import Operand, Source, compile_expression
from engine.feel.run import Run
from engine.feel.types import ScalarType, Type
from engine.feel.unknown import Cause, Unknown, join
from engine.rulesets.checked import CheckedTable

__all__ = ["TableWriter"]

Write = Callable[..., Operand]


class Column(Struct, frozen=True):
    """What the cells of one column say.

    Attributes:
        rows: for each choice (and None where the input may be none) the rows that it covers, a bit each.
        sure: the rows that cover an unknown input too (`-`).
        open: the rows of which it is not known when the input is not.
    """

    rows: Mapping[Any, int]
    sure: int
    open: int


class TableWriter:
    """Writes what computes one table."""

    def __init__(self, source: Source, table: CheckedTable, compile_: Write) -> None:
        """Begins.

        Args:
            source: where the statements go.
            table: the table.
            compile_: writes an expression; takes the question of unary tests as `question`.
        """
        self._source = source
        self._table = table
        self._compile = compile_
        cause = Cause("table", table.name)
        self._nothing = source.constant(Unknown(frozenset((cause,))), "NONE")

    def write(self) -> Operand:
        """Writes it; gives its value, a context of the outputs."""
        inputs = [(self._compile(checked), checked.type) for checked in self._table.inputs]
        columns = [self._column(number, type_) for number, (_, type_) in enumerate(inputs)]
        outputs = self._constant_outputs()
        if outputs is not None and all(column is not None for column in columns):
            return self._by_mask([operand for operand, _ in inputs], [c for c in columns if c is not None], outputs)
        return self._row_by_row(inputs)

    def _column(self, number: int, type_: Type) -> Column | None:
        """The column when its input is a choice and its cells look at nothing else."""
        tests = [row.tests[number] for row in self._table.rows]
        if not isinstance(type_, ScalarType) or not type_.choices or any(map(_looks_further, tests)):
            return None
        cells = [compile_expression(test) for test in tests]
        asked = [*type_.choices, *([None] if type_.optional else [])]
        rows = {choice: _covered_by(cells, choice) for choice in asked}
        unknown = Unknown(frozenset())
        answers = [cell({"?": unknown}, Run()) for cell in cells]
        sure = sum(1 << place for place, answer in enumerate(answers) if answer is True)
        open_ = sum(1 << place for place, answer in enumerate(answers) if answer.__class__ is Unknown)
        return Column(rows, sure, open_)

    def _constant_outputs(self) -> list[dict[str, Any]] | None:
        """The outputs of every row when they look at nothing."""
        cells = [cell for row in self._table.rows for cell in row.outputs.values()]
        if any(map(_looks_further, cells)):
            return None
        return [
            {name: compile_expression(cell)({}, Run()) for name, cell in row.outputs.items()}
            for row in self._table.rows
        ]

    def _by_mask(self, inputs: Sequence[Operand], columns: Sequence[Column], outputs: list[dict[str, Any]]) -> Operand:
        source, result = self._source, self._source.fresh()
        names = [source.assign(operand.code, "input") for operand in inputs]
        by_choice = [source.constant(column.rows, "COLUMN") for column in columns]
        rows = source.constant([*outputs], "ROWS")
        masks = " & ".join(f"{column}[{name}]" for column, name in zip(by_choice, names, strict=True))
        known = f"{rows}[(mask & -mask).bit_length() - 1] if mask else {self._nothing}"
        unknown = [f"{name}.__class__ is U" for name, one in zip(names, inputs, strict=True) if not one.known]
        if not unknown:
            source.line(f"mask = {masks}")
            source.line(f"{result} = {known}")
            return Operand(result)
        with source.block(f"if {' or '.join(unknown)}:"):
            table = source.constant(_OpenTable(columns, outputs, first=self._table.hit == "first"), "OPEN")
            source.line(f"{result} = {table}.outputs(({', '.join(names)},), {self._nothing})")
        with source.block("else:"):
            source.line(f"mask = {masks}")
            source.line(f"{result} = {known}")
        return Operand(result)

    def _row_by_row(self, inputs: list[tuple[Operand, Type]]) -> Operand:
        source = self._source
        truths = source.assign("[]", "rows")
        for row in self._table.rows:
            truth = source.assign("True")
            with source.block("while True:"):
                for test, question in zip(row.tests, inputs, strict=True):
                    cell = self._compile(test, question=question)
                    source.line(f"{truth} = support.conj({truth}, {cell.code})")
                    with source.block(f"if {truth} is False:"):
                        source.line("break")
                source.line("break")
            source.line(f"{truths}.append({truth})")
        outputs = source.fresh("outputs")
        with source.block(f"def {outputs}(row):"):
            for place, row in enumerate(self._table.rows):
                with source.block(f"if row == {place}:"):
                    entries = [f"{name!r}: {self._compile(cell).code}" for name, cell in row.outputs.items()]
                    source.line(f"return {{{', '.join(entries)}}}")
        first = self._table.hit == "first"
        return Operand(source.assign(f"support.row_of_table({truths}, {outputs}, {self._nothing}, first={first})"))


def _looks_further(cell: Checked) -> bool:
    """Whether its value hangs on more than the input: on other names, the date, or the calendar."""
    return bool(dependencies(cell)) or any(builtin.needs_run for builtin in map(get, builtins_used(cell)) if builtin)


def _covered_by(cells: Sequence[Callable[..., Any]], choice: Any) -> int:
    return sum(1 << place for place, cell in enumerate(cells) if cell({"?": choice}, Run()) is True)


class _OpenTable:
    """A table by masks, for a case in which an input is unknown."""

    def __init__(self, columns: Sequence[Column], outputs: Sequence[dict[str, Any]], *, first: bool) -> None:
        self._columns = columns
        self._outputs = outputs
        self._first = first

    def outputs(self, inputs: Sequence[Any], nothing: Unknown) -> Any:
        """The outputs of the row that covers the inputs, unknown where that hangs on one that is unknown."""
        possible = sure = (1 << len(self._outputs)) - 1
        for column, value in zip(self._columns, inputs, strict=True):
            if value.__class__ is Unknown:
                sure &= column.sure
                possible &= column.sure | column.open
            else:
                sure &= column.rows[value]
                possible &= column.rows[value]
        open_ = possible & ~sure
        if not sure:
            return self._hanging_on(inputs, open_) if open_ else nothing
        lowest = sure & -sure
        found = self._outputs[lowest.bit_length() - 1]
        before = [place for place in range(lowest.bit_length() - 1) if self._first and open_ >> place & 1]
        if all(operators.equal(found, self._outputs[place]) is True for place in before):
            return found
        return self._hanging_on(inputs, sum(1 << place for place in before))

    def _hanging_on(self, inputs: Sequence[Any], rows: int) -> Unknown:
        """The unknown inputs that the given rows look at."""
        return join(
            *(
                value
                for column, value in zip(self._columns, inputs, strict=True)
                if value.__class__ is Unknown and column.open & rows
            )
        )
