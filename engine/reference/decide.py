"""The decision of one case, as the language defines it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.calendars import Calendar
from engine.deadlines import told
from engine.decisions import INDETERMINATE, DeadlineState, Decision, Missing
from engine.errors import FactsError, Reason, RollbookError, Violation
from engine.feel.errors import FeelBudgetError
from engine.feel.unknown import Cause, Unknown
from engine.reference.borrowing import declared_part, stand_ins, whether
from engine.reference.case import Case, Premise, read_case, truth
from engine.reference.consequences import Consequences, merge
from engine.reference.inference import Component, Rules, components
from engine.reference.messages import fill, paths_only
from engine.rulesets.calendar_use import calendars_read, needs_calendar
from engine.rulesets.checked import CheckedRuleset, Message

__all__ = ["Judgment", "borrowed_case", "decide", "judge", "lies_inside", "read"]


def decide(
    checked: CheckedRuleset,
    facts: Mapping[str, Any],
    *,
    as_of: date,
    rules_as_of: date | None = None,
    absent_is_none: bool = False,
    calendar: Calendar | None = None,
) -> Decision:
    """What the ruleset decides of a case on `as_of`, by the parameters of `rules_as_of` (the same day when None).

    Facts are a mapping as JSON has it; numbers are int, Decimal or float, dates ISO strings or `date`. School and
    business days are counted in `calendar`.

    Raises:
        FactsError: when the facts are not what the ruleset declares or expects.
        RollbookError: when the expressions take more steps than one decision may, or the ruleset needs a calendar and
            there is none.
    """
    try:
        case = read(
            checked, facts, as_of=as_of, rules_as_of=rules_as_of, absent_is_none=absent_is_none, calendar=calendar
        )
        return _Deciding(case, absent_is_none=absent_is_none).decision()
    except FeelBudgetError as error:
        raise RollbookError(Reason.LIMIT_EXCEEDED, "The decision takes more steps than one may.") from error


def read(
    checked: CheckedRuleset,
    facts: Mapping[str, Any],
    *,
    as_of: date,
    rules_as_of: date | None = None,
    absent_is_none: bool = False,
    calendar: Calendar | None = None,
) -> Case:
    """The case with its names, once its facts were found to be consistent.

    Raises:
        FactsError: when they are not what the ruleset declares or expects.
        RollbookError: when the ruleset needs a calendar and there is none.
    """
    calendars = calendars_read(calendar, needed=needs_calendar(checked))
    case = read_case(
        checked, facts, as_of=as_of, rules_as_of=as_of if rules_as_of is None else rules_as_of,
        absent_is_none=absent_is_none, calendar=calendar, calendars=calendars,
    )  # fmt: skip
    violations = tuple(
        Violation(f"expects[{expectation.position}]", "", paths_only(expectation.otherwise))
        for expectation in checked.expects
        if case.evaluate(expectation.that, f"expects[{expectation.position}].that") is False
    )
    if violations:
        raise FactsError(violations, "The facts contradict each other.", reason=Reason.FACTS_INCONSISTENT)
    return case


@dataclass(frozen=True, slots=True)
class Judgment:
    """The rules of a case: their premises and components, and which outcomes are possible.

    Attributes:
        premises: of every rule.
        components: the rules in groups that do not touch each other.
        floor: the weakest outcome that is possible, before the default stands in for none.
        candidates: every possible outcome; None where there may be none at all.
    """

    premises: Mapping[str, Premise]
    components: tuple[Component, ...]
    floor: str | None
    candidates: frozenset[str | None]
    held: tuple[str, ...]


def judge(case: Case) -> Judgment:
    """What the rules of a case conclude."""
    ruleset = case.ruleset
    premises = {name: case.premise(rule) for name, rule in ruleset.rules.items()}
    premises |= {name: Premise(_borrowed(case, name), ()) for name in ruleset.borrowed}
    rules = Rules({**ruleset.rules, **stand_ins(ruleset)})
    parts = tuple(
        Component(rules, {name: truth(premises[name].value) for name in group}, ruleset.outcomes)
        for group in components(rules)
    )
    floor = _stronger(ruleset, *(_weakest(ruleset, part.outs) for part in parts))
    outs = {out for part in parts for out in part.outs} or {None}
    candidates = frozenset(effective(ruleset, out, floor) for out in outs)
    certain = {name for part in parts for name in part.held}
    return Judgment(premises, parts, floor, candidates, tuple(name for name in ruleset.rules if name in certain))


def borrowed_case(case: Case, name: str) -> Case:
    """The same case, as the part of another ruleset sees it that decides the borrowed rule `name`."""
    part = case.ruleset.borrowed[name]
    return read_case(
        part,
        declared_part(part.facts, case.given),
        as_of=case.names["as_of"],
        rules_as_of=case.rules_as_of,
        absent_is_none=case.absent_is_none,
        calendar=case.run.calendar,
    )


def lies_inside(case: Case) -> Any:
    """Whether the ruleset applies to the case."""
    applies = case.ruleset.applies
    return True if applies is None else case.evaluate(applies.when, "applies.when")


def _borrowed(case: Case, name: str) -> Any:
    """Whether a rule of another ruleset holds in the same case."""
    other = borrowed_case(case, name)
    inside = lies_inside(other)
    judgment = judge(other)
    values = {rule: premise.value for rule, premise in judgment.premises.items()}
    return whether(name.partition("#")[2], inside, judgment.components, values)


def _strength(ruleset: CheckedRuleset, outcome: str | None) -> int:
    """Less is stronger; none is the weakest."""
    return len(ruleset.outcomes) if outcome is None else ruleset.outcomes.index(outcome)


def _stronger(ruleset: CheckedRuleset, *outcomes: str | None) -> str | None:
    return min(outcomes, key=lambda outcome: _strength(ruleset, outcome), default=None)


def _weakest(ruleset: CheckedRuleset, outcomes: frozenset[str | None]) -> str | None:
    return max(outcomes, key=lambda outcome: _strength(ruleset, outcome))


def effective(ruleset: CheckedRuleset, out: str | None, floor: str | None) -> str | None:
    """What a component's outcome comes to among the others: never weaker than `floor`; for none the default."""
    strongest = _stronger(ruleset, out, floor)
    if strongest is None and ruleset.default is not None:
        return ruleset.default.outcome
    return strongest


class _Deciding:
    """The decision of a case, part by part."""

    def __init__(self, case: Case, *, absent_is_none: bool) -> None:
        self.case = case
        self.ruleset = case.ruleset
        self.absent_is_none = absent_is_none

    def decision(self) -> Decision:
        applies = self.ruleset.applies
        if applies is None:
            return self._inside()
        when = self.case.evaluate(applies.when, "applies.when")
        if when is True:
            return self._inside()
        if when is False:
            because, causes = self._filled(applies.because, "applies.because")
            return self._decision(
                applies=False, candidates={applies.otherwise}, because=because, cites=applies.cites, details=causes
            )
        return self._perhaps_outside(when, applies.otherwise)

    def _inside(self) -> Decision:
        judgment = judge(self.case)
        consequences = Consequences.of(self.case, judgment.held, judgment.premises)
        default = self.ruleset.default
        because, causes = "", frozenset[Cause]()
        cites: tuple[str, ...] = ()
        if default is not None and judgment.floor is None and judgment.candidates == {default.outcome}:
            because, causes = self._filled(default.because, "default.because")
            cites = default.cites
        deadlines = [told(name, self.case.names[name]) for name in self.ruleset.deadlines]
        causes |= {cause for _, unknowns in deadlines for unknown in unknowns for cause in unknown.causes}
        return self._decision(
            applies=True,
            candidates=judgment.candidates,
            because=because,
            cites=cites,
            outcome=self._outcome_causes(judgment),
            details=self._detail_causes(judgment) | consequences.causes | causes,
            consequences=consequences,
            deadlines=tuple(state for states, _ in deadlines for state in states),
        )

    def _perhaps_outside(self, when: Unknown, otherwise: str) -> Decision:
        judgment = judge(self.case)
        candidates = judgment.candidates | {otherwise}
        outcome = self._outcome_causes(judgment)
        consequences = Consequences.of(self.case, judgment.held, judgment.premises)
        details = self._detail_causes(judgment) | consequences.causes
        if len(candidates) > 1:
            outcome |= when.causes
        else:
            details |= when.causes
        return self._decision(applies=None, candidates=candidates, outcome=outcome, details=details)

    def _outcome_causes(self, judgment: Judgment) -> frozenset[Cause]:
        return self._causes(judgment, {name for part in judgment.components for name in self._deciding(part, judgment)})

    def _detail_causes(self, judgment: Judgment) -> frozenset[Cause]:
        names: set[str] = set()
        for part in judgment.components:
            names |= {name for name in part.unknown if self._changes_rules(part, name)} - self._deciding(part, judgment)
        return self._causes(judgment, names)

    @staticmethod
    def _causes(judgment: Judgment, names: set[str]) -> frozenset[Cause]:
        return frozenset(cause for name in names for cause in judgment.premises[name].value.causes)

    def _deciding(self, part: Component, judgment: Judgment) -> set[str]:
        """The rules of a component whose unknown premise matters to the outcome."""

        def effect(out: str | None) -> str | None:
            return effective(self.ruleset, out, judgment.floor)

        if part.approximated:
            return set(part.unknown) if len({effect(out) for out in part.outs}) > 1 else set()
        return {
            name
            for name in part.unknown
            if any(effect(part.out(one)) != effect(part.out(other)) for one, other in part.neighbouring(name))
        }

    @staticmethod
    def _changes_rules(part: Component, name: str) -> bool:
        """Whether the unknown premise of `name` can change which rules hold."""
        if part.approximated:
            return bool(part.undetermined)
        return any(one.held != other.held for one, other in part.neighbouring(name))

    def _filled(self, message: Message, where: str) -> tuple[str, frozenset[Cause]]:
        filled = fill(
            message, lambda expression: self.case.evaluate(expression, where), self.ruleset.document.time_zone
        )
        return filled.text, filled.causes

    def _decision(
        self,
        *,
        applies: bool | None,
        candidates: set[str] | frozenset[str | None],
        because: str = "",
        cites: tuple[str, ...] = (),
        outcome: frozenset[Cause] = frozenset(),
        details: frozenset[Cause] = frozenset(),
        consequences: Consequences | None = None,
        deadlines: tuple[DeadlineState, ...] = (),
    ) -> Decision:
        named = tuple(
            sorted((name for name in candidates if name is not None), key=lambda name: _strength(self.ruleset, name))
        )
        return Decision(
            ruleset=self.ruleset.document.ruleset,
            version=self.ruleset.version,
            as_of=self.case.names["as_of"],
            rules_as_of=self.case.rules_as_of,
            outcome=named[0] if len(candidates) == 1 and named else INDETERMINATE,
            because=because,
            cites=cites,
            applies=applies,
            candidates=named,
            held=consequences.held if consequences else (),
            results=merge(self.ruleset, consequences.held) if consequences else {},
            obligations=consequences.obligations if consequences else (),
            missing=Missing(tuple(sorted(outcome)), tuple(sorted(details - outcome))),
            calendars=self.case.calendars,
            absent_is_none=self.absent_is_none,
            may_have_no_outcome=None in candidates,
            deadlines=deadlines,
            builds_on=self.ruleset.built_on,
        )
