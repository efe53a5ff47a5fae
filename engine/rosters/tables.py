"""Value tables in SQL: which row covers a case, and the outputs of that row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import TypeAlias

from engine.feel.checker import dependencies
from engine.feel.comparisons import conj
from engine.feel.interpreter import evaluate
from engine.feel.python.support import row_of_table
from engine.feel.run import Run
from engine.feel.sql import NotCovered, Operand, Plan
from engine.feel.sql.domain import Domain
from engine.feel.sql.fitting import common, fitted
from engine.feel.sql.operand import NULL, TRUE
from engine.feel.sql.shapes import Spread
from engine.feel.sql.tabulating import MOST_COMBINATIONS, operand_of, parts_of
from engine.feel.unknown import Cause, Unknown
from engine.rulesets.checked import CheckedRow, CheckedTable

__all__ = ["table_operand"]

Compile: TypeAlias = Callable[..., Operand]
"""Writes an expression: takes it, what it is called in errors, and for unary tests the `question`."""


def table_operand(plan: Plan, table: CheckedTable, compile_: Compile) -> Operand:
    """The context of a table's outputs; all of them are unknown where no row covers the case.

    Raises:
        NotCovered: when SQL cannot say one of its cells.
    """
    where = f"tables.{table.name}"
    inputs = [(compile_(checked, where), checked.type) for checked in table.inputs]
    if (found := _tabulated(plan, table, [operand for operand, _ in inputs])) is not None:
        return found
    covers = [
        _covers(row, [compile_(test, where, question=asked) for test, asked in zip(row.tests, inputs, strict=True)])
        for row in table.rows
    ]
    row = plan.query.column(_row(covers, first=table.hit == "first"))
    outputs = [{name: compile_(cell, where) for name, cell in line.outputs.items()} for line in table.rows]
    names = list(outputs[0]) if outputs else []
    return Operand(
        NULL, Spread({name: _output(plan, row, [line[name] for line in outputs]) for name in names}), known=True
    )


def _tabulated(plan: Plan, table: CheckedTable, inputs: Sequence[Operand]) -> Operand | None:
    """The outputs, looked up by the choices that the inputs hang on; None where they hang on anything else."""
    domains = [operand.domain for operand in inputs if operand.domain is not None]
    cells = [cell for row in table.rows for cell in (*row.tests, *row.outputs.values())]
    if len(domains) < len(inputs) or not domains or any(dependencies(cell) for cell in cells):
        return None
    parts = parts_of(domains)
    if prod(part.size for part in parts) > MOST_COMBINATIONS:
        return None
    run = Run(plan.as_of, plan.calendar)
    outputs = [{name: evaluate(cell, {}, run) for name, cell in row.outputs.items()} for row in table.rows]
    nothing = Unknown(frozenset((Cause("table", table.name),)))
    values = []
    for combination in product(*(range(part.size) for part in parts)):
        at = dict(zip(parts, combination, strict=True))
        asked = [domain.value(at) for domain in domains]
        truths = [
            conj(*(evaluate(test, {}, run, value=value) for test, value in zip(row.tests, asked, strict=True)))
            for row in table.rows
        ]
        values.append(row_of_table(truths, outputs.__getitem__, nothing, first=table.hit == "first"))
    try:
        return operand_of(plan, Domain(parts, tuple(values)))
    except NotCovered:
        return None


def _covers(_: CheckedRow, cells: Sequence[Operand]) -> str:
    """Whether a row covers the case; NULL when that is not known."""
    told = [cell.sql for cell in cells if cell.sql != TRUE]
    return f"({' AND '.join(told)})" if told else TRUE


def _row(covers: Sequence[str], *, first: bool) -> str:
    """The number of the row that covers the case, from 0; NULL when there is none, or it is not known which."""
    cases = []
    for number, truth in enumerate(covers):
        cases.append(f"WHEN {truth} THEN {number}")
        if first and truth != TRUE:
            cases.append(f"WHEN ({truth}) IS NULL THEN NULL")
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS INTEGER)"


def _output(plan: Plan, row: str, cells: Sequence[Operand]) -> Operand:
    shape = common(cell.shape for cell in cells)
    values = [fitted(plan, cell, shape) for cell in cells]
    optional = any(cell.optional for cell in cells)
    sql = plan.query.column(_picked(row, values))
    if not optional:
        return Operand(sql, shape)
    flag = plan.query.column(_picked(row, [cell.unknown for cell in cells], otherwise=TRUE))
    return Operand(sql, shape, optional=True, flag=flag)


def _picked(row: str, values: Sequence[str], *, otherwise: str = NULL) -> str:
    """The value of the row that covers the case."""
    if len(set(values)) == 1 and values[0] == otherwise:
        return otherwise
    cases = " ".join(f"WHEN {number} THEN {value}" for number, value in enumerate(values))
    return f"CASE {row} {cases} ELSE {otherwise} END"
