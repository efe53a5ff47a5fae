"""Unary tests: the cells of tables, and `in`."""

from __future__ import annotations

from collections.abc import Sequence

from engine.feel.checking.membership import mentions_value
from engine.feel.sql.comparisons import compare, equal
from engine.feel.sql.compiler import Compiler, emits
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.logic import any_of, every_of, negated
from engine.feel.sql.loops import contains
from engine.feel.sql.operand import Operand
from engine.feel.sql.shapes import BOOLEAN, Items
from engine.feel.syntax import AnyValue, ComparisonTest, ExpressionTest, In, Literal, RangeLiteral, Test, UnaryTests

__all__: list[str] = []


@emits(UnaryTests)
def _unary_tests(compiler: Compiler, node: UnaryTests) -> Operand:
    result = _one_of(compiler, compiler.local(node, "?"), node.tests)
    return negated(compiler, result) if node.negated else result


@emits(In)
def _in(compiler: Compiler, node: In) -> Operand:
    value = compiler.value(node.value)
    compiler.bind(node, "?", value)
    return _one_of(compiler, value, node.tests)


def _one_of(compiler: Compiler, value: Operand, tests: Sequence[Test]) -> Operand:
    literals = [test.expression for test in tests if isinstance(test, ExpressionTest)]
    if len(literals) == len(tests) > 1 and all(_is_text(literal) for literal in literals) and not value.optional:
        texts = ", ".join(compiler.value(literal).sql for literal in literals)
        return compiler.make(f"({value.sql} IN ({texts}))", BOOLEAN, known=value.known)
    return any_of(compiler, [_test(compiler, value, test) for test in tests])


def _is_text(node: object) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str)


def _test(compiler: Compiler, value: Operand, test: Test) -> Operand:
    match test:
        case AnyValue():
            return Operand("true", BOOLEAN, known=True)
        case ComparisonTest():
            return compare(compiler, test, test.op, value, compiler.value(test.value))
        case ExpressionTest(expression=RangeLiteral() as range_):
            return _within(compiler, value, range_)
        case ExpressionTest():
            found = compiler.value(test.expression)
            if mentions_value(test.expression):
                return found
            if isinstance(found.shape, Items):
                if isinstance(value.shape, Items):
                    raise NotCovered("a list that is looked for in a list", test.span)
                return contains(compiler, found, value)
            return equal(compiler, value, found)
        case _:
            raise NotCovered("a test of this kind", test.span)


def _within(compiler: Compiler, value: Operand, range_: RangeLiteral) -> Operand:
    parts = []
    if range_.low is not None:
        op = ">=" if range_.low_included else ">"
        parts.append(compare(compiler, range_, op, value, compiler.value(range_.low)))
    if range_.high is not None:
        op = "<=" if range_.high_included else "<"
        parts.append(compare(compiler, range_, op, value, compiler.value(range_.high)))
    return every_of(compiler, parts)
