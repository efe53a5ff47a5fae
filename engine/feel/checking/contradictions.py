"""Conditions that are plainly always true or never true: what literals, choices and bounds of one value say.

A condition is turned into alternatives, each a set of demands on single values; an alternative that cannot be met is
dropped. What is not such a demand (a comparison of two facts, a call) is taken to be possible either way.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from engine.feel.checked import Checked
from engine.feel.checking.domains import Demand, Demanded, can_be_met, opposite
from engine.feel.checking.membership import mentions_value
from engine.feel.checking.unify import is_scalar
from engine.feel.syntax import (
    And,
    AnyValue,
    AtLiteral,
    Between,
    Call,
    Comparison,
    ComparisonTest,
    ExpressionTest,
    If,
    In,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Node,
    Or,
    Path,
    Quantified,
    RangeLiteral,
    Test,
    UnaryTests,
)
from engine.feel.temporal import DateTime, Time
from engine.feel.temporal_text import parse_date, parse_duration, parse_temporal
from engine.feel.types import BOOLEAN, ContextType, ScalarType

__all__ = ["always"]

_MOST: Final = 256
"""Alternatives that are looked at; a condition with more says nothing plainly."""

_MOST_DEMANDS: Final = 2_000
"""Demands, over all alternatives, that are looked at when one more part of an `and` is added."""

_FLIPPED: Final[dict[str, str]] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

_Alternatives = list[frozenset[Demand]]
_ANYTHING: Final[_Alternatives] = [frozenset()]


class _TooManyError(Exception):
    """More alternatives than are looked at."""


def always(checked: Checked) -> bool | None:
    """Whether the condition plainly is what it is whatever the facts are.

    Only for conditions of rulesets: outside them the types do not say enough.

    Returns:
        True when it can never be false, False when it can never be true, None when neither is plain.
    """
    if not checked.strict or not is_scalar(checked.type, "boolean"):
        return None
    reader = _Reader(checked)
    try:
        if not reader.alternatives(checked.root, wanted=True):
            return False
        return None if reader.alternatives(checked.root, wanted=False) else True
    except _TooManyError:
        return None


class _Reader:
    """Turns conditions into alternatives."""

    def __init__(self, checked: Checked) -> None:
        self._checked = checked
        self._read: dict[tuple[Node, bool], _Alternatives] = {}

    def alternatives(self, node: Node, *, wanted: bool) -> _Alternatives:
        """The ways in which `node` can be what is `wanted`; none when it cannot."""
        if (node, wanted) not in self._read:  # `if` asks for both of its condition, which may be an `if` again
            self._read[node, wanted] = self._alternatives(node, wanted=wanted)
        return self._read[node, wanted]

    def _alternatives(self, node: Node, *, wanted: bool) -> _Alternatives:
        match node:
            case Literal(value=bool(value)):
                return _ANYTHING if value is wanted else []
            case And():
                return self._joined(node.operands, wanted=wanted, all_of=wanted)
            case Or():
                return self._joined(node.operands, wanted=wanted, all_of=not wanted)
            case Call(function=Name(name="not"), arguments=(operand,)):
                return self.alternatives(operand, wanted=not wanted)
            case If() if self._checked.types[node] == BOOLEAN:
                return self._if(node, wanted=wanted)
            case Quantified():
                inner = self.alternatives(node.condition, wanted=wanted)
                return [] if not inner and wanted is (node.kind == "some") else _ANYTHING
            case Comparison():
                return self._comparison(node, wanted=wanted)
            case Between():
                tests = [self._demand(node.value, ">=", node.low), self._demand(node.value, "<=", node.high)]
                return (
                    _all_of([_one(test, wanted=True) for test in tests])
                    if wanted
                    else _any_of([_one(test, wanted=False) for test in tests])
                )
            case In():
                return self._tests(node.tests, node.value, wanted=wanted)
            case UnaryTests():
                return self._tests(node.tests, node, wanted=wanted is not node.negated)
            case _:
                return _one(self._demand(node, "=", Literal(node.span, True)), wanted=wanted)

    def _joined(self, parts: Sequence[Node], *, wanted: bool, all_of: bool) -> _Alternatives:
        read = [self.alternatives(part, wanted=wanted) for part in parts]
        return _all_of(read) if all_of else _any_of(read)

    def _if(self, node: If, *, wanted: bool) -> _Alternatives:
        branches = ((node.then, True), (node.otherwise, False))
        return _any_of(
            [
                _all_of([self.alternatives(node.condition, wanted=taken), self.alternatives(branch, wanted=wanted)])
                for branch, taken in branches
            ]
        )

    def _comparison(self, node: Comparison, *, wanted: bool) -> _Alternatives:
        demand = self._demand(node.left, node.op, node.right)
        if demand is None:
            demand = self._demand(node.right, _FLIPPED[node.op], node.left)
        return _one(demand, wanted=wanted)

    def _tests(self, tests: Sequence[Test], value: Node, *, wanted: bool) -> _Alternatives:
        read = [self._test(test, value, wanted=wanted) for test in tests]
        return _any_of(read) if wanted else _all_of(read)

    def _test(self, test: Test, value: Node, *, wanted: bool) -> _Alternatives:
        match test:
            case AnyValue():
                return _ANYTHING if wanted else []
            case ComparisonTest():
                return _one(self._demand(value, test.op, test.value), wanted=wanted)
            case ExpressionTest(expression=ListLiteral() as listed):
                within = [ExpressionTest(item.span, item) for item in listed.items]
                return self._tests(within, value, wanted=wanted)
            case ExpressionTest(expression=RangeLiteral() as bounds):
                return self._range(bounds, value, wanted=wanted)
            case ExpressionTest():
                if mentions_value(test.expression):
                    return self.alternatives(test.expression, wanted=wanted)
                if _constant(test.expression) is not None or _is_null(test.expression):
                    return _one(self._demand(value, "=", test.expression), wanted=wanted)
                return _ANYTHING
            case _:
                return _ANYTHING

    def _range(self, bounds: RangeLiteral, value: Node, *, wanted: bool) -> _Alternatives:
        ends = (
            (bounds.low, ">=" if bounds.low_included else ">"),
            (bounds.high, "<=" if bounds.high_included else "<"),
        )
        read = [_one(self._demand(value, op, end), wanted=wanted) for end, op in ends if end is not None]
        return _all_of(read) if wanted else _any_of(read)

    def _demand(self, subject: Node, op: str, value: Node) -> Demand | None:
        """The demand `subject op value`, or None when it is not one on a named value by a known one."""
        about = self._subject(subject)
        if about is None:
            return None
        type_ = self._checked.types[subject]
        if _is_null(value) and op in {"=", "!="}:
            return Demand(about, type_, "none" if op == "=" else "given")
        known = _constant(value)
        if known is None or not isinstance(type_, ScalarType):
            return None
        return Demand(about, type_, cast("Demanded", op), known)

    def _subject(self, node: Node) -> Hashable | None:
        """What `node` reads, equal for nodes that read the same; None when it is no plain reading."""
        match node:
            case Name() if node in self._checked.references:
                reference = self._checked.references[node]
                if isinstance(reference.node, In):
                    return self._subject(reference.node.value)
                if reference.kind == "item":
                    return (reference.node, reference.name)
                return (reference.node or reference.name,) if reference.kind in {"scope", "local"} else None
            case Path() if isinstance(self._checked.types[node.source], ContextType):
                source = self._subject(node.source)
                return (*source, node.name) if isinstance(source, tuple) else None
            case _:
                return None


def _one(demand: Demand | None, *, wanted: bool) -> _Alternatives:
    if demand is None:
        return _ANYTHING
    alternative = frozenset({demand if wanted else opposite(demand)})
    return [alternative] if can_be_met(alternative) else []


def _any_of(parts: Sequence[_Alternatives]) -> _Alternatives:
    found = list(dict.fromkeys(alternative for part in parts for alternative in part))
    if len(found) > _MOST:
        raise _TooManyError
    return _ANYTHING if frozenset[Demand]() in found else found


def _all_of(parts: Sequence[_Alternatives]) -> _Alternatives:
    found = _ANYTHING
    for part in parts:
        longest = max((len(alternative) for alternative in found), default=0)
        if len(found) * len(part) > _MOST or len(found) * len(part) * longest > _MOST_DEMANDS:
            raise _TooManyError
        both = (one | other for one in found for other in part)
        found = [alternative for alternative in dict.fromkeys(both) if can_be_met(alternative)]
    return found


def _is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None


def _constant(node: Node) -> Any:
    """The value of a literal number, string, boolean, date or duration; None for anything else."""
    match node:
        case Literal():
            return node.value
        case Negation(operand=Literal(value=Decimal() as value)):
            return -value
        case AtLiteral():
            found = parse_temporal(node.text)
            return None if isinstance(found, DateTime | Time) else found
        case Call(function=Name(name="date"), arguments=(Literal(value=str(text)),)):
            return parse_date(text)
        case Call(function=Name(name="duration"), arguments=(Literal(value=str(text)),)):
            return parse_duration(text)
        case _:
            return None
