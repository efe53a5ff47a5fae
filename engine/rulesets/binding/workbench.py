"""What every part of the binding works with: the document, where it stands, the names known so far, the findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from engine.feel.checked import Checked
from engine.feel.checker import check, expect
from engine.feel.checking.facts import children, fact_path
from engine.feel.errors import FeelError
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.syntax import If, Literal, Node
from engine.feel.types import Type
from engine.rulesets.binding.free_names import free_names
from engine.rulesets.binding.located import Located
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.documents import Ruleset
from engine.rulesets.findings import Findings, Path
from engine.rulesets.yaml_source import Source

__all__ = ["NO_NAMES", "NotUsable", "Others", "Want", "Workbench", "no_others"]

NO_NAMES: Final[Mapping[str, Type]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Want:
    """What an expression's value is used for, and the type that this needs."""

    type: Type
    what: str


@dataclass(frozen=True, slots=True)
class NotUsable:
    """Why another ruleset cannot be built on: in words, and the code of the problem that this is."""

    why: str
    code: str = "unknown-ruleset"


Others = Callable[[str], CheckedRuleset | NotUsable]
"""Finds another ruleset by its id, or says why it cannot be used."""


def no_others(_id: str) -> CheckedRuleset | NotUsable:
    """No other ruleset is at hand."""
    return NotUsable("Other rulesets are not at hand here.")


@dataclass(slots=True)
class Workbench:
    """One document being bound.

    Attributes:
        document: the parts that fit the model.
        broken: the paths of parts that did not fit.
        scope: the names that expressions may use, as far as they are known yet.
        unjudged: names whose meaning an error hides; what reads them is not checked, so that one mistake is found once.
        none_means: what none means, by the path of the fact.
        deprecated: why a fact or list is no longer read, by its path.
        checked: every expression that was checked, with what it was parsed from.
        others: finds another ruleset by its id; says why it cannot be used.
        borrowed: the parts of other rulesets whose rules are built on, by `district/name#rule`.
    """

    document: Ruleset
    source: Source
    findings: Findings
    broken: frozenset[Path]
    scope: dict[str, Type] = field(default_factory=dict)
    unjudged: set[str] = field(default_factory=set)
    none_means: dict[str, str] = field(default_factory=dict)
    deprecated: dict[str, str] = field(default_factory=dict)
    checked: dict[Checked, Located] = field(default_factory=dict)
    others: Others = no_others
    borrowed: dict[str, CheckedRuleset] = field(default_factory=dict)

    def error(self, path: Path, code: str, message: str, remedy: str = "", *, key: bool = False) -> None:
        """An error at the value at `path`, or at its key."""
        place = self.source.key(path) if key else self.source.value(path)
        self.findings.error(place, path, code, message, remedy)

    def error_at(self, text: Located, offset: int, code: str, message: str, remedy: str = "") -> None:
        """An error within an expression, message or cell."""
        self.findings.error(text.position(self.source, offset), text.path, code, message, remedy)

    def warning(self, path: Path, code: str, message: str, remedy: str = "") -> None:
        """A warning at the key at `path`."""
        self.findings.warning(self.source.key(path), path, code, message, remedy)

    def text(self, path: Path, otherwise: str = "") -> Located:
        """The text of the single value at `path`."""
        return Located.whole(self.source, path, otherwise)

    def parse(self, text: Located, *, tests: bool = False) -> Node | None:
        """The syntax tree of an expression (or of a cell's tests); None when it has none."""
        try:
            return parse_unary_tests(text.text) if tests else parse(text.text)
        except FeelError as error:
            self.report(text, error)
            return None

    def report(self, text: Located, error: FeelError) -> None:
        """What FEEL found wrong, at its place in the document."""
        expected = f" Expected {', '.join(error.expected)}." if error.expected else ""
        offset = error.span.start if error.span else 0
        self.error_at(text, offset, error.code, f"{error.message}{expected}", error.remedy)

    def check(
        self,
        text: Located,
        node: Node,
        want: Want | None = None,
        *,
        names: Mapping[str, Type] = NO_NAMES,
        value: Type | None = None,
        given: Located | None = None,
    ) -> Checked | None:
        """The checked tree of `node`; None when it does not fit, or reads what an error hides.

        Args:
            text: what `node` was parsed from.
            want: what it is used for.
            names: further names, beside the scope.
            value: for unary tests, the type of the value tested.
            given: a condition that is known to be true where `node` is evaluated: what it tests is not none.
        """
        if self.hidden(node):
            return None
        scope = {**self.scope, **names}
        found: Checked | None
        try:
            found = self._check(text, node, scope, value, want)
        except FeelError as error:
            found = self._given(text, error, scope, given, want)
        if found is None or self._reads_deprecated(text, found):
            return None
        self.checked[found] = text
        return found

    def compiled(
        self, text: Located, want: Want | None = None, *, names: Mapping[str, Type] = NO_NAMES
    ) -> Checked | None:
        """The expression parsed and checked; None when something is wrong with it."""
        node = self.parse(text)
        return None if node is None else self.check(text, node, want, names=names)

    def hidden(self, node: Node) -> bool:
        """Whether the expression reads a name whose meaning an error hides."""
        return bool(self.unjudged) and not self.unjudged.isdisjoint(free_names(node))

    def _check(
        self, text: Located, node: Node, scope: Mapping[str, Type], value: Type | None, want: Want | None
    ) -> Checked:
        found = check(node, scope, source=text.text, value=value, none_means=self.none_means)
        if want is not None:
            expect(found, want.type, want.what, none_means=self.none_means)
        return found

    def _reads_deprecated(self, text: Located, found: Checked) -> bool:
        """Whether the expression reads a deprecated fact; it is said where."""
        reads = [
            (node, path)
            for node in (found.types if self.deprecated else ())
            if (path := fact_path(node, found.types, found.references) or _plain_name(found, node)) in self.deprecated
        ]
        for node, path in reads:
            why = self.deprecated[path]
            self.error_at(
                text, node.span.start, "deprecated-fact", f"`{path}` is deprecated ({why}).", "Do not read it."
            )
        return bool(reads)

    def _given(
        self, text: Located, error: FeelError, scope: Mapping[str, Type], given: Located | None, want: Want | None
    ) -> Checked | None:
        """Checks again as the branch of an `if` on the condition that is known to be true."""
        if given is None or error.code != "may-be-none":
            self.report(text, error)
            return None
        try:
            condition, node = parse(given.text), parse(text.text)
            branches = If(node.span, condition, node, Literal(node.span, None))
            whole = check(branches, scope, source=text.text, none_means=self.none_means)
            found = _subtree(whole, node, text.text)
            if want is not None:
                expect(found, want.type, want.what, none_means=self.none_means)
        except FeelError as second:
            self.report(text, second if second.code == "may-be-none" else error)
            return None
        return found


def _plain_name(found: Checked, node: Node) -> str:
    """The name of the scope that the node is, or nothing."""
    reference = found.references.get(node)
    return reference.name if reference is not None and reference.kind == "scope" else ""


def _subtree(whole: Checked, root: Node, source: str) -> Checked:
    """What the checker found out about `root` and the nodes below it."""
    within: set[Node] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        within.add(node)
        waiting.extend(children(node))
    types = {node: type_ for node, type_ in whole.types.items() if node in within}
    references = {node: reference for node, reference in whole.references.items() if node in within}
    return Checked(root, whole.types[root], types, references, source, strict=True)
