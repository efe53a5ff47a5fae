"""From the grammar's parse tree to our syntax tree."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, DivisionByZero, InvalidOperation, Overflow
from typing import Any, cast

from lark import Token, Tree

from engine.feel import syntax as s
from engine.feel.errors import FeelError, Span
from engine.feel.positions import MAX_DEPTH, Positions, too_deep

__all__ = ["TreeBuilder"]

_NUMBERS = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)

_ParseTree = Tree[Token]


class TreeBuilder:
    """Builds the syntax tree of one text, and measures how deep it is.

    The methods are named after the rules of grammar.lark. Each takes the children of the rule and the span.
    """

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._depth = 0

    def expression(self, tree: _ParseTree) -> s.Node:
        """The syntax tree of what the grammar calls `start_expression`."""
        return cast("s.Node", self._build(tree.children[0]))

    def unary_tests(self, tree: _ParseTree) -> s.UnaryTests:
        """The syntax tree of what the grammar calls `start_tests`."""
        span = self._span(tree)
        if tree.data == "any_value":
            return s.UnaryTests(span, (s.AnyValue(span),), negated=False)
        tests = tuple(self._build(child) for child in _trees(tree.children))
        return s.UnaryTests(span, cast("tuple[s.Test, ...]", tests), negated=tree.data == "negated_tests")

    def _build(self, tree: Any) -> Any:
        span = self._span(tree)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_deep(span)
        try:
            return getattr(self, f"_{tree.data}")(tree.children, span)
        finally:
            self._depth -= 1

    def _all(self, children: list[Any]) -> tuple[Any, ...]:
        return tuple(self._build(child) for child in _trees(children))

    def _span(self, tree: _ParseTree) -> Span:
        return self._positions.span(tree.meta.start_pos, tree.meta.end_pos)

    # --- literals and names

    def _name(self, children: list[Any], span: Span) -> s.Node:
        return s.Name(span, str(children[0]))

    def _number(self, children: list[Any], span: Span) -> s.Node:
        try:
            return s.Literal(span, _NUMBERS.create_decimal(str(children[0])))
        except ArithmeticError:
            raise FeelError("syntax", "The number is too large.", span) from None

    def _string(self, children: list[Any], span: Span) -> s.Node:
        return s.Literal(span, str(children[0]))

    def _at_literal(self, children: list[Any], span: Span) -> s.Node:
        return s.AtLiteral(span, str(children[0]))

    def _true(self, _children: list[Any], span: Span) -> s.Node:
        return s.Literal(span, True)

    def _false(self, _children: list[Any], span: Span) -> s.Node:
        return s.Literal(span, False)

    def _null(self, _children: list[Any], span: Span) -> s.Node:
        return s.Literal(span, None)

    def _group(self, children: list[Any], _span: Span) -> s.Node:
        return cast("s.Node", self._build(children[1]))

    # --- lists, ranges, contexts

    def _list(self, children: list[Any], span: Span) -> s.Node:
        return s.ListLiteral(span, self._all(children))

    def _range(self, children: list[Any], span: Span) -> s.Node:
        low, high = self._all(children)
        return s.RangeLiteral(span, low, children[0].type == "LSQB", high, children[-1].type == "RSQB")

    def _half_range(self, children: list[Any], span: Span) -> s.Node:
        _, op, end, _ = children
        value = self._build(end)
        match str(op):
            case "<" | "<=":
                return s.RangeLiteral(span, None, False, value, op == "<=")
            case ">" | ">=":
                return s.RangeLiteral(span, value, op == ">=", None, False)
            case "=":
                return s.RangeLiteral(span, value, True, value, True)
            case _:
                message = "`!=` has no meaning as a value."
                raise FeelError("syntax", message, span, remedy="Use `in (!= …)` or `not(…)`.")

    def _context(self, children: list[Any], span: Span) -> s.Node:
        return s.ContextLiteral(span, self._all(children))

    def _entry(self, children: list[Any], span: Span) -> s.Node:
        return s.ContextEntry(span, str(children[0]), self._build(children[2]))

    # --- operators

    def _disjunction(self, children: list[Any], span: Span) -> s.Node:
        return s.Or(span, self._all(children))

    def _conjunction(self, children: list[Any], span: Span) -> s.Node:
        return s.And(span, self._all(children))

    def _compare(self, children: list[Any], span: Span) -> s.Node:
        left, op, right = children
        return s.Comparison(span, cast("Any", str(op)), self._build(left), self._build(right))

    def _between(self, children: list[Any], span: Span) -> s.Node:
        return s.Between(span, *self._all(children))

    def _binary(self, children: list[Any], span: Span) -> s.Node:
        left, op, right = children
        return s.BinaryOp(span, cast("Any", str(op)), self._build(left), self._build(right))

    def _negation(self, children: list[Any], span: Span) -> s.Node:
        return s.Negation(span, self._build(children[1]))

    def _instance_of(self, children: list[Any], span: Span) -> s.Node:
        return s.InstanceOf(span, *self._all(children))

    # --- tests

    def _in_value(self, children: list[Any], span: Span) -> s.Node:
        value, _, container = children
        if container.data == "half_range":
            return self._in_comparison([value, None, *container.children[1:3]], span)
        test = s.ExpressionTest(self._span(container), self._build(container))
        return s.In(span, self._build(value), (test,))

    def _in_comparison(self, children: list[Any], span: Span) -> s.Node:
        value, _, op, end = children
        test_span = self._positions.span(op.start_pos, end.meta.end_pos)
        test = s.ComparisonTest(test_span, cast("Any", str(op)), self._build(end))
        return s.In(span, self._build(value), (test,))

    def _in_tests(self, children: list[Any], span: Span) -> s.Node:
        value, *tests = self._all(children)
        return s.In(span, value, tuple(tests))

    def _expression_test(self, children: list[Any], span: Span) -> s.Node:
        child = children[0]
        if child.data == "half_range":
            return self._comparison_test(child.children[1:3], span)
        return s.ExpressionTest(span, self._build(child))

    def _comparison_test(self, children: list[Any], span: Span) -> s.Node:
        op, end = children
        return s.ComparisonTest(span, cast("Any", str(op)), self._build(end))

    # --- the words

    def _if_(self, children: list[Any], span: Span) -> s.Node:
        return s.If(span, *self._all(children))

    def _for_(self, children: list[Any], span: Span) -> s.Node:
        *iterators, body = self._all(children)
        return s.For(span, tuple(iterators), body)

    def _quantified(self, children: list[Any], span: Span) -> s.Node:
        *iterators, condition = self._all(children)
        return s.Quantified(span, cast("Any", str(children[0])), tuple(iterators), condition)

    def _iterator(self, children: list[Any], span: Span) -> s.Node:
        domain, *end = self._all(children)
        return s.Iterator(span, str(children[0]), domain, end[0] if end else None)

    def _function(self, children: list[Any], span: Span) -> s.Node:
        *parameters, body = self._all(children)
        return s.FunctionLiteral(span, tuple(parameters), body, external=False)

    def _external_function(self, children: list[Any], span: Span) -> s.Node:
        *parameters, body = self._all(children)
        return s.FunctionLiteral(span, tuple(parameters), body, external=True)

    def _parameter(self, children: list[Any], span: Span) -> s.Node:
        type_ = self._all(children)
        return s.Parameter(span, str(children[0]), type_[0] if type_ else None)

    # --- paths, filters, calls

    def _path(self, children: list[Any], span: Span) -> s.Node:
        return s.Path(span, self._build(children[0]), str(children[2]))

    def _filter(self, children: list[Any], span: Span) -> s.Node:
        return s.Filter(span, *self._all(children))

    def _call(self, children: list[Any], span: Span) -> s.Node:
        function, *arguments = _trees(children)
        if not arguments or arguments[0].data != "named_argument":
            return s.Call(span, self._build(function), self._all(arguments), None)
        names = tuple(str(argument.children[0]) for argument in arguments)
        values = tuple(self._build(argument.children[2]) for argument in arguments)
        for place, name in enumerate(names):
            if name in names[:place]:
                again = self._span(arguments[place])
                raise FeelError("syntax", f"The argument `{name}` is given twice.", again)
        return s.Call(span, self._build(function), values, names)

    # --- types

    def _simple_type(self, children: list[Any], span: Span) -> s.Node:
        return s.TypeName(span, str(children[0]))

    def _element_type(self, children: list[Any], span: Span) -> s.Node:
        return s.TypeName(span, str(children[0]), self._all(children))

    def _context_type(self, children: list[Any], span: Span) -> s.Node:
        entries = _trees(children)
        keys = tuple(str(entry.children[0]) for entry in entries)
        return s.TypeName(span, "context", tuple(self._build(entry.children[2]) for entry in entries), keys)

    def _function_type(self, children: list[Any], span: Span) -> s.Node:
        *parameters, result = self._all(children)
        return s.TypeName(span, "function", tuple(parameters), (), result)


def _trees(children: list[Any]) -> list[_ParseTree]:
    return [child for child in children if isinstance(child, Tree)]
