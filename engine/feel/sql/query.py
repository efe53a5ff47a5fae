"""A query in the making: columns that build on columns, laid out in as few steps as they need.

Each column is worked out once, and DuckDB leaves out those that nothing reads.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

__all__ = ["ITEM", "Query", "free_items"]

ITEM: Final = "\x01"
"""Stands on both sides of the number of the variable of a loop."""

_MARK: Final = "\x00"
"""Stands on both sides of the number of a column where an expression reads it: no text of a ruleset has it."""

_READ: Final = re.compile(f"{_MARK}([0-9]+){_MARK}")
_ITEM: Final = re.compile(f"{ITEM}([0-9]+){ITEM}")
_BOUND: Final = re.compile(f"lambda ({ITEM}[0-9]+{ITEM}(?:, {ITEM}[0-9]+{ITEM})*):")
_SIMPLE: Final = re.compile(rf"{_MARK}[0-9]+{_MARK}|[A-Za-z0-9_]+")
_LOOP: Final = "lambda "
_OWN: Final = "_"
"""Begins the names of columns and variables of loops: every name of a ruleset begins with a letter."""
_SHARED: Final = "$"
"""Begins the names of shared values: no name of a ruleset has it."""


class Query:
    """Columns over one source."""

    def __init__(self) -> None:
        self._columns: list[str] = []
        self._numbers: dict[str, int] = {}
        self._shared: dict[str, str] = {}

    def column(self, sql: str) -> str:
        """What reads the value of `sql`, which is worked out in a column of its own unless it is a name or literal."""
        if _SIMPLE.fullmatch(sql):
            return sql
        if sql not in self._numbers:
            self._numbers[sql] = len(self._columns)
            self._columns.append(sql)
        return f"{_MARK}{self._numbers[sql]}{_MARK}"

    def shared(self, name: str, sql: str) -> str:
        """What reads the value of `sql`, the same for every case, which the query makes once, under `name`.

        A long list must not be written at each place that reads it: SQL would make it anew for every place.
        """
        reading = f'"{_SHARED}{name}"'
        self._shared[reading] = sql
        return reading

    def text(self, outputs: Mapping[str, str], source: str) -> str:
        """The text of the query that gives `outputs` (an expression for each name) over `source` (after FROM)."""
        steps = self._steps([*outputs.values()])
        stepped = {number for step in steps for number in step}

        def written(sql: str) -> str:
            return _READ.sub(lambda found: read(int(found[1])), sql)

        def read(number: int) -> str:
            return f"{_OWN}c{number}" if number in stepped else f"({written(self._columns[number])})"

        text = self._with_shared([*outputs.values()], source)
        for step in steps:
            columns = ",\n".join(f"{written(self._columns[number])} AS {_OWN}c{number}" for number in step)
            text = f"(SELECT *,\n{columns}\nFROM {text})"
        given = ",\n".join(f'{written(sql)} AS "{name}"' for name, sql in outputs.items())
        return _ITEM.sub(rf"{_OWN}x\1", f"SELECT {given}\nFROM {text}")

    def _with_shared(self, outputs: list[str], source: str) -> str:
        """The source, and beside its columns the shared values that the outputs read."""
        readers = [*outputs, *(self._columns[number] for number in self._needed(outputs))]
        read = [reading for reading in self._shared if any(reading in sql for sql in readers)]
        if not read:
            return source
        # Beside each case and not as a table that is joined in: of two tables DuckDB may hold the larger in memory.
        values = ",\n".join(f"{self._shared[reading]} AS {reading}" for reading in read)
        return f"(SELECT *,\n{values}\nFROM {source})"

    def _steps(self, outputs: list[str]) -> list[list[int]]:
        """The columns that are worked out before the outputs, step by step: each reads only those of steps before.

        One that is read once, and not in a loop over the items of a list, is written where it is read instead.
        """
        needed = self._needed(outputs)
        readers = [*outputs, *(self._columns[number] for number in needed)]
        times = Counter(number for sql in readers for number in _reads(sql))
        in_loops = {number for sql in readers if _LOOP in sql for number in _reads(sql)}
        after: dict[int, int] = {}
        steps: list[list[int]] = []
        for number in needed:
            after[number] = max((after[read] for read in _reads(self._columns[number])), default=0)
            if times[number] > 1 or number in in_loops:
                if after[number] == len(steps):
                    steps.append([])
                steps[after[number]].append(number)
                after[number] += 1
        return steps

    def _needed(self, outputs: Iterable[str]) -> list[int]:
        """The columns that the outputs read, directly or through others, each after those that it reads."""
        found: set[int] = set()
        waiting = [number for sql in outputs for number in _reads(sql)]
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting += _reads(self._columns[number])
        return sorted(found)  # a column reads only those made before it


def free_items(sql: str) -> set[str]:
    """The numbers of the variables of loops that `sql` reads without going through their lists itself."""
    bound = {number for found in _BOUND.findall(sql) for number in _ITEM.findall(found)}
    return set(_ITEM.findall(sql)) - bound  # every loop has a variable of its own


def _reads(sql: str) -> list[int]:
    return [int(number) for number in _READ.findall(sql)]
