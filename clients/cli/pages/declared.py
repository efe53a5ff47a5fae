"""The deadlines and tables of a ruleset on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.table import Table as Grid
from rich.text import Text

from clients.cli.pages.words import cited, indented, title
from rollbook.declarations import DayCount, DeclaredDeadline, HitPolicy, Table

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_deadlines", "show_tables"]

_HITS = {HitPolicy.UNIQUE: "at most one row fits", HitPolicy.FIRST: "the first row that fits counts"}


def show_deadlines(page: Console, deadlines: Iterable[DeclaredDeadline]) -> None:
    """Prints when each deadline starts, how long it is, and what else decides its due day."""
    for number, deadline in enumerate(deadlines):
        if not number:
            title(page, "Deadlines")
        each = f"  each {deadline.each}" if deadline.each else ""
        page.print(indented(Text.assemble((deadline.name, "cyan"), each), 1))
        if deadline.means:
            page.print(indented(deadline.means, 2, "italic"))
        for line in _lines(deadline):
            page.print(indented(line, 2))
        if deadline.citations:
            page.print(indented(cited(deadline.citations), 2, "dim"))


def _lines(deadline: DeclaredDeadline) -> Iterator[str]:
    yield f"starts {_line(deadline.starts)}"
    if deadline.length is not None:
        yield f"length {_days(deadline.length)}"
    if (pause := deadline.paused) is not None:
        each = f" for each {pause.each}" if pause.each else ""
        yield f"paused after {_line(pause.from_)} through {_line(pause.until)}{each}"
    for word, expression in (("due", deadline.due), ("waived", deadline.waived), ("met", deadline.met)):
        if expression:
            yield f"{word} {_line(expression)}"
    if deadline.soon is not None:
        yield f"due soon {_days(deadline.soon)} before"


def _days(length: DayCount) -> str:
    return f"{_line(length.count)} {length.days} days"


def _line(expression: str) -> str:
    return " ".join(expression.split())


def show_tables(page: Console, tables: Iterable[Table]) -> None:
    """Prints each table as it is written, with what its columns are compared with."""
    for number, table in enumerate(tables):
        if not number:
            title(page, "Tables")
        hit = f"  {_HITS[table.hit]}" if table.hit in _HITS else ""
        page.print(indented(Text.assemble((table.name, "cyan"), hit), 1))
        if table.means:
            page.print(indented(table.means, 2, "italic"))
        for column in table.columns:
            if column.input and column.input != column.name:
                page.print(indented(f"{column.name} is {_line(column.input)}", 2))
        grid = Grid(box=None, pad_edge=False, header_style="bold")
        for column in table.columns:
            grid.add_column(Text(column.name), overflow="fold")
        for row in table.rows:
            grid.add_row(*map(Text, row.cells))
        page.print(indented(grid, 2))
        if table.citations:
            page.print(indented(cited(table.citations), 2, "dim"))
