"""Values and value tables: one graph without circles, bound so that each stands after those that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.feel.checked import Checked
from engine.rulesets.binding.circles import circles, order
from engine.rulesets.binding.free_names import free_names
from engine.rulesets.binding.located import Located
from engine.rulesets.binding.tables import OUTCOME, TableBinder
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.checked import CheckedTable
from engine.rulesets.findings import Path

__all__ = ["BoundValues", "bind_values"]

BoundValues = tuple[Mapping[str, Checked], Mapping[str, CheckedTable], tuple[str, ...]]
"""The values, the value tables, and the names of both in an order in which each stands after those that it reads."""


def bind_values(bench: Workbench, tables: TableBinder) -> BoundValues:
    """The values and value tables that are well-formed, their names added to the scope."""
    reads = _reads(bench, tables)
    for circle in circles(reads):
        trail = " → ".join((*circle, circle[0]))
        message = f"These are worked out from each other in a circle: {trail}."
        bench.error(_path(bench, circle[0]), "circle", message, "Take one of them out of the circle.", key=True)
    placed = order(reads)
    bench.unjudged.update(name for name in reads if name not in placed)
    values: dict[str, Checked] = {}
    bound: dict[str, CheckedTable] = {}
    for name in placed:
        if name in bench.document.values:
            checked = bench.compiled(text_of_value(bench, name))
            if checked is None:
                bench.unjudged.add(name)
            else:
                values[name] = checked
                bench.scope[name] = checked.type
        elif (table := tables.bind(name)) is not None:
            bound[name] = table
    names = tuple(name for name in placed if name in values or name in bound)
    return MappingProxyType(values), MappingProxyType(bound), names


def text_of_value(bench: Workbench, name: str) -> Located:
    """The expression of a value, written short or under `is`."""
    full: Path = ("values", name, "is")
    return bench.text(full if full in bench.source.scalars else ("values", name))


def _reads(bench: Workbench, tables: TableBinder) -> Mapping[str, frozenset[str]]:
    reads: dict[str, frozenset[str]] = {}
    for name in bench.document.values:
        node = bench.parse(text_of_value(bench, name))
        reads[name] = frozenset() if node is None else free_names(node)
    for name, table in bench.document.tables.items():
        if OUTCOME not in table.outputs:
            reads[name] = tables.reads(name)
    return reads


def _path(bench: Workbench, name: str) -> Path:
    return ("values" if name in bench.document.values else "tables", name)
