"""The Python that decides the cases of one version: generated from the checked ruleset, compiled once.

Three kinds of function: `applies` and `expects`, which come first; `premises`, which computes the values that premises
read and the truth of every premise, as bits; and one function per rule for what it gives when it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.cases import giving
from engine.cases.sayings import GivingWriter
from engine.cases.values import Frame, ValueWriter
from engine.feel.checked import Checked
from engine.feel.python import Operand, Source
from engine.feel.unknown import Unknown
from engine.rulesets.checked import CheckedRule, CheckedRuleset

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


class _Writer:
    def __init__(self, ruleset: CheckedRuleset, bits: Sequence[int], *, facts_known: bool) -> None:
        self._ruleset = ruleset
        self._bits = bits
        self._source = Source()
        self._values = ValueWriter(self._source, ruleset, facts_known=facts_known)
        self._giving = GivingWriter(self._source, self._values, time_zone_of(ruleset))
        self._shared: list[str] = []
        self._shared_operands: dict[str, Operand] = {}
        self._items: dict[int, Operand] = {}

    def program(self) -> Program:
        ruleset = self._ruleset
        if ruleset.applies:
            self._condition("applies", ruleset.applies.when)
            self._giving.message("outside", ruleset.applies.because, "applies.because")
        if ruleset.default:
            self._giving.message("default", ruleset.default.because, "default.because")
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

    def _gives(self, place: int, rule: CheckedRule) -> str:
        """Writes the function that says what a rule gives; gives its name."""
        frame = Frame(
            {shared: replace(self._shared_operands[shared], code=f"v[{at}]") for at, shared in enumerate(self._shared)}
        )
        name = f"rule_{place}"
        items = self._items.get(place)
        self._giving.gives(name, rule, frame, None if items is None else items.item("element"))
        return name

    def _condition(self, name: str, checked: Checked) -> None:
        frame = Frame()
        with self._source.block(f"def {name}(f, p, run):"):
            self._values.write([checked], frame)
            self._source.line(f"return {self._values.compile(checked, f'{name}.when', frame).code}")

    def _expects(self) -> None:
        source, frame = self._source, Frame()
        with source.block("def expects(f, p, run):"):
            self._values.write([expectation.that for expectation in self._ruleset.expects], frame)
            source.line("broken = []")
            for expectation in self._ruleset.expects:
                holds = self._values.compile(expectation.that, f"expects[{expectation.position}].that", frame)
                with source.block(f"if {holds.code} is False:"):
                    source.line(f"broken.append({expectation.position})")
            source.line("return broken")

    def _premises(self) -> None:
        source, frame, rules = self._source, Frame(), self._ruleset.rules
        with source.block("def premises(f, p, run):"):
            read = [rule.premise for rule in rules.values()]
            read += [rule.each.list for rule in rules.values() if rule.each]
            read += [checked for deadline in self._ruleset.deadlines.values() for checked in deadline.expressions]
            self._shared = self._values.write(read, frame)
            self._shared += self._values.write_deadlines(frame)
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

    def _premise(self, place: int, rule: CheckedRule, frame: Frame) -> Operand:
        where = f"rules.{rule.id}.when"
        if rule.each is None:
            return self._values.compile(rule.premise, where, frame)
        source = self._source
        items = self._items[place] = self._values.compile(rule.each.list, f"rules.{rule.id}.each", frame)
        truth = source.fresh()
        with source.block(f"if {items.code}.__class__ is U:"):
            source.line(f"{truth} = {items.code}")
        with source.block("else:"):
            truths = source.assign("[]", "truths")
            source.line(f"run.spend(len({items.code}))")
            with source.block(f"for item in {items.code}:"):
                element = source.assign("item", "x")
                inner = Frame({**frame.names, rule.each.name: items.item(element)})
                premise = self._values.compile(rule.premise, where, inner)
                source.line(f"{truths}.append({premise.code})")
            source.line(f"{truth} = {f'True in {truths}' if premise.known else f'support.disj(*{truths})'}")
            with source.block(f"if {truth} is not False:"):
                source.line(f"elements[{place}] = {items.code}, {truths}")
        return Operand(truth, known=items.known and premise.known)
