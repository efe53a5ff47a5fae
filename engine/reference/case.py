"""One case of a ruleset: every name that its expressions read, with the value that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from engine.calendars import Calendar
from engine.feel.checked import Checked
from engine.feel.interpreter import evaluate
from engine.feel.run import Run
from engine.feel.syntax import Node
from engine.feel.unknown import Cause, Unknown, join
from engine.reference.deadlines import deadline_value
from engine.reference.facts import Places, read_facts
from engine.reference.inference import every
from engine.rulesets.checked import CheckedParameter, CheckedRule, CheckedRuleset, CheckedTable

__all__ = ["Case", "Element", "Premise", "Trace", "read_case", "truth"]

Trace = Callable[[Node, Any], None]
"""Is told every part of an expression with its value, each after its own parts."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the list that `each` names: its place there, its name as a scope, and the premise for it."""

    index: int | None
    names: Mapping[str, Any]
    premise: Any


@dataclass(frozen=True, slots=True)
class Premise:
    """The premise of a rule: True, False or Unknown; a rule without `each` has one element, without an index."""

    value: Any
    elements: tuple[Element, ...]


@dataclass
class Case:
    """A ruleset, the date, and the values of all names on it.

    Attributes:
        ruleset: the ruleset.
        run: the date, and what steps are left.
        rules_as_of: the date whose parameters hold.
        places: where the list items that are records stand among the facts.
        calendars: the version of the calendar that is read, by its name; empty when none is.
        names: the value of every name in scope: facts, parameters, reference lists, values, tables, dates.
        given: the facts as they were given; `absent_is_none`: how those left out read.
    """

    ruleset: CheckedRuleset
    run: Run
    rules_as_of: date
    places: Places
    calendars: Mapping[str, str] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    absent_is_none: bool = False

    def evaluate(
        self, expression: Checked, where: str, local: Mapping[str, Any] | None = None, *, trace: Trace | None = None
    ) -> Any:
        """The value of an expression; `where` names its place for arithmetic that has no result."""
        names = {**self.names, **local} if local else self.names
        return evaluate(expression, names, self.run, trace=trace, where=where)

    def parameter(self, parameter: CheckedParameter) -> Any:
        """The value in force on `rules_as_of`."""
        value = parameter.on(self.rules_as_of)
        return Unknown(frozenset({Cause("parameter", parameter.name)})) if value is None else value

    def table(self, table: CheckedTable) -> Any:
        """The outputs of the row that covers the case, by its hit policy."""
        where = f"tables.{table.name}"
        matches = self.matches(table)
        outputs = [{name: self.evaluate(cell, where) for name, cell in row.outputs.items()} for row in table.rows]
        covering = next((place for place, match in enumerate(matches) if match is True), None)
        unclear = [place for place, match in enumerate(matches) if match.__class__ is Unknown]
        if covering is not None:
            before = [place for place in unclear if place < covering] if table.hit == "first" else []
            if all(outputs[place] == outputs[covering] for place in before):
                return outputs[covering]
            unclear = before
        if unclear:
            return join(*(matches[place] for place in unclear))
        return Unknown(frozenset({Cause("table", table.name)}))

    def matches(self, table: CheckedTable) -> list[Any]:
        """For every row whether it covers the case: True, False or Unknown."""
        where = f"tables.{table.name}"
        inputs = [self.evaluate(expression, where) for expression in table.inputs]
        return [
            conjunction(
                [
                    evaluate(test, self.names, self.run, value=value, where=where)
                    for test, value in zip(row.tests, inputs, strict=True)
                ]
            )
            for row in table.rows
        ]

    def premise(self, rule: CheckedRule) -> Premise:
        """The premise of a rule; with `each` the three-valued *some* over the elements."""
        where = f"rules.{rule.id}.when"
        if rule.each is None:
            value = self.evaluate(rule.premise, where)
            return Premise(value, (Element(None, {}, value),))
        items = self.evaluate(rule.each.list, f"rules.{rule.id}.each")
        if items.__class__ is Unknown:
            return Premise(items, ())
        elements = []
        for index, item in enumerate(items):
            names = {rule.each.name: item}
            elements.append(Element(index, names, self.evaluate(rule.premise, where, names)))
        return Premise(disjunction([element.premise for element in elements]), tuple(elements))


def truth(value: Any) -> bool | None:
    """True, False, or None when the value is not known."""
    if value.__class__ is Unknown:
        return None
    assert isinstance(value, bool), "the checker lets no other value be a premise"
    return value


def conjunction(values: list[Any]) -> Any:
    """Kleene's conjunction with the causes of what is not known."""
    settled = every(truth(value) for value in values)
    return join(*values) if settled is None else settled


def disjunction(values: list[Any]) -> Any:
    """Kleene's disjunction with the causes of what is not known."""
    if any(value is True for value in values):
        return True
    return join(*values) if any(value.__class__ is Unknown for value in values) else False


def read_case(
    ruleset: CheckedRuleset,
    facts: Mapping[str, Any],
    *,
    as_of: date,
    rules_as_of: date,
    absent_is_none: bool,
    calendar: Calendar | None = None,
    calendars: Mapping[str, str] = MappingProxyType({}),
) -> Case:
    """The case with every name that its expressions read.

    Raises:
        FactsError: when the facts are not what the ruleset declares.
    """
    read = read_facts(
        ruleset.facts, facts, as_of=as_of, time_zone=ruleset.document.time_zone, absent_is_none=absent_is_none
    )
    case = Case(
        ruleset,
        Run(as_of, calendar),
        rules_as_of,
        read.places,
        calendars,
        given=facts,
        absent_is_none=absent_is_none,
    )
    case.names |= read.tree
    case.names |= {"as_of": as_of, "rules_as_of": rules_as_of}
    case.names |= {name: list(map(dict, rows)) for name, rows in ruleset.references.items()}
    case.names |= {name: case.parameter(parameter) for name, parameter in ruleset.parameters.items()}
    for name in ruleset.order:
        if name in ruleset.tables:
            case.names[name] = case.table(ruleset.tables[name])
        elif name in ruleset.deadlines:
            case.names[name] = deadline_value(ruleset.deadlines[name], case.evaluate, as_of, calendar)
        else:
            case.names[name] = case.evaluate(ruleset.values[name], f"values.{name}")
    return case
