"""What rules set beside the outcome: the declared types, and the expressions that set them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product
from types import MappingProxyType
from typing import Final

from engine.feel.checked import Checked
from engine.feel.checker import expect
from engine.feel.errors import FeelError
from engine.feel.types import BOOLEAN, DATE, ListType, ScalarType, Type
from engine.rulesets.binding.columns import quoted
from engine.rulesets.binding.conjunctions import contradict
from engine.rulesets.binding.drafts import RuleDraft
from engine.rulesets.binding.facts import Choosing, check_choices
from engine.rulesets.binding.located import Located, TextBuilder
from engine.rulesets.binding.workbench import Want, Workbench
from engine.rulesets.checked import CheckedRule
from engine.rulesets.documents import Result
from engine.rulesets.findings import Path, did_you_mean

__all__ = ["ResultBinder"]

_MOST_PAIRS: Final = 10_000
"""Pairs of rules that set one result and are looked at; that many rules are better written as a table."""

_SIMPLE: Final = MappingProxyType({"boolean": BOOLEAN, "date": DATE})


class ResultBinder:
    """The results of one document."""

    def __init__(self, bench: Workbench, choosing: Choosing) -> None:
        self._bench = bench
        self.types: dict[str, Type] = {}
        self._choices: dict[str, tuple[str, ...]] = {}
        for name, result in bench.document.results.items():
            self._declare(name, result, choosing)

    def check_name(self, name: str, path: Path) -> bool:
        """Whether a result is declared; if not, that is said at the key at `path`."""
        if name in self._bench.document.results:
            return name in self.types
        if ("results", name) not in self._bench.broken:
            message = f"There is no result `{name}`."
            remedy = did_you_mean(name, self._bench.document.results) or "Declare it under `results`."
            self._bench.error(path, "unknown-result", message, remedy, key=True)
        return False

    def bind(
        self, name: str, text: Located, path: Path, names: Mapping[str, Type], given: Located | None
    ) -> Checked | None:
        """The expression that sets a result; None when something is wrong with it."""
        if not self.check_name(name, path):
            return None
        text = self._unquoted_choice(name, text)
        node = self._bench.parse(text)
        if node is None:
            return None
        type_ = self.types[name]
        what = f"The result `{name}`"
        union = self._bench.document.results[name].merge == "union"
        if not union or not isinstance(type_, ListType):
            checked = self._bench.check(text, node, Want(type_, what), names=names, given=given)
            return checked if checked is not None and self._has_places(checked, type_, what, text) else None
        checked = self._bench.check(text, node, names=names, given=given)
        if checked is None:
            return None
        wanted = type_ if isinstance(checked.type, ListType) else type_.element
        try:
            expect(checked, wanted, what, none_means=self._bench.none_means)
        except FeelError as error:
            self._bench.report(text, error)
            return None
        return checked if self._has_places(checked, type_, what, text) else None

    def _has_places(self, checked: Checked, type_: Type, what: str, text: Located) -> bool:
        """Whether a number has no more decimals than its result, as far as its type tells."""
        wanted, given = (of.element if isinstance(of, ListType) else of for of in (type_, checked.type))
        if not isinstance(wanted, ScalarType) or not isinstance(given, ScalarType) or wanted.name != "number":
            return True
        if wanted.integer and not given.integer:
            message = f"{what} is a whole number; this may have decimals."
            self._bench.error_at(text, 0, "type-mismatch", message, "Round it: `floor(…)` or `ceiling(…)`.")
            return False
        if wanted.places is not None and given.places is not None and given.places > wanted.places:
            message = f"{what} has at most {wanted.places} decimals; this may have {given.places}."
            self._bench.error_at(text, 0, "type-mismatch", message, f"Round it: `decimal(…, {wanted.places})`.")
            return False
        return True

    def check_conflicts(self, rules: Mapping[str, CheckedRule], drafts: Iterable[RuleDraft]) -> None:
        """Refuses that two rules set the same result, unless it is merged, or one keeps the other from holding."""
        by_result: dict[str, list[RuleDraft]] = {}
        for draft in drafts:
            for name in draft.results:
                if draft.id in rules:
                    by_result.setdefault(name, []).append(draft)
        for name, setting in by_result.items():
            result = self._bench.document.results.get(name)
            if result is None or result.merge is not None:
                continue
            for number, (first, second) in enumerate(_pairs(setting)):
                if number > _MOST_PAIRS or not _exclusive(rules[first.id], rules[second.id]):
                    message = f"`{first.id}` and `{second.id}` both set `{name}`, and may both hold."
                    remedy = "Let one defeat the other, or say `merge: union` where the result is declared."
                    self._bench.error_at(second.results[name], 0, "result-conflict", message, remedy)
                    break

    def _declare(self, name: str, result: Result, choosing: Choosing) -> None:
        path: Path = ("results", name)
        kind = result.type or result.list_of
        if kind is None or (result.type is not None and result.list_of is not None):
            message = "A result has either a `type` or a `list_of`."
            self._bench.error(path, "bad-result", message, "Write `type: string` or `list_of: string`.", key=True)
            return
        if result.one_of is not None and kind != "string":
            self._bench.error((*path, "one_of"), "misplaced-key", "Only a string has `one_of`.", key=True)
        if result.places is not None and kind != "decimal":
            self._bench.error((*path, "places"), "misplaced-key", "Only a decimal has `places`.", key=True)
        if result.merge is not None and result.list_of is None:
            message = "Only a list can be put together from what several rules set."
            remedy = f"Write `list_of: {kind}` instead of `type: {kind}`."
            self._bench.error((*path, "merge"), "misplaced-key", message, remedy, key=True)
            return
        choices: tuple[str, ...] = ()
        if result.one_of is not None and kind == "string":
            choices = check_choices(self._bench, result.one_of, (*path, "one_of"), choosing)
        self._choices[name] = choices
        scalar = _scalar(kind, result, choices)
        self.types[name] = scalar if result.list_of is None else ListType(scalar)

    def _unquoted_choice(self, name: str, text: Located) -> Located:
        """A choice of the result may stand without quotes: `comment_code: AG-14`."""
        word = text.text.strip()
        if word not in self._choices.get(name, ()) or word in self._bench.scope:
            return text
        (start, *_) = text.pieces
        builder = TextBuilder(text.path)
        builder.add(quoted(word), start.path, start.offset)
        return builder.built()


def _scalar(kind: str, result: Result, choices: tuple[str, ...]) -> Type:
    match kind:
        case "string":
            return ScalarType("string", choices=choices)
        case "integer":
            return ScalarType("number", integer=True, places=0)
        case "decimal":
            return ScalarType("number", places=result.places)
        case _:
            return _SIMPLE[kind]


def _pairs(setting: Iterable[RuleDraft]) -> Iterator[tuple[RuleDraft, RuleDraft]]:
    """The pairs that could both hold: rows of one table never do."""
    groups: dict[str, list[RuleDraft]] = {}
    for draft in setting:
        groups.setdefault(draft.table or draft.id, []).append(draft)
    for one, other in combinations(groups.values(), 2):
        yield from product(one, other)


def _exclusive(first: CheckedRule, second: CheckedRule) -> bool:
    """Whether one plainly keeps the other from holding, or their premises contradict each other."""
    pairs = ((first, second), (second, first))
    if any(this.id in (*other.defeats, *other.exception_to) for this, other in pairs):
        return True
    if first.each is not None or second.each is not None:
        return False
    return contradict(first.premise, second.premise)
