"""What rules do to each other: no circles over what applies and what holds, none that can never hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.feel.checked import Checked
from engine.feel.checker import always, check, dependencies, paths
from engine.feel.parser import parse
from engine.rulesets.binding.circles import circles, trail
from engine.rulesets.binding.conjunctions import contradict
from engine.rulesets.binding.drafts import RuleDraft
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.checked import CheckedRule
from engine.rulesets.facts import FactGroup, leaves

__all__ = ["check_links", "check_never"]

_State = tuple[str, str]


def check_links(bench: Workbench, rules: Mapping[str, CheckedRule], drafts: Iterable[RuleDraft]) -> None:
    """Refuses circles: a rule applies by what holds and what applies, and holds by what applies and what holds."""
    by_id = {draft.id: draft for draft in drafts}
    for circle in circles(_waits(rules)):
        names = list(dict.fromkeys(rule for _, rule in circle))
        message = f"Whether these rules hold depends on each other in a circle: {trail(names)}."
        draft = by_id[names[0]]
        remedy = "Take one of them out of `given`, `exception_to` or `defeats`."
        bench.findings.error(bench.source.key(draft.path), draft.path, "circle", message, remedy)


def _waits(rules: Mapping[str, CheckedRule]) -> Mapping[_State, list[_State]]:
    waits: dict[_State, list[_State]] = {}
    for id_, rule in rules.items():
        given = [("holds", other) for other in rule.given]
        waits["applies", id_] = given + [("applies", other) for other in rule.exception_to]
        waits.setdefault(("holds", id_), []).append(("applies", id_))
        for other in dict.fromkeys((*rule.defeats, *rule.exception_to)):
            waits.setdefault(("holds", other), []).append(("holds", id_))
    return waits


def check_never(
    bench: Workbench, rules: Mapping[str, CheckedRule], drafts: Iterable[RuleDraft], facts: FactGroup
) -> None:
    """Warns of rules that plainly never hold, or would do nothing if they did."""
    bounds = _Bounds(bench, facts)
    truths = {id_: _truth(rule.premise, bounds) for id_, rule in rules.items()}
    unbeaten = set(rules) - {other for rule in rules.values() for other in (*rule.defeats, *rule.exception_to)}
    surely = {
        id_
        for id_ in unbeaten
        if truths[id_] and not rules[id_].given and not rules[id_].exception_to and rules[id_].each is None
    }
    beaten = {other: id_ for id_ in surely for other in rules[id_].defeats}
    linked = {other for rule in rules.values() for other in (*rule.given, *rule.exception_to)}
    for draft in drafts:
        rule = rules.get(draft.id)
        if rule is None:
            continue
        place = (draft.name if draft.table else draft.premise).position(bench.source, 0)
        if truths[draft.id] is False:
            message = f"The premise of `{draft.id}` can never be true."
            bench.findings.warning(place, draft.path, "never-holds", message, "Look at its parts: they contradict.")
        elif draft.id in beaten:
            message = f"`{draft.id}` never holds: `{beaten[draft.id]}` always does, and defeats it."
            bench.findings.warning(place, draft.path, "never-holds", message)
        silent = rule.outcome is None and not rule.results and not rule.obliges and not rule.because.parts
        if silent and not rule.defeats and not rule.exception_to and draft.id not in linked:
            message = f"`{draft.id}` says and does nothing when it holds."
            at = draft.name.position(bench.source, 0) if draft.table else bench.source.key(draft.path)
            bench.findings.warning(at, draft.path, "no-effect", message, "Give it a message, outcome or result.")


def _truth(premise: Checked, bounds: _Bounds) -> bool | None:
    """Whether a premise plainly is what it is, given the bounds of the facts that it reads."""
    known = always(premise)
    limits = bounds.of(premise) if known is None else []
    return False if limits and contradict(premise, *limits) else known


class _Bounds:
    """What the declared bounds of numbers say, as conditions."""

    def __init__(self, bench: Workbench, facts: FactGroup) -> None:
        self._scope = bench.scope
        self._texts: dict[str, str] = {}
        for fact in leaves(facts):
            ends = ((">=", fact.at_least), ("<=", fact.at_most))
            tests = [f"{fact.path} {op} {end:f}" for op, end in ends if end is not None]
            if tests and not fact.may_be_none and "[]" not in fact.path:
                self._texts[fact.path] = " and ".join(tests)

    def of(self, premise: Checked) -> list[Checked]:
        """The bounds of the facts that the premise reads."""
        read = paths(premise) | dependencies(premise)
        return [check(parse(text), self._scope) for path, text in self._texts.items() if path in read]
