"""Rules: premises, what they build on, what they conclude, set and oblige to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engine.feel.checked import Checked
from engine.feel.types import BOOLEAN, DATE, ContextType, ListType, Type
from engine.rulesets.binding.borrowing import borrow
from engine.rulesets.binding.deadlines import EACH
from engine.rulesets.binding.drafts import RuleDraft
from engine.rulesets.binding.located import Located
from engine.rulesets.binding.messages import bind_message
from engine.rulesets.binding.results import ResultBinder
from engine.rulesets.binding.workbench import NO_NAMES, Want, Workbench
from engine.rulesets.checked import CheckedEach, CheckedObligation, CheckedRule
from engine.rulesets.documents import Obligation
from engine.rulesets.facts import FactGroup
from engine.rulesets.findings import Path, did_you_mean

__all__ = ["PREMISE", "RuleBinder", "check_outcome"]

PREMISE: Final = Want(BOOLEAN, "A premise")
_DUE: Final = Want(DATE, "A due date")
_LINKS: Final = ("given", "exception_to", "defeats")


class RuleBinder:
    """The rules of one document."""

    def __init__(
        self, bench: Workbench, drafts: tuple[RuleDraft, ...], results: ResultBinder, facts: FactGroup
    ) -> None:
        self._bench = bench
        self._facts = facts
        self._drafts = drafts
        self._results = results
        self._ids = {draft.id for draft in drafts}

    def bind(self) -> Mapping[str, CheckedRule]:
        """The rules that are well-formed, by id, in their order."""
        found: dict[str, CheckedRule] = {}
        for draft in self._drafts:
            rule = self._rule(draft)
            if rule is not None:
                found.setdefault(draft.id, rule)
        return MappingProxyType(found)

    def _rule(self, draft: RuleDraft) -> CheckedRule | None:
        each, names = self._each(draft)
        node = self._bench.parse(draft.premise)
        premise = None
        if node is not None and (each is not None or draft.each is None):
            premise = self._bench.check(draft.premise, node, PREMISE, names=names)
        links = {link: self._links(draft, link) for link in _LINKS}
        if draft.outcome is not None:
            check_outcome(self._bench, draft.outcome)
        given = None if premise is None else draft.premise
        if draft.each is not None and each is None:
            return None  # its variable is not known: nothing more can be said
        because = bind_message(self._bench, draft.because, names=names, given=given)
        results = self._set(draft, names, given)
        obliges = [
            self._obligation(draft, position, obligation, names, given)
            for position, obligation in enumerate(draft.obliges)
        ]
        if premise is None or any(obligation is None for obligation in obliges):
            return None
        return CheckedRule(
            id=draft.id,
            cites=draft.cites,
            each=each,
            premise=premise,
            given=links["given"],
            exception_to=links["exception_to"],
            defeats=links["defeats"],
            outcome=None if draft.outcome is None else draft.outcome.text,
            results=results,
            because=because,
            obliges=tuple(obligation for obligation in obliges if obligation is not None),
        )

    def _each(self, draft: RuleDraft) -> tuple[CheckedEach | None, Mapping[str, Type]]:
        """What the rule goes through, and the name that its element has."""
        text = draft.each
        if text is None:
            return None, NO_NAMES
        found = EACH.match(text.text)
        if found is None:
            message = "`each` gives a name to each item of a list."
            self._bench.error_at(text, 0, "bad-each", message, "Write `each: notice in warning_notices`.")
            return None, NO_NAMES
        name = found[1]
        if name in self._bench.scope or name in self._bench.unjudged:
            message = f"`{name}` is the name of something else."
            self._bench.error_at(text, found.start(1), "duplicate-name", message, "Choose another name for the item.")
            return None, NO_NAMES
        list_ = text.part(found.end())
        checked = self._bench.compiled(list_)
        if checked is None:
            return None, NO_NAMES
        if not isinstance(checked.type, ListType) or checked.type.optional:
            message = f"`each` goes through a list; this is {checked.type}."
            self._bench.error_at(list_, 0, "not-a-list", message)
            return None, NO_NAMES
        return CheckedEach(name, checked), {name: checked.type.element}

    def _links(self, draft: RuleDraft, link: str) -> tuple[str, ...]:
        """The rules that the rule names under `given`, `exception_to` or `defeats`."""
        found: list[str] = []
        targets: tuple[str, ...] = getattr(draft, link)
        for position, target in enumerate(targets):
            path: Path = (*draft.path, link, position)
            if "#" in target:
                if borrow(self._bench, self._facts, target, path, link):
                    found.append(target)
            elif target == draft.id:
                self._bench.error(path, "circle", f"`{target}` names itself under `{link}`.", "Remove it.")
            elif target in found:
                self._bench.error(path, "duplicate-id", f"`{target}` comes twice.", "Remove one of them.")
            elif target in self._ids:
                found.append(target)
            elif not self._hidden(target):
                remedy = did_you_mean(target, self._ids)
                self._bench.error(path, "unknown-rule", f"There is no rule `{target}`.", remedy)
        return tuple(found)

    def _hidden(self, target: str) -> bool:
        table = target.partition("/")[0]
        if "/" in target and table in self._bench.document.tables:
            return self._bench.findings.has_errors_at(("tables", table))
        return ("rules", target) in self._bench.broken or ("tables", table) in self._bench.broken

    def _set(self, draft: RuleDraft, names: Mapping[str, Type], given: Located | None) -> Mapping[str, Checked]:
        found = {}
        for name, text in draft.results.items():
            at = text.path if draft.table else (*draft.path, "results", name)
            checked = self._results.bind(name, text, at, names, given)
            if checked is not None:
                found[name] = checked
        return MappingProxyType(found)

    def _obligation(
        self, draft: RuleDraft, position: int, obligation: Obligation, names: Mapping[str, Type], given: Located | None
    ) -> CheckedObligation | None:
        path: Path = (*draft.path, "obliges", position)
        due = None
        if obligation.deadline is not None:
            due = self._due_of_deadline(path, obligation, names)
            if due is None:
                return None
        elif obligation.due is not None:
            text = self._bench.text((*path, "due"))
            node = self._bench.parse(text)
            due = None if node is None else self._bench.check(text, node, _DUE, names=names, given=given)
            if due is None:
                return None
        action = self._bench.document.actions.get(obligation.action)
        if action is None:
            if ("actions", obligation.action) not in self._bench.broken:
                message = f"There is no action `{obligation.action}`."
                remedy = did_you_mean(obligation.action, self._bench.document.actions)
                remedy = remedy or "Declare it under `actions`."
                self._bench.error((*path, "action"), "unknown-action", message, remedy)
            return None
        return CheckedObligation(action, obligation.action, due, obligation.deadline, position)

    def _due_of_deadline(self, path: Path, obligation: Obligation, names: Mapping[str, Type]) -> Checked | None:
        """The due day of the deadline that an obligation names; with `each`, that of the rule's element."""
        text, bench = self._bench.text((*path, "deadline")), self._bench
        name = text.text
        if obligation.due is not None:
            message = "An obligation has a `due` or a `deadline`, not both."
            bench.error((*path, "due"), "two-due-days", message, "Remove one of them.", key=True)
        if name in bench.unjudged or ("deadlines", name) in bench.broken:
            return None
        if name not in bench.document.deadlines:
            remedy = did_you_mean(name, bench.document.deadlines) or "Declare it under `deadlines`."
            bench.error_at(text, 0, "unknown-deadline", f"There is no deadline `{name[:60]}`.", remedy)
            return None
        of_rule = [each for each, type_ in names.items() if isinstance(type_, ContextType) and type_.deadline == name]
        if isinstance(bench.scope[name], ListType) and not of_rule:
            message = f"`{name}` is a deadline for each element of a list."
            bench.error_at(text, 0, "bad-each", message, f"Give the rule `each: one in {name}`.")
            return None
        source = of_rule[0] if of_rule else name
        return bench.compiled(Located.at(f"{source}.due", text.path, 0), names=names)


def check_outcome(bench: Workbench, text: Located) -> None:
    """Says it when the outcome that `text` names is not declared."""
    outcome, outcomes = text.text, bench.document.outcomes
    if outcome in outcomes or ("outcomes",) in bench.broken or outcome == "indeterminate":
        if outcome == "indeterminate":
            message = "`indeterminate` stands for cases that cannot be decided; no rule concludes it."
            bench.error_at(text, 0, "reserved-name", message, "Choose another outcome.")
        return
    remedy = did_you_mean(outcome, outcomes) or f"Outcomes: {', '.join(outcomes)}."
    bench.error_at(text, 0, "unknown-outcome", f"There is no outcome `{outcome[:60]}`.", remedy)
