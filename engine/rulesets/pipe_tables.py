"""Pipe tables: a line of column names, then a line per row, cells separated by `|`.

A `|` within double quotes belongs to the text. Lines may begin and end with `|`, blank lines and a line of dashes under
the names are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Cell", "PipeTable", "Row", "TableFault", "read_pipe_table"]

_RULE = re.compile(r":?-{3,}:?")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, trimmed, and at which offset of the table's text it begins."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells by column name, and the offset of its first."""

    cells: Mapping[str, Cell]
    offset: int


@dataclass(frozen=True, slots=True)
class TableFault:
    """What is wrong with the form of a table, and at which offset."""

    offset: int
    code: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class PipeTable:
    """A table: its column names and its rows. A row of a wrong width is left out, and among the faults."""

    columns: tuple[Cell, ...]
    rows: tuple[Row, ...]
    faults: tuple[TableFault, ...]


def read_pipe_table(text: str) -> PipeTable:
    """The table that `text` is."""
    lines = [cells for line in re.finditer(r"[^\n]+", text) if (cells := _cells(line[0], line.start()))]
    lines = [cells for cells in lines if not all(_RULE.fullmatch(cell.text) for cell in cells if cell.text)]
    if not lines:
        fault = TableFault(0, "table-empty", "The table has no line of column names.")
        return PipeTable((), (), (fault,))
    columns, *body = lines
    columns = _without_edges(columns, 1)
    faults: list[TableFault] = []
    seen: set[str] = set()
    for column in columns:
        if column.text in seen:
            faults.append(TableFault(column.offset, "duplicate-column", f"The column `{column.text}` comes twice."))
        seen.add(column.text)
    rows = []
    for line in body:
        cells = _without_edges(line, len(columns))
        if len(cells) == len(columns):
            by_column = {column.text: cell for column, cell in zip(columns, cells, strict=True)}
            rows.append(Row(by_column, cells[0].offset))
        else:
            message = f"The row has {len(cells)} cells, the line of column names {len(columns)}."
            remedy = "Separate cells by `|`; a cell that says nothing is `-`."
            faults.append(TableFault(cells[0].offset, "row-width", message, remedy))
    if not body:
        faults.append(TableFault(columns[0].offset, "table-empty", "The table has no rows."))
    return PipeTable(tuple(columns), tuple(rows), tuple(faults))


def _cells(line: str, start: int) -> list[Cell]:
    """The cells of a line that begins at `start`; none when it is blank."""
    if not line.strip():
        return []
    bounds = [-1, *_bars(line), len(line)]
    cells: list[Cell] = []
    for before, end in pairwise(bounds):
        raw = line[before + 1 : end]
        cells.append(Cell(raw.strip(), start + before + 1 + len(raw) - len(raw.lstrip())))
    return cells


def _without_edges(cells: list[Cell], wanted: int) -> list[Cell]:
    """The cells without those that a `|` at the ends of the line makes, when there are more than wanted."""
    if len(cells) > wanted and not cells[0].text:
        cells = cells[1:]
    if len(cells) > wanted and not cells[-1].text:
        cells = cells[:-1]
    return cells


def _bars(line: str) -> Iterator[int]:
    """Where the line has a `|` that is not within quotes."""
    quoted = escaped = False
    for place, character in enumerate(line):
        if escaped:
            escaped = False
        elif character == '"':
            quoted = not quoted
        elif character == "\\":
            escaped = quoted
        elif character == "|" and not quoted:
            yield place
