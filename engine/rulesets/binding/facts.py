"""Resolves the declared facts: what is `like` another, what takes its choices from a reference list, what fits what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.documents import FactDeclaration, FactEntry, FactGroupDeclaration, FactListDeclaration
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode, leaves
from engine.rulesets.findings import Path, did_you_mean

__all__ = ["Choosing", "FactBinder", "check_choices"]

Choosing = Mapping[str, Mapping[str, tuple[str, ...]]]
"""The texts in every column of every reference list, in order, each once."""

_NUMBERS: Final = ("integer", "decimal")
_LARGEST: Final = 2**53 - 1
_LONGEST_CHAIN: Final = 20


@dataclass(frozen=True, slots=True)
class _Place:
    """A declared fact: where it is declared, and what its declaration says."""

    path: Path
    declaration: FactDeclaration


class FactBinder:
    """Resolves the facts of one document."""

    def __init__(self, bench: Workbench, choosing: Choosing) -> None:
        self._bench = bench
        self._choosing = choosing
        self._declared = dict(_places(bench.document.facts, ("facts",)))
        self.by_path: dict[str, Fact] = {}
        self._as_written: dict[str, Fact] = {}

    def resolve(self) -> FactGroup:
        """The root group; facts of which something is wrong stand in it as far as they go."""
        entries: dict[str, FactNode] = {}
        for name, entry in self._bench.document.facts.items():
            before = self._bench.findings.has_errors_at(("facts", name))
            entries[name] = self._node(entry, ("facts", name), name)
            if before or self._bench.findings.has_errors_at(("facts", name)):
                self._bench.unjudged.add(name)
        root = FactGroup("", MappingProxyType(entries))
        for fact in leaves(root):
            self.by_path[fact.path] = fact
            self._as_written[fact.path.replace("[]", "")] = fact
            if fact.none:
                self._bench.none_means[fact.path] = fact.none
        return root

    def lookup(self, written: str) -> Fact | None:
        """The fact at a path as people write it (`marks.score`, without `[]`); None when there is none."""
        return self._as_written.get(written.replace("[]", ""))

    def known(self) -> tuple[str, ...]:
        """The paths of all facts as people write them."""
        return tuple(self._declared)

    def hides(self, written: str) -> bool:
        """Whether the path begins with a name whose declaration did not fit the model."""
        return ("facts", written.partition(".")[0]) in self._bench.broken

    def _node(self, entry: FactEntry, path: Path, fact_path: str) -> FactNode:
        match entry:
            case FactDeclaration():
                return self._fact(entry, path, fact_path)
            case FactListDeclaration():
                return self._list(entry, path, fact_path)
            case FactGroupDeclaration():
                return self._group(entry, path, fact_path)

    def _group(self, group: FactGroupDeclaration, path: Path, fact_path: str) -> FactGroup:
        if not group.entries and path[:2] not in self._bench.broken:
            self._bench.error(path, "empty-value", "The group has no entries.", "Declare a fact in it.", key=True)
        entries = {
            name: self._node(entry, (*path, name), f"{fact_path}.{name}") for name, entry in group.entries.items()
        }
        return FactGroup(fact_path, MappingProxyType(entries), group.means or "")

    def _list(self, entry: FactListDeclaration, path: Path, fact_path: str) -> FactList:
        element = self._node(entry.list_of, (*path, "list_of"), f"{fact_path}[]")
        for position, name in enumerate(entry.unique_by):
            self._key_of(element, name, (*path, "unique_by", position))
        if entry.sorted_by is not None:
            self._sorting(element, entry.sorted_by, (*path, "sorted_by"))
        return FactList(fact_path, element, entry.unique_by, entry.sorted_by, entry.means or "", entry.deprecated or "")

    def _key_of(self, element: FactNode, name: str, path: Path) -> Fact | None:
        entries = element.entries if isinstance(element, FactGroup) else {}
        found = entries.get(name)
        if isinstance(found, Fact):
            return found
        singles = [key for key, entry in entries.items() if isinstance(entry, Fact)]
        message = f"The items of this list have no fact `{name}` of their own."
        self._bench.error(path, "unknown-entry", message, did_you_mean(name, singles))
        return None

    def _sorting(self, element: FactNode, name: str, path: Path) -> None:
        found = self._key_of(element, name, path)
        if found is None:
            return
        if found.may_be_none:
            message = f"`{name}` may be none, which has no place in an order."
            self._bench.error(path, "may-be-none", message, "Sort by an entry that is never none.")
        if found.kind == "boolean":
            self._bench.error(path, "type-mismatch", f"`{name}` is true or false, which has no order.")
        if found.deprecated:
            self._bench.error(path, "deprecated-fact", f"`{name}` is deprecated, so nothing may depend on it.")

    def _fact(self, entry: FactDeclaration, path: Path, fact_path: str) -> Fact:
        declaration = self._merged(entry, path)
        kind = declaration.type
        if kind is None:
            if entry.like is None:
                self._bench.error(path, "missing-key", "`type` is missing here.", key=True)
            kind = "string"
        choices = self._choices(declaration, path)
        self._check(declaration, kind, choices, path)
        return Fact(
            path=fact_path,
            kind=kind,
            choices=choices,
            ordered=bool(declaration.ordered) and bool(choices),
            places=declaration.places if kind == "decimal" else None,
            at_least=declaration.at_least,
            at_most=declaration.at_most,
            none=None if declaration.none is None else str(declaration.none),
            means=str(declaration.means or ""),
            judged_by=str(declaration.judged_by or ""),
            considers=tuple(map(str, declaration.considers)),
            deprecated=str(declaration.deprecated or ""),
        )

    def _merged(self, entry: FactDeclaration, path: Path) -> FactDeclaration:
        """The declaration with what it takes from the one that it is `like`, and that one from the next."""
        chain = [entry]
        through: list[str] = []
        while chain[-1].like is not None:
            target = chain[-1].like.replace("[]", "")
            found = self._declared.get(target)
            if target in through:
                circle = " → ".join((*through[through.index(target) :], target))
                self._bench.error((*path, "like"), "circle", f"These facts are like each other in a circle: {circle}.")
                return entry
            if found is None:
                if not self.hides(target):
                    message = f"There is no fact `{target[:60]}`."
                    self._bench.error((*path, "like"), "unknown-fact", message, did_you_mean(target, self._declared))
                return entry
            if len(through) == _LONGEST_CHAIN:
                message = f"More than {_LONGEST_CHAIN} facts are like each other in a chain."
                self._bench.error((*path, "like"), "too-long", message, "Let each be like the first.")
                return entry
            through.append(target)
            chain.append(found.declaration)
        merged = chain.pop()
        for declaration in reversed(chain):
            said = {name: getattr(declaration, name) for name in declaration.model_fields_set - {"like"}}
            merged = merged.model_copy(update=said)
        return merged

    def _choices(self, declaration: FactDeclaration, path: Path) -> tuple[str, ...]:
        one_of = declaration.one_of
        if one_of is None:
            return ()
        at = (*path, "one_of") if (*path, "one_of") in self._bench.source.starts else path
        return check_choices(self._bench, one_of, at, self._choosing)

    def _check(self, declaration: FactDeclaration, kind: str, choices: tuple[str, ...], path: Path) -> None:
        self._misplaced(declaration, kind, path)
        if declaration.ordered and not choices and declaration.one_of is None:
            message = "`ordered` needs `one_of`, the strings in their order."
            self._bench.error((*path, "ordered"), "misplaced-key", message, key=True)
        low, high = declaration.at_least, declaration.at_most
        if low is not None and high is not None and low > high:
            message = f"No number is at least {low} and at most {high}."
            self._bench.error((*path, "at_least"), "empty-bounds", message)
        for key in ("at_least", "at_most"):
            bound: Decimal | None = getattr(declaration, key)
            if kind == "integer" and bound is not None and not (bound == int(bound) and abs(bound) <= _LARGEST):
                self._bench.error((*path, key), "out-of-range", "The bound of an integer is a whole number itself.")

    def _misplaced(self, declaration: FactDeclaration, kind: str, path: Path) -> None:
        fitting = {
            "one_of": ("string",),
            "ordered": ("string",),
            "places": ("decimal",),
            "at_least": _NUMBERS,
            "at_most": _NUMBERS,
        }
        for key, kinds in fitting.items():
            if getattr(declaration, key) is not None and kind not in kinds:
                message = f"`{key}` says something of a fact of type {' or '.join(kinds)}; this one is of type {kind}."
                self._bench.error((*path, key), "misplaced-key", message, key=True)


def check_choices(bench: Workbench, one_of: tuple[str, ...] | str, path: Path, choosing: Choosing) -> tuple[str, ...]:
    """The strings that `one_of` comes to; empty when something is wrong."""
    if isinstance(one_of, str):
        return _column(bench, one_of, path, choosing)
    seen: set[str] = set()
    for position, choice in enumerate(one_of):
        if choice in seen:
            bench.error((*path, position), "duplicate-choice", f"`{choice[:60]}` comes twice.")
        seen.add(choice)
    return tuple(str(choice) for choice in one_of)


def _column(bench: Workbench, written: str, path: Path, choosing: Choosing) -> tuple[str, ...]:
    name, _, column = written.partition(".")
    if name in bench.document.reference:
        columns = choosing.get(name, {})
        if column in bench.document.reference[name].columns:
            return columns.get(column, ())
        known = [f"{name}.{one}" for one in bench.document.reference[name].columns]
    elif ("reference", name) in bench.broken:
        return ()
    else:
        known = [f"{one}.{own}" for one, list_ in bench.document.reference.items() for own in list_.columns]
    message = f"There is no column `{written[:60]}` of a reference list."
    remedy = did_you_mean(written, known) or "Write a list: `[one, two]`, or `list.column`."
    bench.error(path, "unknown-column", message, remedy)
    return ()


def _places(entries: Mapping[str, FactEntry], path: Path, prefix: str = "") -> Iterator[tuple[str, _Place]]:
    """Every declared fact by its path, without `[]`."""
    for name, entry in entries.items():
        yield from _places_of(entry, (*path, name), f"{prefix}{name}")


def _places_of(entry: FactEntry, path: Path, name: str) -> Iterator[tuple[str, _Place]]:
    match entry:
        case FactDeclaration():
            yield name, _Place(path, entry)
        case FactListDeclaration():
            yield from _places_of(entry.list_of, (*path, "list_of"), name)
        case FactGroupDeclaration():
            yield from _places(entry.entries, path, f"{name}.")
