"""The reference evaluator: walks the checked tree and does at each node what the language says, nothing cleverer.

Every other evaluator is held to it. Nothing is kept between two evaluations or left out because the result is settled:
`and` looks at all its operands, so that an explanation can show each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from engine.feel import operators
from engine.feel import syntax as s
from engine.feel.checked import Checked, Reference
from engine.feel.checker import compared_choices
from engine.feel.checking.membership import mentions_value
from engine.feel.errors import FeelBudgetError
from engine.feel.interpreting import calls, items
from engine.feel.interpreting.environment import Environment
from engine.feel.run import Run
from engine.feel.unknown import Cause, Unknown, join
from engine.feel.values import entries, is_context, parse_temporal

__all__ = ["evaluate"]

_ARITHMETIC: Final = MappingProxyType(
    {
        "+": operators.add,
        "-": operators.subtract,
        "*": operators.multiply,
        "/": operators.divide,
        "**": operators.power,
    }
)
_ORDER: Final = MappingProxyType(
    {
        "<": operators.less,
        "<=": operators.less_equal,
        ">": operators.greater,
        ">=": operators.greater_equal,
    }
)


def evaluate(
    checked: Checked,
    values: Mapping[str, Any],
    run: Run,
    *,
    where: str = "",
    trace: Callable[[s.Node, Any], None] | None = None,
    value: Any = None,
) -> Any:
    """The value of a checked expression.

    Args:
        checked: the expression, or unary tests.
        values: a value for every name of the scope; parts of it can be unknown.
        run: the date, the calendar, and the steps that may be taken.
        where: what the expression is called in the causes of operations without a result (`values.ratio`).
        trace: called with every node evaluated and its value, after it; parts before the whole.
        value: what `?` is.

    Returns:
        The value; an Unknown when it depends on what is unknown. In a ruleset an operation without a result (a division
        by zero) is unknown too, with its line and column as the cause; else it is null.

    Raises:
        FeelBudgetError: when more steps would be needed than `run` has, or something would grow too large.
    """
    try:
        return Evaluation(checked, values, run, where, trace).of(
            checked.root, Environment().bind(checked.root, "?", value)
        )
    except RecursionError:
        raise FeelBudgetError("functions call each other, or values are nested, too deep") from None


class Evaluation:
    """One evaluation of one expression."""

    def __init__(
        self,
        checked: Checked,
        values: Mapping[str, Any],
        run: Run,
        where: str,
        trace: Callable[[s.Node, Any], None] | None,
    ) -> None:
        self.checked = checked
        self.run = run
        self._values = values
        self._where = where
        self._trace = trace

    def of(self, node: s.Node, env: Environment) -> Any:
        """The value of `node`, where `env` has the values of the names declared around it."""
        value = _RULES[node.__class__](self, node, env)
        if self._trace is not None:
            self._trace(node, value)
        return value

    def result(self, node: s.Node, value: Any, *operands: Any) -> Any:
        """`value`, what `node` gives for these operands; in a ruleset unknown instead of null for want of a result.

        An operand that is none is not a missing result: where the checker lets one through, a test beside it
        (`x != null and x > 3`) has settled what comes of it.
        """
        if value is not None or not self.checked.strict or self.checked.types[node].optional:
            return value
        if any(operand is None for operand in operands):
            return None
        place = f"{self._where}:{node.span.line}:{node.span.column}"
        return Unknown(frozenset((Cause("arithmetic", place),)))

    # --- literals

    def literal(self, node: s.Literal, _env: Environment) -> Any:
        value = node.value
        return int(value) if isinstance(value, Decimal) and value.as_tuple().exponent == 0 else value

    def at_literal(self, node: s.AtLiteral, _env: Environment) -> Any:
        return parse_temporal(node.text)

    def range_literal(self, node: s.RangeLiteral, env: Environment) -> Any:
        low = operators.OPEN if node.low is None else self.of(node.low, env)
        high = operators.OPEN if node.high is None else self.of(node.high, env)
        range_ = operators.make_range(low, node.low_included, high, node.high_included)
        return self.result(node, range_, low, high)

    def list_literal(self, node: s.ListLiteral, env: Environment) -> Any:
        return [self.of(item, env) for item in node.items]

    def context_literal(self, node: s.ContextLiteral, env: Environment) -> Any:
        context: dict[str, Any] = {}
        for entry in node.entries:
            if entry.key in context:
                return None
            context[entry.key] = self.of(entry.value, env)
            env = env.bind(entry, entry.key, context[entry.key])
        return context

    # --- names

    def name(self, node: s.Name, env: Environment) -> Any:
        return self._meant(self.checked.references[node], env)

    def _meant(self, reference: Reference, env: Environment) -> Any:
        match reference.kind:
            case "scope":
                return self._values[reference.name]
            case "builtin":
                return calls.builtin_value(self, reference.name)
            case "local":
                assert reference.node is not None
                value = env.value(reference.node, reference.name)
                if isinstance(reference.node, s.For):  # `partial`: the results so far, not those to come
                    self.run.spend(len(value))
                    return list(value)
                return value
            case "item" | "dynamic":
                assert reference.node is not None
                item = env.value(reference.node, "item")
                if reference.kind == "item" or item.__class__ is Unknown:
                    return operators.entry(item, reference.name)
                if is_context(item) and reference.name in entries(item):
                    return entries(item)[reference.name]
                return self._meant(reference.outer, env) if reference.outer else None

    def path(self, node: s.Path, env: Environment) -> Any:
        source = self.of(node.source, env)
        if isinstance(source, list):
            self.run.spend(len(source))
        return operators.entry(source, node.name)

    # --- operators

    def negative(self, node: s.Negation, env: Environment) -> Any:
        operand = self.of(node.operand, env)
        return self.result(node, operators.negate(operand), operand)

    def arithmetic(self, node: s.BinaryOp, env: Environment) -> Any:
        left, right = self.of(node.left, env), self.of(node.right, env)
        return self.result(node, _ARITHMETIC[node.op](left, right), left, right)

    def comparison(self, node: s.Comparison, env: Environment) -> Any:
        return self._compare(node, self.of(node.left, env), self.of(node.right, env))

    def _compare(self, node: s.Comparison | s.ComparisonTest, left: Any, right: Any) -> Any:
        if node.op == "=":
            holds = operators.equal(left, right, self.run)
        elif node.op == "!=":
            holds = operators.not_equal(left, right, self.run)
        else:
            holds = _ORDER[node.op](*self._places(node, left, right))
        return self.result(node, holds, left, right)

    def _places(self, node: s.Node, *values: Any) -> list[Any]:
        """The values as they are ordered at `node`: ordered choices by their place."""
        choices = compared_choices(self.checked, node)
        return [choices.index(value) if choices and isinstance(value, str) else value for value in values]

    def between(self, node: s.Between, env: Environment) -> Any:
        parts = [self.of(part, env) for part in (node.value, node.low, node.high)]
        return self.result(node, operators.between(*self._places(node, *parts)), *parts)

    def conjunction(self, node: s.And, env: Environment) -> Any:
        return operators.conj(*[self.of(operand, env) for operand in node.operands])

    def disjunction(self, node: s.Or, env: Environment) -> Any:
        return operators.disj(*[self.of(operand, env) for operand in node.operands])

    def if_(self, node: s.If, env: Environment) -> Any:
        condition = self.of(node.condition, env)
        if condition.__class__ is not Unknown:
            return self.of(node.then if condition is True else node.otherwise, env)
        then, otherwise = self.of(node.then, env), self.of(node.otherwise, env)
        if operators.equal(then, otherwise, self.run) is True:
            return then
        return join(condition, then, otherwise)

    def instance_of(self, node: s.InstanceOf, env: Environment) -> Any:
        return operators.is_instance(self.of(node.value, env), node.type)

    # --- tests

    def in_(self, node: s.In, env: Environment) -> Any:
        value = self.of(node.value, env)
        return self._any_test(node.tests, value, env.bind(node, "?", value))

    def unary_tests(self, node: s.UnaryTests, env: Environment) -> Any:
        result = self._any_test(node.tests, env.value(self.checked.root, "?"), env)
        return operators.negation(result) if node.negated else result

    def _any_test(self, tests: tuple[s.Test, ...], value: Any, env: Environment) -> Any:
        results = []
        for test in tests:
            results.append(self._test(test, value, env))
            if self._trace is not None:
                self._trace(test, results[-1])
        return operators.disj(*results)

    def _test(self, test: s.Test, value: Any, env: Environment) -> Any:
        match test:
            case s.AnyValue():
                return True
            case s.ComparisonTest():
                return self._compare(test, value, self.of(test.value, env))
            case s.ExpressionTest():
                given = self.of(test.expression, env)
                return self.result(test, self._expression_test(test.expression, given, value), given, value)
            case _:
                raise AssertionError(test)

    def _expression_test(self, expression: s.Node, given: Any, value: Any) -> Any:
        if mentions_value(expression):
            return given if given.__class__ in {bool, Unknown} else None
        if isinstance(expression, s.RangeLiteral):
            return operators.contains(given, value)
        return operators.in_test(value, given, self.run)


_RULES: Final[Mapping[type[s.Node], Callable[[Evaluation, Any, Environment], Any]]] = MappingProxyType(
    {
        s.Literal: Evaluation.literal,
        s.AtLiteral: Evaluation.at_literal,
        s.RangeLiteral: Evaluation.range_literal,
        s.ListLiteral: Evaluation.list_literal,
        s.ContextLiteral: Evaluation.context_literal,
        s.Name: Evaluation.name,
        s.Path: Evaluation.path,
        s.Negation: Evaluation.negative,
        s.BinaryOp: Evaluation.arithmetic,
        s.Comparison: Evaluation.comparison,
        s.Between: Evaluation.between,
        s.And: Evaluation.conjunction,
        s.Or: Evaluation.disjunction,
        s.If: Evaluation.if_,
        s.InstanceOf: Evaluation.instance_of,
        s.In: Evaluation.in_,
        s.UnaryTests: Evaluation.unary_tests,
        s.For: items.for_,
        s.Quantified: items.quantified,
        s.Filter: items.filter_,
        s.FunctionLiteral: calls.function,
        s.Call: calls.call,
    }
)
