"""The names that a document declares: each means one thing, and none is a word of FEEL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from engine.feel import builtins
from engine.feel.errors import FeelError
from engine.feel.parser import parse
from engine.feel.syntax import Name
from engine.feel.syntax import Path as FeelPath
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.documents import FactEntry, FactGroupDeclaration, FactListDeclaration
from engine.rulesets.findings import Path

__all__ = ["SECTIONS", "check_names"]

SECTIONS: Final = ("facts", "parameters", "values", "tables", "reference", "deadlines")
"""The parts of a document whose keys are names that expressions read."""

_OWN: Final = frozenset({"as_of", "rules_as_of", "item", "partial"})


def check_names(bench: Workbench) -> None:
    """Says which names are taken, and hides those that did not fit the model."""
    declared: dict[str, Path] = {}
    for section in SECTIONS:
        for name in getattr(bench.document, section):
            path: Path = (section, name)
            _check_reserved(bench, name, path)
            if name in declared:
                line = bench.source.key(declared[name]).line
                message = f"`{name}` is declared already, under `{declared[name][0]}` in line {line}."
                bench.error(path, "duplicate-name", message, "Rename one of them.", key=True)
                bench.unjudged.add(name)
            declared.setdefault(name, path)
    for path, name in _entries(bench.document.facts, ("facts",)):
        if not _is_entry(name) or ("list_of" in path and not _is_name(name)):
            _reserved(bench, name, path)
    for path in bench.broken:
        if len(path) > 1 and path[0] in SECTIONS:
            bench.unjudged.add(str(path[1]))
        elif path and path[0] in SECTIONS:
            bench.unjudged.update(_written(bench, path))


def _written(bench: Workbench, path: Path) -> Iterator[str]:
    """The keys of a section that did not fit as a whole."""
    section = bench.source.data.get(path[0])
    yield from (section if isinstance(section, dict) else ())


def _check_reserved(bench: Workbench, name: str, path: Path) -> None:
    if name in _OWN or name in builtins.names() or not _is_name(name):
        _reserved(bench, name, path)
        bench.unjudged.add(name)


def _reserved(bench: Workbench, name: str, path: Path) -> None:
    message = f"`{name}` means something in expressions already."
    bench.error(path, "reserved-name", message, "Choose another name.", key=True)


def _entries(entries: Mapping[str, FactEntry], path: Path) -> Iterator[tuple[Path, str]]:
    for name, entry in entries.items():
        inner = (*path, name)
        if len(path) > 1:
            yield inner, name
        while isinstance(entry, FactListDeclaration):
            entry, inner = entry.list_of, (*inner, "list_of")  # noqa: PLW2901 - the walk goes into the list
        if isinstance(entry, FactGroupDeclaration):
            yield from _entries(entry.entries, inner)


@lru_cache(maxsize=4096)
def _is_name(name: str) -> bool:
    try:
        node = parse(name)
    except FeelError:
        return False
    return isinstance(node, Name) and node.name == name


@lru_cache(maxsize=4096)
def _is_entry(name: str) -> bool:
    """Whether expressions can read an entry of that name by a path."""
    try:
        node = parse(f"x.{name}")
    except FeelError:
        return False
    return name != "item" and isinstance(node, FeelPath) and node.name == name
