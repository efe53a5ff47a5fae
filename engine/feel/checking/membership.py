"""`in`, `between`, ranges, and the unary tests of decision tables."""

from __future__ import annotations

from engine.feel.checking.facts import children
from engine.feel.checking.ordering import Side, check_equal, check_order
from engine.feel.checking.scopes import Scope
from engine.feel.checking.session import Checking
from engine.feel.checking.unify import clash, is_scalar, join
from engine.feel.checking.words import a, quote
from engine.feel.errors import FeelError
from engine.feel.syntax import (
    Between,
    ComparisonTest,
    ExpressionTest,
    In,
    Name,
    Node,
    RangeLiteral,
    Test,
    UnaryTests,
)
from engine.feel.types import BOOLEAN, NULL, ListType, RangeType, ScalarType, Type, never_none

__all__ = ["between", "in_", "mentions_value", "range_literal", "unary_tests"]


def between(check: Checking, node: Between, scope: Scope) -> Type:
    """`x between low and high`."""
    value = Side(check.present(node.value, scope), node.value)
    ends = [Side(check.present(end, scope), end) for end in (node.low, node.high)]
    check_order(check, value, ends[0], "between")
    check_order(check, value, ends[1], "between")
    return BOOLEAN


def range_literal(check: Checking, node: RangeLiteral, scope: Scope) -> Type:
    """A range of what its ends are; never of choices, which have no range of their own."""
    ends = [end for end in (node.low, node.high) if end is not None]
    types = [check.present(end, scope) for end in ends]
    sides = [Side(type_, end) for type_, end in zip(types, ends, strict=True)]
    check_order(check, sides[0], sides[-1], "..")
    if any(isinstance(check.types[end], ScalarType) and _is_ordered(check.types[end]) for end in ends):
        message = "Ordered choices make no range."
        raise check.error("not-in-rulesets", message, node, remedy="Write `x between low and high`.")
    common = join(*types)
    if is_scalar(common or NULL, "string"):
        common = ScalarType("string")
    return RangeType(common or NULL)


def _is_ordered(type_: Type) -> bool:
    return isinstance(type_, ScalarType) and type_.ordered


def in_(check: Checking, node: In, scope: Scope) -> Type:
    """`x in test`: what is tested must not be none."""
    value = check.present(node.value, scope)
    _check_tests(check, node.tests, Side(value, node.value), scope.with_local("?", value, node))
    return BOOLEAN


def unary_tests(check: Checking, node: UnaryTests, scope: Scope) -> Type:
    """The tests of a cell; the value tested has been entered into the scope as `?`.

    A value that may be none may be tested for being equal (none equals no value but null), not compared by `<`.
    """
    tested = next(scope.meanings("?")).type
    _check_tests(check, node.tests, Side(tested), scope)
    return BOOLEAN


def _check_tests(check: Checking, tests: tuple[Test, ...], value: Side, scope: Scope) -> None:
    for test in tests:
        match test:
            case ComparisonTest():
                _check_comparison(check, test, value, scope)
            case ExpressionTest():
                _check_expression(check, test, value, scope)
            case _:  # `-` holds for every value
                pass
        check.types[test] = BOOLEAN


def _check_comparison(check: Checking, test: ComparisonTest, value: Side, scope: Scope) -> None:
    operand = check.type_of(test.value, scope)
    if operand == NULL and test.op in {"=", "!="}:
        return
    if operand.optional:
        raise check.may_be_none(test.value, operand)
    other = Side(operand, test.value)
    if test.op in {"=", "!="}:
        check_equal(check, value, other)
    else:
        _refuse_none(check, value, test)
        check_order(check, Side(never_none(value.type), value.node), other, test.op)


def _refuse_none(check: Checking, value: Side, test: Test) -> None:
    if value.type.optional and value.node is None:
        message = f"The value tested by {quote(test, check.source)} may be none."
        raise check.error("may-be-none", message, test, remedy="Test it first: `? != null and ? …`.")


def _check_expression(check: Checking, test: ExpressionTest, value: Side, scope: Scope) -> None:
    node = test.expression
    if mentions_value(node):
        check.boolean(node, scope, "A test with `?`")
        return
    type_ = check.type_of(node, scope)
    if type_ == NULL:
        return
    if type_.optional:
        raise check.may_be_none(node, type_)
    match type_:
        case RangeType():
            _refuse_none(check, value, test)
            _check_range(check, node, type_, value)
        case ListType():
            _check_list(check, node, type_, value, test)
        case _:
            check_equal(check, value, Side(type_, node))


def _check_range(check: Checking, node: Node, type_: RangeType, value: Side) -> None:
    if _is_ordered(value.type):
        text = "It" if value.node is None else quote(value.node, check.source)
        message = f"{text} has ordered choices, which make no range."
        raise check.error("not-in-rulesets", message, node, remedy="Write `between low and high`, or `>= low`.")
    if clash(never_none(value.type), type_.element):
        raise _no_member(check, node, type_, value)
    check_order(check, Side(never_none(value.type), value.node), Side(type_.element), "in")


def _check_list(check: Checking, node: Node, type_: ListType, value: Side, test: ExpressionTest) -> None:
    inner = type_.element
    if isinstance(inner, RangeType):
        _refuse_none(check, value, test)
        inner = inner.element
    if isinstance(value.type, ListType) and clash(value.type, type_) is None:
        return
    why = clash(value.type, inner)
    if why == "type":
        raise _no_member(check, node, type_, value)
    if why == "choices":
        check_equal(check, value, Side(inner, node))


def _no_member(check: Checking, node: Node, type_: Type, value: Side) -> FeelError:
    text = "the value tested" if value.node is None else quote(value.node, check.source)
    message = f"{quote(node, check.source)} is {a(type_)}; {text} is {a(value.type)} and cannot be in it."
    return check.error("type-mismatch", message, node)


def mentions_value(node: Node) -> bool:
    """Whether the expression `node` reads `?`, the value tested, other than within a test of its own."""
    if isinstance(node, Name):
        return node.name == "?"
    if isinstance(node, In):
        return mentions_value(node.value)
    return any(mentions_value(child) for child in children(node))
