"""Decision tables: cases that no row covers, and cases that two rows of a `unique` table cover.

Cells are values, comparisons and intervals, so each column splits into finitely many kinds of values that no cell tells
apart: every choice; for numbers and dates every bound that a cell names, and one value between each two. One value of
each kind stands for all, and a row covers a case when it covers each of its values. Columns are taken as independent.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from engine.feel.checked import Checked
from engine.feel.checker import dependencies
from engine.feel.checking.facts import children, fact_path
from engine.feel.python import compile_expression
from engine.feel.run import Run
from engine.feel.syntax import Node
from engine.feel.types import ScalarType, Type
from engine.rulesets.binding.tables import OUTCOME, TableBinder
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.checked import CheckedTable
from engine.rulesets.facts import Fact, FactGroup, leaves
from engine.rulesets.findings import Path

__all__ = ["check_cover"]

MOST_CASES: Final = 200_000
"""Combinations of kinds that are looked at; a table with more is not judged."""


def check_cover(bench: Workbench, tables: TableBinder, values: Mapping[str, CheckedTable], facts: FactGroup) -> bool:
    """Warns of cases that no row of a value table covers; two rows that cover one case are an error if `unique`.

    A table with an outcome may leave cases to other rules, so there only the second is looked at.

    Returns:
        Whether there was no error.
    """
    fine = True
    declared = {fact.path: fact for fact in leaves(facts)}
    for name, table in bench.document.tables.items():
        checked = values.get(name) or tables.tests_of(name)
        if checked is None:
            continue
        columns = [_column(checked, place, declared) for place in range(len(checked.inputs))]
        if any(column is None for column in columns):
            continue
        judge = _Judge(list(table.inputs), [column for column in columns if column is not None], len(checked.rows))
        fine &= _report(bench, ("tables", name), checked, judge, gaps=OUTCOME not in table.outputs)
    return fine


def _report(bench: Workbench, path: Path, table: CheckedTable, judge: _Judge, *, gaps: bool) -> bool:
    if gaps and (case := judge.gap()) is not None:
        message = f"No row covers the case {case}; there its value is not known."
        bench.warning(path, "gap", message, "Add a row for it, or a last row with `-` in every input.")
    found = judge.overlap() if table.hit == "unique" else None
    if found is not None:
        case, first, second = found
        message = f"{_rows(table, first, second)} both cover the case {case}."
        remedy = "Make one of them narrower, or write `hit: first` if the upper row goes before the lower."
        bench.error((*path, "rows"), "overlap", message, remedy)
    return found is None


def _rows(table: CheckedTable, *places: int) -> str:
    """The rows as a sentence begins with them: by their ids when all of them have one, else by number."""
    ids = [table.rows[place].id for place in places]
    return "Rows " + " and ".join(
        f"`{id_}`" if all(ids) else str(place + 1) for id_, place in zip(ids, places, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """A value that stands for all those that no cell of its column tells from it, and the rows that cover them."""

    value: Any
    rows: int


class _Judge:
    """Looks through the combinations of kinds."""

    def __init__(self, labels: Sequence[str], columns: Sequence[Sequence[_Kind]], rows: int) -> None:
        self._labels = labels
        self._columns = columns
        self._all = (1 << rows) - 1
        self._left = MOST_CASES

    def gap(self) -> str | None:
        """A case that no row covers; None when there is none, or too many cases to look at."""
        found = next(self._cases(0, self._all, (), lambda rows: rows == 0, lambda _: True), None)
        return None if found is None else self._words(found[0])

    def overlap(self) -> tuple[str, int, int] | None:
        """A case that two rows cover, and the two, by place."""
        found = next(self._cases(0, self._all, (), _several, _several), None)
        if found is None:
            return None
        case, rows = found
        first = (rows & -rows).bit_length() - 1
        rest = rows & (rows - 1)
        return self._words(case), first, (rest & -rest).bit_length() - 1

    def _cases(
        self,
        column: int,
        rows: int,
        case: tuple[Any, ...],
        wanted: Callable[[int], bool],
        hopeful: Callable[[int], bool],
    ) -> Iterator[tuple[tuple[Any, ...], int]]:
        """The cases whose covering rows are as wanted; those that cannot come to be are not looked into."""
        if column == len(self._columns):
            if wanted(rows):
                yield case, rows
            return
        for kind in self._columns[column]:
            self._left -= 1
            if self._left < 0:
                return
            if hopeful(rows & kind.rows):
                yield from self._cases(column + 1, rows & kind.rows, (*case, kind.value), wanted, hopeful)

    def _words(self, case: Sequence[Any]) -> str:
        values = (
            "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value) for value in case
        )
        return ", ".join(f"{label} = {value}" for label, value in zip(self._labels, values, strict=True))


def _word(value: Any) -> str:
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _several(rows: int) -> bool:
    return rows & (rows - 1) != 0


def _column(table: CheckedTable, place: int, facts: Mapping[str, Fact]) -> list[_Kind] | None:
    """The kinds of one column; None when its cells look at more than the input, or its values cannot be split."""
    tests = [row.tests[place] for row in table.rows]
    asked = table.inputs[place]
    if any(dependencies(test) for test in tests):
        return None
    fact = facts.get(fact_path(asked.root, asked.types, asked.references))
    values = _values(asked.type, fact, [value for test in tests for value in _named(test)])
    if values is None:
        return None
    cells = [compile_expression(test) for test in tests]
    kinds: dict[Hashable, _Kind] = {}
    for value in [*values, *([None] if asked.type.optional else [])]:
        rows = sum(1 << row for row, cell in enumerate(cells) if cell({"?": value}, Run()) is True)
        kinds.setdefault(rows, _Kind(value, rows))
    return list(kinds.values())


def _values(type_: Type, fact: Fact | None, named: Sequence[Any]) -> list[Any] | None:
    """One value of each kind, those that a fact cannot have left out."""
    if not isinstance(type_, ScalarType):
        return None
    match type_.name:
        case "boolean":
            return [False, True]
        case "string" if type_.choices:
            return list(type_.choices)
        case "string":
            return [*(value for value in named if isinstance(value, str)), "(any other)"]
        case "number":
            return _numbers([value for value in named if isinstance(value, int | Decimal)], type_, fact)
        case "date":
            days = sorted({value for value in named if isinstance(value, date)})
            around = {day + timedelta(days=step) for day in days for step in (-1, 0, 1)}
            return sorted(around) or [date(2000, 1, 1)]
        case _:
            return None


def _numbers(named: Sequence[int | Decimal], type_: ScalarType, fact: Fact | None) -> list[Any]:
    least, most = (fact.at_least, fact.at_most) if fact else (None, None)
    bounds = {Decimal(value) for value in (*named, least, most) if value is not None}
    step = Decimal(1) if type_.integer else Decimal(1).scaleb(-(type_.places if type_.places is not None else 6))
    around = {bound + move for bound in bounds for move in (-step, Decimal(0), step)} or {Decimal(0)}
    inside = (value for value in around if (least is None or value >= least) and (most is None or value <= most))
    return [int(value) if value == value.to_integral_value() else value for value in sorted(inside)]


def _named(test: Checked) -> Iterator[Any]:
    """The values that the cell names: literals, and what is worked out from them alone."""
    waiting: list[Node] = [test.root]
    while waiting:
        node = waiting.pop()
        type_ = test.types.get(node)
        if node is not test.root and isinstance(type_, ScalarType) and not _mentions(node, test):
            part = Checked(node, type_, test.types, test.references, test.source, test.strict)
            yield compile_expression(part)({}, Run())
        else:
            waiting.extend(children(node))


def _mentions(node: Node, test: Checked) -> bool:
    """Whether a part of the cell is more than a value: a test, or something that looks at the input."""
    if type(node).__name__.endswith("Test") or type(node).__name__ == "AnyValue":
        return True
    reference = test.references.get(node)
    if reference is not None and reference.kind != "builtin":
        return True
    return any(_mentions(child, test) for child in children(node))
