"""The Python that decides the cases of one version: generated from the checked ruleset, compiled once.

Three kinds of function: `applies` and `expects`, which come first; `premises`, which computes the values that premises
read and the truth of every premise, as bits; and one function per rule for what it gives when it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from engine.cases import giving
from engine.cases.deadlines import DeadlineWriter
from engine.cases.tables import TableWriter
from engine.feel.checked import Checked
from engine.feel.checker import dependencies
from engine.feel.python import Compiler, Operand, Source, access
from engine.feel.types import ContextType, ListType, ScalarType, Type
from engine.feel.unknown import Unknown
from engine.rulesets.checked import (
    CheckedDeadline,
    CheckedObligation,
    CheckedRule,
    CheckedRuleset,
    CheckedTable,
    Message,
)

__all__ = ["Program", "program_of", "time_zone_of"]


@dataclass(frozen=True, slots=True)
class Program:
    """The compiled functions of one version.

    Attributes:
        applies: whether the case lies inside: true, false or unknown; None when every case does.
        expects: the places of the expectations that are false.
        premises: called with facts, parameters and run; the patterns of the true and of the unknown premises; for each
            unknown premise, by place, the unknown that it is; the values that premises read; for each rule with `each`,
            by place, its list and the truth for each item; the deadlines.
        gives: for each rule, by place, what it gives when it holds.
        default, outside: the words of those messages, and why parts of them are not known.
    """

    applies: Callable[..., Any] | None
    expects: Callable[..., list[int]]
    premises: Callable[..., tuple[int, int, dict[int, Unknown], tuple[Any, ...], dict[int, Any], tuple[Any, ...]]]
    gives: tuple[giving.Given, ...]
    default: Callable[..., tuple[str, list[Unknown]]] | None
    outside: Callable[..., tuple[str, list[Unknown]]] | None
    text: str


def time_zone_of(ruleset: CheckedRuleset) -> str | None:
    """The name of the ruleset's time zone, when it declares one."""
    zone = ruleset.document.time_zone
    return None if zone is None else str(zone)


def program_of(ruleset: CheckedRuleset, bits: Sequence[int], *, facts_known: bool = False) -> Program:
    """Writes and compiles the program.

    Args:
        ruleset: the version.
        bits: for each rule, by place, the bit of its premise.
        facts_known: whether it is only for cases in which no fact and no parameter is unknown; what follows from them
            can be all the same.
    """
    return _Writer(ruleset, bits, facts_known=facts_known).program()


@dataclass
class _Frame:
    """The names that one function has at hand."""

    names: dict[str, Operand] = field(default_factory=dict)


class _Writer:
    def __init__(self, ruleset: CheckedRuleset, bits: Sequence[int], *, facts_known: bool) -> None:
        self._ruleset = ruleset
        self._facts_known = facts_known
        self._bits = bits
        self._source = Source()
        self._parameters = list(ruleset.parameters)
        zone = time_zone_of(ruleset)
        self._zone = f", {zone!r}" if zone else ""
        self._shared: list[str] = []
        self._shared_operands: dict[str, Operand] = {}
        self._items: dict[int, Operand] = {}
        for name in ("worded", "Held", "Obligation", "unknown_in", "NOTHING"):
            self._source.define(name, getattr(giving, name))
        self._source.define("date", date)

    def program(self) -> Program:
        ruleset = self._ruleset
        if ruleset.applies:
            self._condition("applies", ruleset.applies.when)
            self._message_function("outside", ruleset.applies.because, "applies.because")
        if ruleset.default:
            self._message_function("default", ruleset.default.because, "default.because")
        self._expects()
        self._premises()
        gives = [self._gives(place, rule) for place, rule in enumerate(ruleset.rules.values())]
        find = self._source.functions(f"<{ruleset.document.ruleset}>")
        return Program(
            find("applies") if ruleset.applies else None,
            find("expects"),
            find("premises"),
            tuple(find(given) for given in gives),
            find("default") if ruleset.default else None,
            find("outside") if ruleset.applies else None,
            self._source.text(),
        )

    # Names.

    def _scope(self, frame: _Frame) -> Callable[[str], Operand]:
        def operand(name: str) -> Operand:
            return frame.names.get(name) or self._of_ruleset(name)

        return operand

    def _of_ruleset(self, name: str) -> Operand:
        """How code gets at a name that is no value: a fact, a parameter, a reference list, a date."""
        if name == "as_of":
            return Operand("run.as_of", known=True)
        if name == "rules_as_of":
            return Operand("p[-1]", known=True)
        if name in self._ruleset.parameters:
            code = f"p[{self._parameters.index(name)}]"
            return Operand.certain(code) if self._facts_known else Operand(code)
        if name in self._ruleset.references:
            rows = [dict(row) for row in self._ruleset.references[name]]
            return Operand.certain(self._source.constant(rows, "ROWS"))
        type_ = self._ruleset.scope[name]
        records = isinstance(type_, ListType) and isinstance(type_.element, ContextType)
        if self._facts_known:
            return Operand.certain(access("f", name))
        return Operand(access("f", name), known=isinstance(type_, ContextType), items_known=records)

    def _compile(self, checked: Checked, where: str, frame: _Frame, **more: Any) -> Operand:
        scope = self._scope(frame)
        return Compiler(self._source, checked, where, scope, **more).expression()

    # Values and value tables.

    def _needed(self, expressions: Iterable[Checked]) -> list[str]:
        """The values and tables that the expressions read, directly or through others, in an order that works."""
        needed: set[str] = set()
        waiting = [name for checked in expressions for name in dependencies(checked)]
        while waiting:
            name = waiting.pop()
            if name in needed or name not in self._ruleset.order:
                continue
            needed.add(name)
            waiting += [inner for checked in self._read_by(name) for inner in dependencies(checked)]
        return [name for name in self._ruleset.order if name in needed]

    def _read_by(self, name: str) -> Sequence[Checked]:
        """The expressions of a value, table or deadline."""
        if name in self._ruleset.tables:
            return _expressions(self._ruleset.tables[name])
        if name in self._ruleset.deadlines:
            return self._ruleset.deadlines[name].expressions
        return [self._ruleset.values[name]]

    def _values(self, expressions: Iterable[Checked], frame: _Frame) -> list[str]:
        """Writes what computes the values that the expressions need and the frame does not have."""
        written = [name for name in self._needed(expressions) if name not in frame.names]
        for name in written:
            if name in self._ruleset.tables:
                frame.names[name] = self._table(self._ruleset.tables[name], frame)
            elif name in self._ruleset.deadlines:
                frame.names[name] = self._deadline(self._ruleset.deadlines[name], frame)
            else:
                frame.names[name] = self._compile(self._ruleset.values[name], f"values.{name}", frame)
        return written

    def _table(self, table: CheckedTable, frame: _Frame) -> Operand:
        def compile_(checked: Checked, **more: Any) -> Operand:
            return self._compile(checked, f"tables.{table.name}", frame, **more)

        return TableWriter(self._source, table, compile_).write()

    def _deadline(self, deadline: CheckedDeadline, frame: _Frame) -> Operand:
        def compile_(checked: Checked, part: str, local: Mapping[str, Operand]) -> Operand:
            return self._compile(checked, f"deadlines.{deadline.name}.{part}", _Frame({**frame.names, **local}))

        return DeadlineWriter(self._source, deadline, compile_).write()

    # Functions.

    def _condition(self, name: str, checked: Checked) -> None:
        frame = _Frame()
        with self._source.block(f"def {name}(f, p, run):"):
            self._values([checked], frame)
            self._source.line(f"return {self._compile(checked, f'{name}.when', frame).code}")

    def _expects(self) -> None:
        source, frame = self._source, _Frame()
        with source.block("def expects(f, p, run):"):
            self._values([expectation.that for expectation in self._ruleset.expects], frame)
            source.line("broken = []")
            for expectation in self._ruleset.expects:
                holds = self._compile(expectation.that, f"expects[{expectation.position}].that", frame)
                with source.block(f"if {holds.code} is False:"):
                    source.line(f"broken.append({expectation.position})")
            source.line("return broken")

    def _premises(self) -> None:
        source, frame, rules = self._source, _Frame(), self._ruleset.rules
        with source.block("def premises(f, p, run):"):
            read = [rule.premise for rule in rules.values()]
            read += [rule.each.list for rule in rules.values() if rule.each]
            read += [checked for deadline in self._ruleset.deadlines.values() for checked in deadline.expressions]
            self._shared = self._values(read, frame)
            self._shared += self._deadlines(frame)
            self._shared_operands = dict(frame.names)
            source.line("true = unknown = 0")
            source.line("why = {}")
            source.line("elements = {}")
            for place, rule in enumerate(rules.values()):
                truth = self._premise(place, rule, frame)
                with source.block(f"if {truth.code}:" if truth.known else f"if {truth.code} is True:"):
                    source.line(f"true |= {1 << self._bits[place]}")
                if not truth.known:
                    with source.block(f"elif {truth.code} is not False:"):
                        source.line(f"unknown |= {1 << self._bits[place]}")
                        source.line(f"why[{place}] = {truth.code}")
            values = "".join(f"{frame.names[name].code}, " for name in self._shared)
            deadlines = "".join(f"{frame.names[name].code}, " for name in self._ruleset.deadlines)
            source.line(f"return true, unknown, why, ({values}), elements, ({deadlines})")

    def _deadlines(self, frame: _Frame) -> list[str]:
        """Writes the deadlines that no value reads; gives their names."""
        more = [name for name in self._ruleset.deadlines if name not in frame.names]
        for name in more:
            frame.names[name] = self._deadline(self._ruleset.deadlines[name], frame)
        return more

    def _premise(self, place: int, rule: CheckedRule, frame: _Frame) -> Operand:
        where = f"rules.{rule.id}.when"
        if rule.each is None:
            return self._compile(rule.premise, where, frame)
        source = self._source
        items = self._items[place] = self._compile(rule.each.list, f"rules.{rule.id}.each", frame)
        truth = source.fresh()
        with source.block(f"if {items.code}.__class__ is U:"):
            source.line(f"{truth} = {items.code}")
        with source.block("else:"):
            truths = source.assign("[]", "truths")
            source.line(f"run.spend(len({items.code}))")
            with source.block(f"for item in {items.code}:"):
                element = source.assign("item", "x")
                inner = _Frame({**frame.names, rule.each.name: items.item(element)})
                premise = self._compile(rule.premise, where, inner)
                source.line(f"{truths}.append({premise.code})")
            source.line(f"{truth} = {f'True in {truths}' if premise.known else f'support.disj(*{truths})'}")
            with source.block(f"if {truth} is not False:"):
                source.line(f"elements[{place}] = {items.code}, {truths}")
        return Operand(truth, known=items.known and premise.known)

    def _message_function(self, name: str, message: Message, where: str) -> None:
        source, frame = self._source, _Frame()
        with source.block(f"def {name}(f, p, run):"):
            self._values(_paths(message), frame)
            source.line("open_ = []")
            source.line(f"return {self._message(message, where, frame)}, open_")

    def _message(self, message: Message, where: str, frame: _Frame) -> str:
        """Code for the words of a message; adds to `open_` what is unknown in it."""
        template = []
        for part in message.parts:
            if isinstance(part, str):
                template.append(part.replace("{", "{{").replace("}", "}}"))
            else:
                value = self._source.assign(self._compile(part.expression, where, frame).code)
                words = self._source.assign(self._worded(value, part.expression.type, str(part.none)))
                template.append(f"{{{words}}}")
        return f"f{''.join(template)!r}"

    def _worded(self, value: str, type_: Type, none: str) -> str:
        """Code for the words of a value; what has its type's usual class needs no call."""
        otherwise = f"worded({value}, {none!r}, open_{self._zone})"
        usual = _USUAL.get(type_.name) if isinstance(type_, ScalarType) else None
        if usual is None:
            return otherwise
        kind, words = usual
        return f"{words.format(value)} if {value}.__class__ is {kind} else {otherwise}"

    def _gives(self, place: int, rule: CheckedRule) -> str:
        """Writes the function that says what a rule gives; gives its name."""
        read = [*_paths(rule.because), *rule.results.values()]
        read += [obligation.due for obligation in rule.obliges if obligation.due]
        source, name = self._source, f"rule_{place}"
        frame = _Frame(
            {shared: replace(self._shared_operands[shared], code=f"v[{at}]") for at, shared in enumerate(self._shared)}
        )
        with source.block(f"def {name}(f, p, run, v, elements, held, obligations, open_):"):
            self._values(read, frame)
            if not read and rule.each is None:
                self._always(rule)
                return name
            if rule.each is None:
                self._one(rule, frame, "None")
                return name
            source.line("items, truths = elements")
            with source.block("for index, truth in enumerate(truths):"):
                with source.block("if truth is True:"):
                    source.line("element = items[index]")
                    frame.names[rule.each.name] = self._items[place].item("element")
                    self._one(rule, frame, "index")
                with source.block("elif truth is not False:"):
                    source.line("open_.append(truth)")
        return name

    def _always(self, rule: CheckedRule) -> None:
        """What a rule gives that says the same in every case."""
        words = "".join(part for part in rule.because.parts if isinstance(part, str))
        held = giving.Held(rule.id, rule.cites, words, rule.outcome, giving.NOTHING)
        self._source.line(f"held.append({self._source.constant(held, 'HELD')})")
        for obligation in rule.obliges:
            owed = giving.obligation(rule, obligation)
            self._source.line(f"obligations.append({self._source.constant(owed, 'OWED')})")

    def _one(self, rule: CheckedRule, frame: _Frame, index: str) -> None:
        """What a rule gives, for one element when it has `each`."""
        source = self._source
        because = self._message(rule.because, f"rules.{rule.id}.because", frame)
        results = "NOTHING"
        if rule.results:
            because, results = source.assign(because, "because"), source.assign("{}", "results")
        for name, checked in rule.results.items():
            value = source.assign(self._compile(checked, f"rules.{rule.id}.results.{name}", frame).code)
            with source.block(f"if (missing := unknown_in({value})) is not None:"):
                source.line("open_.append(missing)")
            with source.block("else:"):
                source.line(f"{results}[{name!r}] = {value}")
        source.line(f"held.append(Held({rule.id!r}, {rule.cites!r}, {because}, {rule.outcome!r}, {results}, {index}))")
        for obligation in rule.obliges:
            self._owed(rule, obligation, frame, index)

    def _owed(self, rule: CheckedRule, obligation: CheckedObligation, frame: _Frame, index: str) -> None:
        """One obligation."""
        source = self._source
        if obligation.due is None:
            source.line(f"obligations.append({giving.obligation_code(rule, obligation, 'None', index)})")
            return
        where = f"rules.{rule.id}.obliges[{obligation.position}].due"
        due = source.assign(self._compile(obligation.due, where, frame).code, "due")
        unknown = source.assign("False", "unknown")
        with source.block(f"if {due}.__class__ is U:"):
            source.line(f"open_.append({due})")
            source.line(f"{due}, {unknown} = None, True")
        source.line(f"obligations.append({giving.obligation_code(rule, obligation, due, f'{index}, {unknown}')})")


_USUAL: Final = {
    "string": ("str", "{}"),
    "number": ("int", "str({})"),
    "date": ("date", "{}.isoformat()"),
}
"""For a type the class that its values usually have, and code for their words."""


def _expressions(table: CheckedTable) -> list[Checked]:
    cells = [cell for row in table.rows for cell in (*row.tests, *row.outputs.values())]
    return [*table.inputs, *cells]


def _paths(message: Message) -> list[Checked]:
    return [part.expression for part in message.parts if not isinstance(part, str)]
