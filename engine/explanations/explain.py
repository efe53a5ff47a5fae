"""Why a ruleset decides a case as it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.calendars import Calendar
from engine.deadlines import ENTRIES
from engine.explanations.borrowed import BorrowedRule
from engine.explanations.model import (
    ElementExplanation,
    Explanation,
    NamedValue,
    Part,
    RuleExplanation,
    RuleReference,
    RuleStatus,
)
from engine.explanations.parts import Recorder, part_of
from engine.explanations.standing import Standing, standing
from engine.feel.checked import Checked
from engine.feel.unknown import Unknown
from engine.reference.borrowing import stand_ins
from engine.reference.case import Case
from engine.reference.decide import Judgment, borrowed_case, decide, judge, lies_inside, read
from engine.reference.inference import Rules
from engine.rulesets.checked import CheckedDeadline, CheckedRule, CheckedRuleset, MessagePath

__all__ = ["explain"]


def explain(
    checked: CheckedRuleset,
    facts: Mapping[str, Any],
    *,
    as_of: date,
    rules_as_of: date | None = None,
    absent_is_none: bool = False,
    calendar: Calendar | None = None,
) -> Explanation:
    """The decision of a case with every rule: why it holds or why not, each part of its premise with its value.

    Arguments and errors are those of `engine.reference.decide`.
    """
    asked: dict[str, Any] = {"as_of": as_of, "rules_as_of": rules_as_of, "absent_is_none": absent_is_none}
    decision = decide(checked, facts, **asked, calendar=calendar)
    case = read(checked, facts, **asked, calendar=calendar)
    explaining = _Explaining(case)
    applies = None
    if checked.applies is not None:
        applies = explaining.part(checked.applies.when, "applies.when")
    if decision.applies is False:
        rules = tuple(explaining.outside(rule) for rule in checked.rules.values())
        assert checked.applies is not None
        return Explanation(decision, applies, rules, tuple(explaining.values([checked.applies.when])))
    rules = tuple(explaining.rules(judge(case)))
    return Explanation(decision, applies, rules, tuple(explaining.values(_expressions(checked))))


@dataclass
class _Explaining:
    case: Case

    def part(self, expression: Checked, where: str, names: Mapping[str, Any] | None = None) -> Part:
        """The parts of an expression in this case."""
        recorder = Recorder(expression, self.case.places)
        self.case.evaluate(expression, where, names, trace=recorder)
        return recorder.part

    @staticmethod
    def outside(rule: CheckedRule) -> RuleExplanation:
        """A rule that was not looked at."""
        standing = Standing(RuleStatus.OUTSIDE)
        return RuleExplanation(rule.id, standing.status, standing.text, rule.outcome, rule.cites, None)

    def rules(self, judgment: Judgment) -> Iterator[RuleExplanation]:
        """Every rule, in the document's order."""
        rules = Rules({**self.case.ruleset.rules, **stand_ins(self.case.ruleset)})
        found = {
            name: standing(name, component, rules, judgment)
            for component in judgment.components
            for name in component.premises
        }
        borrowed = {name: self._borrowed(name, found[name], judgment) for name in self.case.ruleset.borrowed}
        possible = {
            name
            for component in judgment.components
            for pattern in component.patterns.values()
            for name, truth in pattern.holds.items()
            if truth is not False
        }

        def references(names: Iterable[str]) -> tuple[RuleReference, ...]:
            return tuple(
                RuleReference(name, borrowed[name].status if name in borrowed else found[name].status) for name in names
            )

        for rule in self.case.ruleset.rules.values():
            premise, elements = self.premise(rule, judgment)
            yield RuleExplanation(
                rule=rule.id,
                status=found[rule.id].status,
                text=" ".join((found[rule.id].text, *(borrowed[name].text for name in rule.given if name in borrowed))),
                outcome=rule.outcome,
                cites=rule.cites,
                premise=premise,
                elements=elements,
                given=references(rule.given),
                exception_to=references(rule.exception_to),
                stopped_by=references(name for name in rules.stoppers(rule.id) if name in possible),
            )

    def _borrowed(self, name: str, here: Standing, judgment: Judgment) -> BorrowedRule:
        """How a rule of another ruleset stands in that, when `here` is how it stands for those that build on it."""
        other = borrowed_case(self.case, name)
        rule = other.ruleset.rules[name.rpartition("#")[2]]
        if lies_inside(other) is False:
            return BorrowedRule(name, other.ruleset, rule, Standing(RuleStatus.OUTSIDE), None)
        there = here
        among = judge(other)
        if here.status is RuleStatus.UNKNOWN:
            there = Standing(RuleStatus.UNKNOWN, causes=tuple(sorted(judgment.premises[name].value.causes)))
        elif here.status is not RuleStatus.HOLDS:
            rules = Rules({**other.ruleset.rules, **stand_ins(other.ruleset)})
            component = next(one for one in among.components if rule.id in one.premises)
            there = standing(rule.id, component, rules, among)
        premise, _ = _Explaining(other).premise(rule, among)
        return BorrowedRule(name, other.ruleset, rule, there, premise)

    def premise(self, rule: CheckedRule, judgment: Judgment) -> tuple[Part | None, tuple[ElementExplanation, ...]]:
        """The premise of a rule, where it has one, and that for each element."""
        where = f"rules.{rule.id}.when"
        conditional = _has_condition(self.case.ruleset, rule)
        if rule.each is None:
            return self.part(rule.premise, where) if conditional else None, ()
        premise = judgment.premises[rule.id]
        elements = []
        for element in premise.elements:
            assert element.index is not None
            item = element.names[rule.each.name]
            path = self.case.places.path(item) or f"{_source(rule.each.list)}[{element.index}]"
            part = self.part(rule.premise, where, element.names) if conditional else None
            elements.append(ElementExplanation(element.index, path, part))
        text = f"some {rule.each.name} in {_source(rule.each.list)} satisfies {_source(rule.premise)}"
        listed = self.part(rule.each.list, f"rules.{rule.id}.each")
        return replace(part_of(text, premise.value, parts=(listed,)), kind="some"), tuple(elements)

    def values(self, expressions: Iterable[Checked]) -> Iterator[NamedValue]:
        """What the names stand for that `expressions` read, each after those that it is made of."""
        ruleset = self.case.ruleset
        names = _names_read(ruleset, expressions)
        for name in ruleset.parameters:
            if name in names:
                sections = ruleset.document.parameters[name].cites.sections
                yield NamedValue(name, "parameter", part_of(name, self.case.names[name]), sections)
        for name in ruleset.order:
            if name not in names:
                continue
            if name in ruleset.values:
                part = self.part(ruleset.values[name], f"values.{name}")
                yield NamedValue(name, "value", part, ruleset.document.values[name].cites.sections)
            elif name in ruleset.deadlines:
                yield NamedValue(name, "deadline", self._deadline(name), ruleset.deadlines[name].cites)
            else:
                yield NamedValue(name, "table", self._table(name), ruleset.document.tables[name].cites.sections)

    def _table(self, name: str) -> Part:
        table = self.case.ruleset.tables[name]
        where = f"tables.{name}"
        inputs = tuple(self.part(expression, where) for expression in table.inputs)
        rows = tuple(
            part_of(f"row {row.id or place}", match)
            for place, (row, match) in enumerate(zip(table.rows, self.case.matches(table), strict=True), start=1)
            if match is True or match.__class__ is Unknown
        )
        return part_of(name, self.case.names[name], parts=(*inputs, *rows))

    def _deadline(self, name: str) -> Part:
        """A deadline with what it is reckoned from; one with `each` with the state of every element."""
        deadline, value = self.case.ruleset.deadlines[name], self.case.names[name]
        where = f"deadlines.{name}"
        if deadline.each is None:
            parts = tuple(self.part(one, where) for one in deadline.expressions if not _reads_element(deadline, one))
            return part_of(name, value, parts=parts)
        states: list[Part] = []
        for place, element in enumerate(value if isinstance(value, list) else ()):
            state = element if isinstance(element, Unknown) else {entry: element[entry] for entry in ENTRIES}
            states.append(part_of(f"{name}[{place}]", state))
        whole = value if isinstance(value, Unknown) else [part.value for part in states]
        return part_of(name, whole, parts=(self.part(deadline.each.list, f"{where}.each"), *states))


def _has_condition(ruleset: CheckedRuleset, rule: CheckedRule) -> bool:
    """Whether its premise was written: a rule may rest on `given` or `each` alone. A row's is made of its cells."""
    written = ruleset.document.rules.get(rule.id)
    return written is None or "when" in written.model_fields_set


def _reads_element(deadline: CheckedDeadline, expression: Checked) -> bool:
    """Whether an expression of a deadline is one of a pause's elements, which have values of their own."""
    pause = deadline.paused
    return pause is not None and pause.each is not None and expression in (pause.from_, pause.until)


def _source(expression: Checked) -> str:
    return " ".join(expression.source.split())


def _expressions(ruleset: CheckedRuleset) -> Iterator[Checked]:
    """What rules are made of, without the values that they name."""
    if ruleset.applies is not None:
        yield ruleset.applies.when
    for deadline in ruleset.deadlines.values():
        yield from deadline.expressions
    for rule in ruleset.rules.values():
        yield rule.premise
        yield from rule.results.values()
        yield from (obligation.due for obligation in rule.obliges if obligation.due is not None)
        yield from (part.expression for part in rule.because.parts if isinstance(part, MessagePath))
        if rule.each is not None:
            yield rule.each.list


def _names_read(ruleset: CheckedRuleset, expressions: Iterable[Checked]) -> set[str]:
    """The names of the scope that `expressions` read, and those that these are made of."""
    found: set[str] = set()
    waiting = list(expressions)
    while waiting:
        expression = waiting.pop()
        for reference in expression.references.values():
            if reference.kind != "scope" or reference.name in found:
                continue
            found.add(reference.name)
            if reference.name in ruleset.values:
                waiting.append(ruleset.values[reference.name])
            elif reference.name in ruleset.deadlines:
                waiting.extend(ruleset.deadlines[reference.name].expressions)
            elif reference.name in ruleset.tables:
                table = ruleset.tables[reference.name]
                waiting += [*table.inputs, *(test for row in table.rows for test in row.tests)]
    return found
