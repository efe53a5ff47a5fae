"""Values, value tables and deadlines: one graph without circles, each bound after those that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.feel.checked import Checked
from engine.rulesets.binding.circles import circles, order, trail
from engine.rulesets.binding.deadlines import DeadlineBinder
from engine.rulesets.binding.free_names import free_names
from engine.rulesets.binding.located import Located
from engine.rulesets.binding.tables import OUTCOME, TableBinder
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.checked import CheckedDeadline, CheckedTable
from engine.rulesets.findings import Path

__all__ = ["BoundValues", "bind_values"]

BoundValues = tuple[Mapping[str, Checked], Mapping[str, CheckedTable], Mapping[str, CheckedDeadline], tuple[str, ...]]
"""The values, the value tables, the deadlines, and the names of all, each after those that it reads."""


def bind_values(bench: Workbench, tables: TableBinder) -> BoundValues:
    """The values, value tables and deadlines that are well-formed, their names added to the scope."""
    deadlines = DeadlineBinder(bench)
    reads = _reads(bench, tables, deadlines)
    for circle in circles(reads):
        message = f"These are worked out from each other in a circle: {trail(circle)}."
        bench.error(_path(bench, circle[0]), "circle", message, "Take one of them out of the circle.", key=True)
    placed = order(reads)
    bench.unjudged.update(name for name in reads if name not in placed)
    values: dict[str, Checked] = {}
    bound: dict[str, CheckedTable] = {}
    dues: dict[str, CheckedDeadline] = {}
    for name in placed:
        if name in bench.document.values:
            checked = bench.compiled(text_of_value(bench, name))
            if checked is None:
                bench.unjudged.add(name)
            else:
                values[name] = checked
                bench.scope[name] = checked.type
        elif name in bench.document.deadlines:
            if (deadline := deadlines.bind(name)) is None:
                bench.unjudged.add(name)
            else:
                dues[name] = deadline
        elif (table := tables.bind(name)) is not None:
            bound[name] = table
    names = tuple(name for name in placed if name in values or name in bound or name in dues)
    in_order = {name: dues[name] for name in bench.document.deadlines if name in dues}
    return MappingProxyType(values), MappingProxyType(bound), MappingProxyType(in_order), names


def text_of_value(bench: Workbench, name: str) -> Located:
    """The expression of a value, written short or under `is`."""
    full: Path = ("values", name, "is")
    return bench.text(full if full in bench.source.scalars else ("values", name))


def _reads(bench: Workbench, tables: TableBinder, deadlines: DeadlineBinder) -> Mapping[str, frozenset[str]]:
    reads: dict[str, frozenset[str]] = {}
    for name in bench.document.values:
        node = bench.parse(text_of_value(bench, name))
        reads[name] = frozenset() if node is None else free_names(node)
    for name, table in bench.document.tables.items():
        if OUTCOME not in table.outputs:
            reads[name] = tables.reads(name)
    for name in bench.document.deadlines:
        reads[name] = deadlines.reads(name)
    return reads


def _path(bench: Workbench, name: str) -> Path:
    sections = (("values", bench.document.values), ("deadlines", bench.document.deadlines))
    return (next((section for section, names in sections if name in names), "tables"), name)
