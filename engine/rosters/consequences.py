"""What the rules that hold say, set and owe, in SQL: a column for whatever is not the same for every case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from engine.feel.checked import Checked
from engine.feel.sql import Operand, Plan
from engine.feel.sql.fitting import item_of
from engine.feel.sql.operand import FALSE, TRUE, quoted
from engine.feel.sql.texts import json_of, worded
from engine.rosters.deadlines import told_sql
from engine.rosters.names import Names
from engine.rulesets.checked import CheckedRule, CheckedRuleset, Message

__all__ = ["Consequences", "Said", "SaidByRule", "defaulted_sql", "inside_sql", "plain_text"]


@dataclass(frozen=True, slots=True)
class SaidByRule:
    """The columns of one rule; empty names where nothing varies.

    Attributes:
        because: the message; without one, it is the same in every case.
        results: JSON text of what the rule sets; without one it sets nothing.
        dues: for each obligation its due date.
        elements: for a rule with `each` the one column, a list of structures with `i` (the element's index from 0) and
            fields named as the columns above.
    """

    because: str = ""
    results: str = ""
    dues: tuple[str, ...] = ()
    elements: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """The columns of a query that say more than outcomes.

    Attributes:
        rules: for each rule, by place.
        default, outside: the columns of those messages; empty where they are the same in every case.
        deadlines: for each deadline the list of its states.
    """

    rules: tuple[SaidByRule, ...] = ()
    default: str = ""
    outside: str = ""
    deadlines: tuple[str, ...] = ()


@dataclass
class Consequences:
    """Writes the columns of one query.

    Attributes:
        inside: whether the case lies inside the ruleset.
        held: for each rule whether it holds (never NULL).
        outputs: the columns, by name.
    """

    plan: Plan
    ruleset: CheckedRuleset
    names: Names
    inside: str
    held: Mapping[str, str]
    outputs: dict[str, str] = field(default_factory=dict)

    def write(self) -> Said:
        """Writes all of them."""
        rules = tuple(self.rule(place, rule) for place, rule in enumerate(self.ruleset.rules.values()))
        deadlines = tuple(self.deadline(place, name) for place, name in enumerate(self.ruleset.deadlines))
        return Said(rules, self.default(), self.outside(), deadlines)

    def default(self) -> str:
        """Writes the message of the default; gives its column."""
        default = self.ruleset.default
        if default is None:
            return ""
        when = defaulted_sql(self.ruleset, self.inside, self.held)
        return self._message("default", default.because, "default.because", when)

    def outside(self) -> str:
        """Writes the message of a case that the ruleset does not apply to; gives its column."""
        applies = self.ruleset.applies
        if applies is None:
            return ""
        return self._message("outside", applies.because, "applies.because", f"(NOT {self._inside})")

    @property
    def _inside(self) -> str:
        return inside_sql(self.inside)

    def _message(self, column: str, message: Message, where: str, when: str) -> str:
        """A column with a message where `when`, which is never NULL, is true; none when it is always the same."""
        if plain_text(message) is not None:
            return ""
        return self._column(column, self._filled(message, where, {}), when)

    def _filled(self, message: Message, where: str, local: Mapping[str, Operand]) -> str:
        """The message; NULL when a value in it is unknown."""
        words = []
        for part in message.parts:
            if isinstance(part, str):
                words.append(quoted(part))
            else:
                say = partial(self._worded, none=str(part.none))
                words.append(self.names.said(part.expression, where, local, say))
        return f"({' || '.join(words)})"

    def _worded(self, value: Operand, none: str) -> str:
        return worded(self.plan, value, none)

    def _column(self, name: str, sql: str, when: str) -> str:
        """A column with `sql` where `when` is true; where it is NULL there, the case is left to the case engine."""
        held = self.plan.query.column(f"CASE WHEN {when} THEN {sql} END")
        self.outputs[name] = held
        self.plan.leave_out(f"({when} AND {held} IS NULL)")
        return name

    def deadline(self, place: int, name: str) -> str:
        """Writes how a deadline is told; gives its column."""
        told, unknown = told_sql(self.plan, self.ruleset.deadlines[name], self.names.operand(name))
        self.outputs[f"deadline_{place}"] = f"CASE WHEN {self._inside} THEN {told} END"
        self.plan.leave_out(f"({self._inside} AND {unknown})")
        return f"deadline_{place}"

    # Rules.

    def rule(self, place: int, rule: CheckedRule) -> SaidByRule:
        """Writes what a rule says, sets and owes."""
        if rule.each is not None:
            return self._elements(place, rule)
        when, where = self.held[rule.id], f"rules.{rule.id}"
        because = self._message(f"because_{place}", rule.because, f"{where}.because", when)
        results = self._column(f"results_{place}", self._results(rule, {}), when) if rule.results else ""
        dues = tuple(
            self._due(f"due_{place}_{number}", owed.due, f"{where}.obliges[{number}].due", when) if owed.due else ""
            for number, owed in enumerate(rule.obliges)
        )
        return SaidByRule(because, results, dues)

    def _results(self, rule: CheckedRule, local: Mapping[str, Operand]) -> str:
        """JSON text of what a rule sets; NULL when a part of it is unknown."""
        parts = []
        for name, checked in rule.results.items():
            value = self.names.said(checked, f"rules.{rule.id}.results.{name}", local, partial(json_of, self.plan))
            key = quoted(f'"{name}":')
            parts.append(f"{key} || {value}")
        joined = " || ',' || ".join(parts)
        return f"('{{' || {joined} || '}}')"

    def _due(self, column: str, checked: Checked, where: str, when: str) -> str:
        due = self.names.compile(checked, where)
        self.outputs[column] = f"CASE WHEN {when} THEN {due.sql} END"
        if not due.known:
            self.plan.leave_out(f"({when} AND {due.unknown})")
        return column

    def _elements(self, place: int, rule: CheckedRule) -> SaidByRule:
        """One structure for each element of which the premise is true."""
        assert rule.each is not None
        where, when = f"rules.{rule.id}", self.held[rule.id]
        items = self.names.compile(rule.each.list, f"{where}.each")
        item, index = self.plan.item(), self.plan.item()
        local = {rule.each.name: item_of(items.items, item)}
        premise = self.names.compile(rule.premise, f"{where}.when", local)
        fields, open_ = {"i": f"({index} - 1)::INTEGER"}, []
        constant = plain_text(rule.because) is not None
        if not constant:
            fields["because"] = self._filled(rule.because, f"{where}.because", local)
            open_.append(f"{fields['because']} IS NULL")
        if rule.results:
            fields["results"] = self._results(rule, local)
            open_.append(f"{fields['results']} IS NULL")
        dues = []
        for number, owed in enumerate(rule.obliges):
            dues.append(f"due_{number}" if owed.due else "")
            if owed.due:
                due = self.names.compile(owed.due, f"{where}.obliges[{number}].due", local)
                fields[f"due_{number}"] = due.sql
                open_ += [] if due.known else [due.unknown]
        column = self._listed(place, when, items, (item, index), premise, fields, open_)
        return SaidByRule("" if constant else "because", "results" if rule.results else "", tuple(dues), column)

    def _listed(
        self,
        place: int,
        when: str,
        items: Operand,
        variables: tuple[str, str],
        premise: Operand,
        fields: Mapping[str, str],
        open_: list[str],
    ) -> str:
        """The column of a rule's elements; a case in which something of one is unknown is left to the case engine."""
        item, index = variables
        packed = ", ".join(f"{name} := {sql}" for name, sql in {**fields, "u": " OR ".join(open_) or FALSE}.items())
        given = f"CASE WHEN {premise.sql} THEN struct_pack({packed}) END"
        each = f"list_transform({items.sql}, lambda {item}, {index}: {given})"
        found = self.plan.item()
        listed = self.plan.query.column(
            f"CASE WHEN {when} THEN list_filter({each}, lambda {found}: {found} IS NOT NULL) END"
        )
        self.outputs[f"elements_{place}"] = listed
        if open_:
            self.plan.leave_out(f"coalesce(len(list_filter({listed}, lambda {found}: {found}.u)) > 0, false)")
        if not premise.known:
            truths = f"list_transform({items.sql}, lambda {item}: {premise.sql})"
            open_items = f"list_filter({truths}, lambda {found}: {found} IS NULL)"
            self.plan.leave_out(f"({when} AND coalesce(len({open_items}) > 0, false))")
        return f"elements_{place}"


def inside_sql(inside: str) -> str:
    """Whether a case is known to lie inside the ruleset, never NULL; `inside` says whether it does."""
    return inside if inside == TRUE else f"coalesce({inside}, false)"


def defaulted_sql(ruleset: CheckedRuleset, inside: str, held: Mapping[str, str]) -> str:
    """Whether no rule that holds concludes anything, so that the default does."""
    concluding = [held[rule] for rule, one in ruleset.rules.items() if one.outcome is not None]
    concluded = f"({' OR '.join(concluding)})" if concluding else FALSE
    return f"({inside_sql(inside)} AND NOT {concluded})"


def plain_text(message: Message) -> str | None:
    """The words of a message that is the same in every case; None for one with paths in it."""
    return None if any(not isinstance(part, str) for part in message.parts) else "".join(map(str, message.parts))
