"""Expressions in words: what a premise says, for people who do not read FEEL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from engine.feel import syntax as s
from engine.feel.checked import Checked
from engine.feel.types import ListType, ScalarType, Type
from engine.feel.value_text import text

__all__ = ["condition_in_words", "in_words"]

_TIMES: Final = frozenset({"date", "time", "date and time"})
_COMPARED: Final[Mapping[str, tuple[str, str]]] = {
    "=": ("is", "is"),
    "!=": ("is not", "is not"),
    "<": ("is less than", "is before"),
    "<=": ("is at most", "is on or before"),
    ">": ("is more than", "is after"),
    ">=": ("is at least", "is on or after"),
}
_LENGTHS: Final = {
    "school days between": "the number of school days after {0} through {1}",
    "business days between": "the number of business days after {0} through {1}",
    "add school days": "the school day number {1} from {0}",
    "add business days": "the business day number {1} from {0}",
    "add days": "{0} and {1} days",
    "add months": "{0} and {1} months",
    "add years": "{0} and {1} years",
    "count": "the number of {0}",
    "or else": "{0}, or if there is none {1}",
    "age on": "the age of somebody born on {0}, on {1}",
    "list contains": "{1} is among {0}",
    "longest run without": "the longest run of school days without any of {0}, from {1} through {2}",
    "last school day of week": "the last school day in the week of {0}",
    "is school day": "{0} is a school day",
    "school year": "the school year of {0}",
}
_ADDED: Final = {f"add {unit}s": unit for unit in ("day", "month", "year", "school day", "business day")}


def in_words(checked: Checked) -> str:
    """What an expression of a ruleset says."""
    return _Speaker(checked).say(checked.root)


def condition_in_words(checked: Checked) -> str:
    """What a premise says, as a sentence without its full stop: a plain fact or value `is yes`."""
    return _Speaker(checked).condition(checked.root)


class _Speaker:
    """Says the nodes of one expression."""

    def __init__(self, checked: Checked) -> None:
        self._checked = checked

    def say(self, node: s.Node | None) -> str:
        """The words of a node; the text as it is written where there are no better ones."""
        if node is None:
            return "…"
        speak = _SPEAK.get(type(node))
        return self._written(node) if speak is None else speak(self, node)

    def condition(self, node: s.Node) -> str:
        """A node that is true or false, as a sentence; a plain fact or value `is yes`."""
        words = self.say(node)
        return f"{words} is yes" if isinstance(node, s.Name | s.Path) else words

    def _written(self, node: s.Node) -> str:
        source = self._checked.source
        return f"`{' '.join(source[node.span.start : node.span.end].split())}`" if source else "…"

    def _type(self, node: s.Node) -> Type | None:
        return self._checked.types.get(node)

    def _is_time(self, node: s.Node) -> bool:
        type_ = self._type(node)
        return isinstance(type_, ScalarType) and type_.name in _TIMES

    def literal(self, node: s.Literal) -> str:
        value: Any = node.value
        if value is None:
            return "none"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return f"“{value}”" if isinstance(value, str) else str(text(value))

    def name(self, node: s.Name) -> str:
        reference = self._checked.references.get(node)
        if reference is not None and reference.kind == "item" and node.name != "item":
            return f"its {_plain(node.name)}"
        return {"as_of": "the date of the decision", "?": "it", "item": "it"}.get(node.name, f"*{_plain(node.name)}*")

    def path(self, node: s.Path) -> str:
        steps = [node.name]
        source = node.source
        while isinstance(source, s.Path):
            steps.append(source.name)
            source = source.source
        if not isinstance(source, s.Name):
            return f"the {_plain(node.name)} of {self.say(source)}"
        owner = self.name(source).strip("*")
        whole = " ".join(_plain(step) for step in reversed(steps))
        if isinstance(self._type(source), ListType):
            return f"the {whole} of {owner}"
        return f"*{owner}: {whole}*"

    def negation(self, node: s.Negation) -> str:
        return f"minus {self.say(node.operand)}"

    def arithmetic(self, node: s.BinaryOp) -> str:
        return f"{self.say(node.left)} {node.op.replace('*', '×').replace('××', '**')} {self.say(node.right)}"

    def comparison(self, node: s.Comparison) -> str:
        for null, other in ((node.right, node.left), (node.left, node.right)):
            if isinstance(null, s.Literal) and null.value is None:
                return f"{self.say(other)} is {'none' if node.op == '=' else 'not none'}"
        words = _COMPARED[node.op][self._is_time(node.left) or self._is_time(node.right)]
        return f"{self.say(node.left)} {words} {self.say(node.right)}"

    def conjunction(self, node: s.And) -> str:
        return ", and ".join(self._inner(operand) for operand in node.operands)

    def disjunction(self, node: s.Or) -> str:
        return ", or ".join(self._inner(operand) for operand in node.operands)

    def _inner(self, node: s.Node) -> str:
        words = self.condition(node)
        return f"({words})" if isinstance(node, s.And | s.Or | s.If | s.Quantified) else words

    def choice(self, node: s.If) -> str:
        condition = self.condition(node.condition)
        return f"if {condition}: {self.say(node.then)}; otherwise {self.say(node.otherwise)}"

    def quantified(self, node: s.Quantified) -> str:
        every = " and ".join(f"*{_plain(one.name)}* of {self._domain(one)}" for one in node.iterators)
        return f"{'at least one' if node.kind == 'some' else 'every'} {every}: {self.condition(node.condition)}"

    def each(self, node: s.For) -> str:
        every = " and ".join(f"*{_plain(one.name)}* of {self._domain(one)}" for one in node.iterators)
        return f"{self.say(node.body)}, for each {every}"

    def _domain(self, iterator: s.Iterator) -> str:
        end = f" to {self.say(iterator.end)}" if iterator.end is not None else ""
        return f"{self.say(iterator.domain)}{end}"

    def filtered(self, node: s.Filter) -> str:
        type_ = self._type(node.condition)
        if isinstance(type_, ScalarType) and type_.name == "number":
            return f"number {self.say(node.condition)} of {self.say(node.source)}"
        return f"those of {self.say(node.source)} where {self.condition(node.condition)}"

    def between(self, node: s.Between) -> str:
        return f"{self.say(node.value)} is from {self.say(node.low)} through {self.say(node.high)}"

    def range_(self, node: s.RangeLiteral) -> str:
        low = "" if node.low_included else "after "
        high = "through" if node.high_included else "to before"
        return f"{low}{self.say(node.low)} {high} {self.say(node.high)}"

    def items(self, node: s.ListLiteral) -> str:
        return ", ".join(self.say(item) for item in node.items) or "nothing"

    def member(self, node: s.In) -> str:
        tests = " or ".join(self.say(test) for test in node.tests)
        return f"{self.say(node.value)} is {tests}"

    def compared(self, node: s.ComparisonTest) -> str:
        return f"{_COMPARED[node.op][self._is_time(node.value)].removeprefix('is ')} {self.say(node.value)}"

    def tested(self, node: s.ExpressionTest) -> str:
        return self.say(node.expression)

    def call(self, node: s.Call) -> str:
        name = node.function.name if isinstance(node.function, s.Name) else ""
        if name == "not" and len(node.arguments) == 1:
            return self._not(node.arguments[0])
        if (moved := self._moved(name, node)) is not None:
            return moved
        arguments = [self.say(argument) for argument in node.arguments]
        pattern = _LENGTHS.get(name)
        if pattern is not None and node.names is None and f"{{{len(arguments)}}}" not in pattern:
            try:
                return pattern.format(*arguments)
            except IndexError:
                pass
        if name == "today":
            return "the date of the decision"
        return f"the {name} of {', '.join(arguments)}" if name and arguments else self._written(node)

    def _moved(self, name: str, node: s.Call) -> str | None:
        """`14 days before x` for a day that is so many days, months or years away; None where no number is written."""
        count = (
            _count(node.arguments[1]) if name in _ADDED and node.names is None and len(node.arguments) == 2 else None
        )
        if not count:
            return None
        unit = _ADDED[name] if abs(count) == 1 else f"{_ADDED[name]}s"
        return f"{abs(count)} {unit} {'before' if count < 0 else 'after'} {self._whole(node.arguments[0])}"

    def _whole(self, node: s.Node) -> str:
        """The words of a node, in brackets where what follows could be read into its last part."""
        words = self.say(node)
        several = isinstance(node, s.If | s.For | s.BinaryOp) or (
            isinstance(node, s.Call) and isinstance(node.function, s.Name) and node.function.name == "or else"
        )
        return f"({words})" if several else words

    def _not(self, node: s.Node) -> str:
        if isinstance(node, s.Name | s.Path):
            return f"{self.say(node)} is no"
        return f"it is not so that {self.condition(node)}"


def _count(node: s.Node) -> int | None:
    """The whole number that is written there; None for anything else."""
    if isinstance(node, s.Negation):
        below = _count(node.operand)
        return None if below is None else -below
    if not isinstance(node, s.Literal) or isinstance(node.value, bool) or not isinstance(node.value, int | Decimal):
        return None
    return int(node.value) if node.value == int(node.value) else None


def _plain(name: str) -> str:
    return name.replace("_", " ")


_SPEAK: Final[Mapping[type[s.Node], Callable[[_Speaker, Any], str]]] = {
    s.Literal: _Speaker.literal,
    s.Name: _Speaker.name,
    s.Path: _Speaker.path,
    s.Negation: _Speaker.negation,
    s.BinaryOp: _Speaker.arithmetic,
    s.Comparison: _Speaker.comparison,
    s.And: _Speaker.conjunction,
    s.Or: _Speaker.disjunction,
    s.If: _Speaker.choice,
    s.Quantified: _Speaker.quantified,
    s.For: _Speaker.each,
    s.Filter: _Speaker.filtered,
    s.Between: _Speaker.between,
    s.RangeLiteral: _Speaker.range_,
    s.ListLiteral: _Speaker.items,
    s.In: _Speaker.member,
    s.ComparisonTest: _Speaker.compared,
    s.ExpressionTest: _Speaker.tested,
    s.Call: _Speaker.call,
}
