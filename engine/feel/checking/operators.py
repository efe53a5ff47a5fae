"""Literals, arithmetic, comparisons, logic and `if`: what they give in rulesets, and what they refuse."""

from __future__ import annotations

from decimal import Decimal

from engine.feel.checking import arithmetic
from engine.feel.checking.narrowing import Truths, conjunction, disjunction, negation, one_of_two
from engine.feel.checking.ordering import Side, check_equal, check_order
from engine.feel.checking.scopes import Scope
from engine.feel.checking.session import Checking
from engine.feel.checking.typenames import named_type
from engine.feel.checking.unify import is_scalar, join, number
from engine.feel.checking.words import a, quote
from engine.feel.errors import FeelError
from engine.feel.syntax import (
    And,
    AtLiteral,
    BinaryOp,
    Comparison,
    If,
    InstanceOf,
    Literal,
    Negation,
    Node,
    Or,
)
from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration, Time
from engine.feel.temporal_text import parse_temporal
from engine.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NULL,
    TIME,
    ScalarType,
    Type,
)

__all__ = [
    "and_",
    "at_literal",
    "binary",
    "comparison",
    "if_",
    "instance_of",
    "is_null",
    "literal",
    "negative",
    "or_",
]

_VERBS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "raise to a power"}


def literal(check: Checking, node: Literal, _scope: Scope) -> Type:
    """A string literal has itself as its only choice; a number as many decimals as are written."""
    match node.value:
        case None:
            return NULL
        case bool(value):
            check.truths[node] = Truths(can_be_true=value, can_be_false=not value)
            return BOOLEAN
        case str(value):
            return ScalarType("string", choices=(value,))
        case Decimal() as value:
            exponent = value.as_tuple().exponent
            return number(max(0, -exponent) if isinstance(exponent, int) else None)


def is_null(node: Node) -> bool:
    """Whether `node` is the literal `null`."""
    return isinstance(node, Literal) and node.value is None


def at_literal(check: Checking, node: AtLiteral, _scope: Scope) -> Type:
    """A date, time, date and time or duration, which must be well written."""
    value = parse_temporal(node.text)
    match value:
        case None:
            message = f"{quote(node, check.source)} is no date, time or duration."
            forms = ("a date such as `2024-08-01`", "a time such as `14:30:00`", "a duration such as `P10D`")
            raise check.error("bad-literal", message, node, expected=forms)
        case DateTime():
            return DATE_TIME
        case Time():
            return TIME
        case DaysDuration():
            return DAYS_DURATION
        case MonthsDuration():
            return MONTHS_DURATION
        case _:
            return DATE


def binary(check: Checking, node: BinaryOp, scope: Scope) -> Type:
    """Arithmetic on two operands, neither of which may be none."""
    left, right = check.present(node.left, scope), check.present(node.right, scope)
    result = None
    if isinstance(left, ScalarType) and isinstance(right, ScalarType):
        result = arithmetic.binary(node.op, left, right)
    if result is None:
        raise _no_arithmetic(check, node, left, right)
    return result


def _no_arithmetic(check: Checking, node: BinaryOp, left: Type, right: Type) -> FeelError:
    remedy = ""
    if node.op == "+" and (is_scalar(left, "string") or is_scalar(right, "string")):
        other = node.left if is_scalar(right, "string") else node.right
        remedy = f"Turn the other into text: `string({quote(other, check.source).strip('`')})`."
    elif is_scalar(left, "date") and is_scalar(right, "number") and node.op in {"+", "-"}:
        remedy = 'Count in days with `add days(…, …)`, or use a duration such as `@"P10D"`.'
    message = f"Cannot {_VERBS[node.op]} {a(left)} and {a(right)}."
    if node.op in {"/", "**"}:
        message = f"Cannot {_VERBS[node.op]} {a(left)} by {a(right)}."
    return check.error("type-mismatch", message, node, remedy=remedy)


def negative(check: Checking, node: Negation, scope: Scope) -> Type:
    """`-x` of a number or duration."""
    operand = check.present(node.operand, scope)
    result = arithmetic.negated(operand) if isinstance(operand, ScalarType) else None
    if result is None:
        message = f"`-` needs a number or a duration; {quote(node.operand, check.source)} is {a(operand)}."
        raise check.error("type-mismatch", message, node.operand)
    return result


def comparison(check: Checking, node: Comparison, scope: Scope) -> Type:
    """`=` and the like. Only `= null` and `!= null` may look at what may be none: they are the test for it."""
    for operand, other in ((node.left, node.right), (node.right, node.left)):
        if is_null(other) and node.op in {"=", "!="}:
            check.type_of(other, scope)
            check.type_of(operand, scope)
            tested = Truths(if_true=frozenset({check.chains[operand]})) if operand in check.chains else Truths()
            check.truths[node] = tested if node.op == "!=" else negation(tested)
            return BOOLEAN
    left = Side(check.present(node.left, scope), node.left)
    right = Side(check.present(node.right, scope), node.right)
    if node.op in {"=", "!="}:
        check_equal(check, left, right)
    else:
        check_order(check, left, right, node.op)
    return BOOLEAN


def and_(check: Checking, node: And, scope: Scope) -> Type:
    """Each operand may rely on those before it being true."""
    for operand in node.operands:
        check.boolean(operand, scope, "Each side of `and`")
        scope = scope.knowing(check.truth(operand).if_true)
    check.truths[node] = conjunction(check.truth(operand) for operand in node.operands)
    return BOOLEAN


def or_(check: Checking, node: Or, scope: Scope) -> Type:
    """Each operand may rely on those before it being false."""
    for operand in node.operands:
        check.boolean(operand, scope, "Each side of `or`")
        scope = scope.knowing(check.truth(operand).if_false)
    check.truths[node] = disjunction(check.truth(operand) for operand in node.operands)
    return BOOLEAN


def if_(check: Checking, node: If, scope: Scope) -> Type:
    """The common type of both branches."""
    check.boolean(node.condition, scope, "The condition of `if`")
    condition = check.truth(node.condition)
    then = check.type_of(node.then, scope.knowing(condition.if_true))
    otherwise = check.type_of(node.otherwise, scope.knowing(condition.if_false))
    common = join(then, otherwise)
    if common is None:
        message = f"The branches of `if` differ: {a(then)} after `then`, {a(otherwise)} after `else`."
        raise check.error("no-common-type", message, node.otherwise, remedy="Give both the same type.")
    if is_scalar(common, "boolean"):
        check.truths[node] = one_of_two(condition, check.truth(node.then), check.truth(node.otherwise))
    return common


def instance_of(check: Checking, node: InstanceOf, scope: Scope) -> Type:
    """`x instance of type`; null is an instance of nothing but null."""
    check.type_of(node.value, scope)
    named_type(check, node.type)
    if node.value in check.chains and node.type.name.casefold() not in {"null", "any"}:
        check.truths[node] = Truths(if_true=frozenset({check.chains[node.value]}))
    return BOOLEAN
