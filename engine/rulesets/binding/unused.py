"""What is declared and never used: mostly an oversight, so a warning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.feel.checker import dependencies, paths
from engine.rulesets.binding.drafts import RuleDraft
from engine.rulesets.binding.tables import OUTCOME
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.documents import FactDeclaration, FactEntry, FactGroupDeclaration, FactListDeclaration
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode, leaves
from engine.rulesets.findings import Path
from engine.rulesets.parts import needed

__all__ = ["check_unused"]


def check_unused(bench: Workbench, facts: FactGroup, drafts: Iterable[RuleDraft]) -> None:
    """Warns of facts, names, results, actions and outcomes that nothing uses."""
    drafts = tuple(drafts)
    read = frozenset[str]().union(*(dependencies(checked) for checked in bench.checked))
    read |= {one_of.partition(".")[0] for one_of in _columns(bench)}
    reads = frozenset[str]().union(*(paths(checked) for checked in bench.checked))
    reads = reads.union(*(needed(part.facts) for part in bench.borrowed.values()))
    for name, node in facts.entries.items():
        own = frozenset() if isinstance(node, FactGroup) else read & {name}
        for path in _unread(node, ("facts", name), reads | own):
            bench.warning(path, "unused-fact", f"No expression reads `{_written(path)}`.", "Remove it, or use it.")
    document = bench.document
    for section, what in (("parameters", "parameter"), ("values", "value"), ("reference", "reference")):
        for name in getattr(document, section):
            _unused(bench, (section, name), what, used=name in read)
    for name, table in document.tables.items():
        if OUTCOME not in table.outputs:
            _unused(bench, ("tables", name), "table", used=name in read)
    obliged_by = {obligation.deadline for draft in drafts for obligation in draft.obliges}
    for name in document.deadlines:
        _unused(bench, ("deadlines", name), "deadline", used=name in read or name in obliged_by)
    obliged = {obligation.action for draft in drafts for obligation in draft.obliges}
    for action in document.actions:
        _unused(bench, ("actions", action), "action", used=action in obliged)
    set_ = {name for draft in drafts for name in draft.results}
    for name in document.results:
        _unused(bench, ("results", name), "result", used=name in set_)
    _unused_outcomes(bench, drafts)


def _unused(bench: Workbench, path: Path, what: str, *, used: bool) -> None:
    if not used:
        bench.warning(path, f"unused-{what}", f"Nothing uses `{path[-1]}`.", "Remove it, or use it.")


def _unused_outcomes(bench: Workbench, drafts: Iterable[RuleDraft]) -> None:
    document = bench.document
    concluded = {draft.outcome.text for draft in drafts if draft.outcome is not None}
    concluded |= {document.default.outcome} if document.default else set()
    concluded |= {document.applies.otherwise} if document.applies else set()
    for position, outcome in enumerate(document.outcomes):
        if outcome not in concluded:
            path: Path = ("outcomes", position)
            bench.warning(path, "unused-outcome", f"Nothing concludes `{outcome}`.", "Remove it, or use it.")


def _unread(node: FactNode, path: Path, reads: frozenset[str]) -> Iterator[Path]:
    """The declarations of what is never read; a list as a whole, when nothing of it is."""
    if node.path in reads and not isinstance(node, FactList):
        return
    match node:
        case Fact():
            if not node.deprecated:
                yield path
        case FactGroup():
            for name, entry in node.entries.items():
                yield from _unread(entry, (*path, name), reads)
        case FactList():
            within = {fact.path for fact in leaves(node.element)} & reads
            keys = {f"{node.element.path}.{name}" for name in (*node.unique_by, node.sorted_by or "")}
            if within:
                yield from _unread(node.element, (*path, "list_of"), reads | keys)
            elif node.path not in reads and not node.deprecated:
                yield path


def _written(path: Path) -> str:
    return ".".join(str(part) for part in path[1:] if part != "list_of")


def _columns(bench: Workbench) -> Iterator[str]:
    """Every `list.column` that facts and results take their choices from."""
    for result in bench.document.results.values():
        if isinstance(result.one_of, str):
            yield result.one_of
    for entry in bench.document.facts.values():
        yield from _columns_of(entry)


def _columns_of(entry: FactEntry) -> Iterator[str]:
    match entry:
        case FactDeclaration():
            if isinstance(entry.one_of, str):
                yield entry.one_of
        case FactListDeclaration():
            yield from _columns_of(entry.list_of)
        case FactGroupDeclaration():
            for inner in entry.entries.values():
                yield from _columns_of(inner)
