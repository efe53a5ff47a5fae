"""The pool of a lottery from a file, and its draw for people and for files."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Table

from clients.cli.console import screen
from clients.cli.failures import FailureError
from engine.lottery import Application, Draw

__all__ = ["places_of", "read_pool", "show", "write"]

_COLUMNS = ("id", "grade", "list")


def read_pool(path: Path) -> list[Application]:
    """The applications of a CSV file with the columns id, grade and list (`lottery` where that is empty).

    Raises:
        FailureError: when it cannot be read, or a column is missing.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            lacking = [column for column in _COLUMNS[:2] if column not in (rows.fieldnames or ())]
            if lacking:
                message = f"{path} has no column {' or '.join(lacking)}."
                raise FailureError(message, "The first line names the columns: id,grade,list.")
            return [
                Application(
                    (row["id"] or "").strip(), (row["grade"] or "").strip(), (row.get("list") or "lottery").strip()
                )
                for row in rows
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{path} cannot be read: {error.strerror if isinstance(error, OSError) else 'it is no CSV in UTF-8'}."
        raise FailureError(message) from None


def places_of(given: Sequence[str]) -> Mapping[str, int]:
    """The openings per grade of `GRADE=N` options.

    Raises:
        FailureError: when one is not written so.
    """
    found: dict[str, int] = {}
    for one in given:
        grade, equals, number = one.partition("=")
        if not equals or not grade or not number.isdecimal():
            message = f"`{one}` says no places."
            raise FailureError(message, "Write --places K=18.")
        found[grade.strip()] = int(number)
    return found


def write(draw: Draw, path: Path) -> None:
    """Writes the draw as CSV: grade, number, id, list, offered, key."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("grade", "number", "id", "list", "offered", "key"))
        for one in draw.drawn:
            application = one.application
            offered = "yes" if one.offered else "no"
            rows.writerow((application.grade, one.number, application.id, application.list, offered, one.key))


def show(draw: Draw) -> None:
    """Shows the draw: the seed, the pool's hash, and per grade how many were drawn and are offered a place."""
    screen().print(f"Seed: {draw.seed}\nPool: {draw.pool}", highlight=False)
    table = Table("grade", "drawn", "offered a place", "first on the list")
    drawn = Counter(one.application.grade for one in draw.drawn)
    offered = Counter(one.application.grade for one in draw.drawn if one.offered)
    first = {one.application.grade: one.application.id for one in reversed(draw.drawn)}
    for grade, count in drawn.items():
        table.add_row(grade, str(count), str(offered[grade]), first[grade])
    screen().print(table)
