"""Unary tests: the cells of decision tables, and `in`."""

from __future__ import annotations

from collections.abc import Sequence

from engine.feel.checking.membership import mentions_value
from engine.feel.python.comparisons import choices_of_test, compare, equals_plainly
from engine.feel.python.compiler import Compiler, emits
from engine.feel.python.logic import any_of, negated
from engine.feel.python.source import Operand
from engine.feel.syntax import (
    AnyValue,
    ComparisonTest,
    ExpressionTest,
    In,
    Literal,
    RangeLiteral,
    Test,
    UnaryTests,
)
from engine.feel.types import Type


@emits(UnaryTests)
def _unary_tests(compiler: Compiler, node: UnaryTests) -> Operand:
    value = compiler.local(node, "?")
    result = _one_of(compiler, value, compiler.question, node.tests)
    return negated(compiler, result) if node.negated else result


@emits(In)
def _in(compiler: Compiler, node: In) -> Operand:
    value = compiler.value(node.value)
    compiler.bind(node, "?", value)
    return _one_of(compiler, value, compiler.type_of(node.value), node.tests)


def _one_of(compiler: Compiler, value: Operand, type_: Type, tests: Sequence[Test]) -> Operand:
    if (members := _plain_members(compiler, type_, tests)) is not None:
        return compiler.truth(f"{value.code} in {compiler.source.constant(members, 'SET')}", value)
    return any_of(compiler, [_test(compiler, value, type_, test) for test in tests])


def _plain_members(compiler: Compiler, type_: Type, tests: Sequence[Test]) -> frozenset[object] | None:
    """The values when every test is a literal that Python compares as FEEL does."""
    members: set[object] = set()
    for test in tests:
        literal = test.expression if isinstance(test, ExpressionTest) else None
        if not compiler.strict or not isinstance(literal, Literal) or isinstance(literal.value, bool | None):
            return None
        if not equals_plainly(type_, compiler.type_of(literal)):
            return None
        members.add(literal.value)
    return frozenset(members)


def _test(compiler: Compiler, value: Operand, type_: Type, test: Test) -> Operand:
    match test:
        case AnyValue():
            return Operand("True", known=True)
        case ComparisonTest():
            right = compiler.value(test.value)
            choices = choices_of_test(compiler, test)
            return compare(compiler, test, value, right, (type_, compiler.type_of(test.value)), choices)
        case ExpressionTest(expression=RangeLiteral() as range_):
            found = compiler.value(range_)
            return compiler.resulting(test, f"support.operators.contains({found.code}, {value.code})", found, value)
        case ExpressionTest():
            return _expression_test(compiler, value, type_, test)
        case _:
            raise AssertionError(test)


def _expression_test(compiler: Compiler, value: Operand, type_: Type, test: ExpressionTest) -> Operand:
    found = compiler.value(test.expression)
    if mentions_value(test.expression):
        return found
    if compiler.strict and equals_plainly(type_, compiler.type_of(test.expression)):
        return compiler.truth(f"{value.code} == {found.code}", value, found)
    return compiler.resulting(test, f"support.in_test({value.code}, {found.code}, run)", found, value)
