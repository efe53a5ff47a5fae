"""How each rule stands: whether it holds, or the first reason why it does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.calendars.calendar import NO_BUSINESS_DAYS
from engine.explanations.model import RuleStatus
from engine.feel.unknown import Cause
from engine.reference.decide import Judgment
from engine.reference.inference import Component, Pattern, Rules
from engine.rulesets.checked import CheckedRule

__all__ = ["Standing", "cause_text", "standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands, the rules that this is because of, and why it is not known."""

    status: RuleStatus
    because_of: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def text(self) -> str:
        """The same in a sentence."""
        names = _listed(self.because_of)
        match self.status:
            case RuleStatus.OUTSIDE:
                return "The ruleset does not apply to this case."
            case RuleStatus.NOT_TRUE:
                return "Its premise is false."
            case RuleStatus.GIVEN_NOT_HELD:
                return f"It builds on {names}, which {_verb(self.because_of, 'does', 'do')} not hold."
            case RuleStatus.EXCEPTION_NOT_NEEDED:
                return f"It is an exception to {names}, which {_verb(self.because_of, 'does', 'do')} not apply."
            case RuleStatus.DEFEATED:
                return f"It is defeated by {names}."
            case RuleStatus.EXCEPTED:
                return f"It gives way to {names}, {_verb(self.because_of, 'an exception', 'exceptions')} to it."
            case RuleStatus.HOLDS:
                return "It holds."
            case RuleStatus.UNKNOWN:
                missing = _listed(cause_text(cause) for cause in self.causes)
                return f"Whether it holds depends on {missing}." if missing else "It is not known whether it holds."


def cause_text(cause: Cause) -> str:
    """What is missing, in words."""
    match cause.kind:
        case "parameter":
            return f"the parameter {cause.path}, which has no value on this date"
        case "table":
            return f"the table {cause.path}, of which no row covers the case"
        case "arithmetic":
            return f"the computation at {cause.path}, which has no result"
        case "calendar-date":
            return _calendar_text(cause)
        case _:
            return cause.path


def _calendar_text(cause: Cause) -> str:
    if not cause.path:
        return "a calendar"
    if cause.detail == NO_BUSINESS_DAYS:
        return f"the business days of the calendar {cause.path}"
    return f"the calendar {cause.path}{f' on {cause.detail}' if cause.detail else ''}"


def standing(name: str, component: Component, rules: Rules, judgment: Judgment) -> Standing:
    """How the rule `name` of `component` stands."""
    patterns = list(component.patterns.values())
    truths = {pattern.holds[name] for pattern in patterns}
    if truths == {True}:
        return Standing(RuleStatus.HOLDS)
    if truths != {False}:
        return Standing(RuleStatus.UNKNOWN, causes=_causes(name, component, judgment))
    return _why_not(rules.rules[name], patterns, rules)


def _why_not(rule: CheckedRule, patterns: list[Pattern], rules: Rules) -> Standing:
    """The first reason that fits, for a rule that holds in none of `patterns`."""
    true = [pattern for pattern in patterns if pattern.premises[rule.id] is not False]
    if not true:
        return Standing(RuleStatus.NOT_TRUE)
    based = [pattern for pattern in true if all(pattern.holds[given] is not False for given in rule.given)]
    if not based:
        lacking = tuple(given for given in rule.given if any(pattern.holds[given] is False for pattern in true))
        return Standing(RuleStatus.GIVEN_NOT_HELD, lacking)
    needed = [pattern for pattern in based if _is_needed(rule, pattern)]
    if not needed:
        return Standing(RuleStatus.EXCEPTION_NOT_NEEDED, rule.exception_to)
    stoppers = tuple(
        other for other in rules.stoppers(rule.id) if any(pattern.holds[other] is True for pattern in needed)
    )
    defeating = tuple(other for other in stoppers if rule.id in rules.rules[other].defeats)
    return Standing(RuleStatus.DEFEATED, defeating) if defeating else Standing(RuleStatus.EXCEPTED, stoppers)


def _is_needed(rule: CheckedRule, pattern: Pattern) -> bool:
    excepted = [pattern.applies[other] for other in rule.exception_to]
    return not excepted or any(truth is not False for truth in excepted)


def _causes(name: str, component: Component, judgment: Judgment) -> tuple[Cause, ...]:
    """What would have to be known to tell whether `name` holds."""
    if component.approximated:
        deciding = list(component.unknown)
    else:
        deciding = [
            other
            for other in component.unknown
            if any(one.holds[name] != two.holds[name] for one, two in component.neighbouring(other))
        ]
    return tuple(sorted({cause for other in deciding for cause in judgment.premises[other].value.causes}))


def _verb(names: tuple[str, ...], one: str, several: str) -> str:
    return one if len(names) == 1 else several


def _listed(words: Iterable[str]) -> str:
    found = list(words)
    return " and ".join([*([", ".join(found[:-1])] if len(found) > 1 else []), *found[-1:]])
