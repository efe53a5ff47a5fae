"""What rules give and messages say, as Python: a function per rule and per message."""

from __future__ import annotations

from datetime import date
from typing import Final

from engine.cases import giving
from engine.cases.values import Frame, ValueWriter
from engine.feel.checked import Checked
from engine.feel.python import Operand, Source
from engine.feel.types import ScalarType, Type
from engine.rulesets.checked import CheckedObligation, CheckedRule, Message

__all__ = ["GivingWriter"]


class GivingWriter:
    """Writes the functions that say what holds: messages, results, obligations."""

    def __init__(self, source: Source, values: ValueWriter, zone: str | None) -> None:
        """Begins; `zone` is the time zone that dates with time are told in."""
        self._source = source
        self._values = values
        self._zone = f", {zone!r}" if zone else ""
        for name in ("worded", "Held", "Obligation", "unknown_in", "NOTHING"):
            source.define(name, getattr(giving, name))
        source.define("date", date)

    def message(self, name: str, message: Message, where: str) -> None:
        """Writes the function `name`, which says a message and why parts of it are not known."""
        source, frame = self._source, Frame()
        with source.block(f"def {name}(f, p, run):"):
            self._values.write(_paths(message), frame)
            source.line("open_ = []")
            source.line(f"return {self._message(message, where, frame)}, open_")

    def gives(self, name: str, rule: CheckedRule, frame: Frame, element: Operand | None = None) -> None:
        """Writes the function `name`, which says what a rule gives.

        Args:
            name: of the function.
            rule: the rule.
            frame: the values at hand in `v`.
            element: for a rule with `each`, what `element` in its code is.
        """
        read = [*_paths(rule.because), *rule.results.values()]
        read += [obligation.due for obligation in rule.obliges if obligation.due]
        source = self._source
        with source.block(f"def {name}(f, p, run, v, elements, held, obligations, open_):"):
            self._values.write(read, frame)
            if not read and rule.each is None:
                self._always(rule)
                return
            if rule.each is None or element is None:
                self._one(rule, frame, "None")
                return
            source.line("items, truths = elements")
            with source.block("for index, truth in enumerate(truths):"):
                with source.block("if truth is True:"):
                    source.line("element = items[index]")
                    frame.names[rule.each.name] = element
                    self._one(rule, frame, "index")
                with source.block("elif truth is not False:"):
                    source.line("open_.append(truth)")

    def _message(self, message: Message, where: str, frame: Frame) -> str:
        """Code for the words of a message; adds to `open_` what is unknown in it."""
        template = []
        for part in message.parts:
            if isinstance(part, str):
                template.append(part.replace("{", "{{").replace("}", "}}"))
            else:
                value = self._source.assign(self._values.compile(part.expression, where, frame).code)
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

    def _always(self, rule: CheckedRule) -> None:
        """What a rule gives that says the same in every case."""
        words = "".join(part for part in rule.because.parts if isinstance(part, str))
        held = giving.Held(rule.id, rule.cites, words, rule.outcome, giving.NOTHING)
        self._source.line(f"held.append({self._source.constant(held, 'HELD')})")
        for obligation in rule.obliges:
            owed = giving.obligation(rule, obligation)
            self._source.line(f"obligations.append({self._source.constant(owed, 'OWED')})")

    def _one(self, rule: CheckedRule, frame: Frame, index: str) -> None:
        """What a rule gives, for one element when it has `each`."""
        source = self._source
        because = self._message(rule.because, f"rules.{rule.id}.because", frame)
        results = "NOTHING"
        if rule.results:
            because, results = source.assign(because, "because"), source.assign("{}", "results")
        for name, checked in rule.results.items():
            value = source.assign(self._values.compile(checked, f"rules.{rule.id}.results.{name}", frame).code)
            with source.block(f"if (missing := unknown_in({value})) is not None:"):
                source.line("open_.append(missing)")
            with source.block("else:"):
                source.line(f"{results}[{name!r}] = {value}")
        source.line(f"held.append(Held({rule.id!r}, {rule.cites!r}, {because}, {rule.outcome!r}, {results}, {index}))")
        for obligation in rule.obliges:
            self._owed(rule, obligation, frame, index)

    def _owed(self, rule: CheckedRule, obligation: CheckedObligation, frame: Frame, index: str) -> None:
        """One obligation."""
        source = self._source
        if obligation.due is None:
            source.line(f"obligations.append({giving.obligation_code(rule, obligation, 'None', index)})")
            return
        where = f"rules.{rule.id}.obliges[{obligation.position}].due"
        due = source.assign(self._values.compile(obligation.due, where, frame).code, "due")
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


def _paths(message: Message) -> list[Checked]:
    return [part.expression for part in message.parts if not isinstance(part, str)]
