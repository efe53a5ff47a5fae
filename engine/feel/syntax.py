"""The syntax tree of a FEEL expression (DMN 1.5, chapter 10): one frozen class per construct, each with its position.

Nodes are compared and hashed by identity, so that later stages keep what they find out about a node (its type, what a
name means) in tables keyed by the node itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as OneOf

from engine.feel.errors import Span

__all__ = [
    "And",
    "AnyValue",
    "AtLiteral",
    "Between",
    "BinaryOp",
    "Call",
    "Comparison",
    "ComparisonTest",
    "ContextEntry",
    "ContextLiteral",
    "ExpressionTest",
    "Filter",
    "For",
    "FunctionLiteral",
    "If",
    "In",
    "InstanceOf",
    "Iterator",
    "ListLiteral",
    "Literal",
    "Name",
    "Negation",
    "Node",
    "Or",
    "Parameter",
    "Path",
    "Quantified",
    "RangeLiteral",
    "Test",
    "TypeName",
    "UnaryTests",
]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Any part of an expression; `span` is the text that it was read from."""

    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    """A number, a string (escapes resolved), true, false or null."""

    value: Decimal | str | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class AtLiteral(Node):
    """`@"…"`: a date, time, date and time or duration literal; `text` is what stands between the quotes."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """A name, white space within it normalised to single spaces."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Path(Node):
    """`source.name`."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Negation(Node):
    """`-operand`. (`not(…)` is a Call of the built-in `not`.)"""

    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class BinaryOp(Node):
    """Arithmetic: `left op right`."""

    op: OneOf["+", "-", "*", "/", "**"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Node):
    """`left op right`, giving a boolean (or null)."""

    op: OneOf["=", "!=", "<", "<=", ">", ">="]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class And(Node):
    """A conjunction of two operands or more, flat: `a and b and c` is one And."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Or(Node):
    """A disjunction of two operands or more, flat."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class If(Node):
    """`if condition then then else otherwise`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, eq=False)
class Iterator(Node):
    """`name in domain`, or `name in domain..end` when `end` is given (integers or dates, both ends included)."""

    name: str
    domain: Node
    end: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class For(Node):
    """`for iterators return body`; within the body `partial` is the list of the results so far."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True, eq=False)
class Quantified(Node):
    """`some|every iterators satisfies condition`."""

    kind: OneOf["some", "every"]
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True, eq=False)
class Filter(Node):
    """`source[condition]`: a filter, or an index when the condition is a number."""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True, eq=False)
class Between(Node):
    """`value between low and high`, both included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True, eq=False)
class RangeLiteral(Node):
    """`[low..high]`, `(low..high)`, `]low..high[` and mixtures; a missing end is None (from `>= x` as a value)."""

    low: Node | None
    low_included: bool
    high: Node | None
    high_included: bool


@dataclass(frozen=True, slots=True, eq=False)
class ListLiteral(Node):
    """`[a, b, …]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ContextEntry(Node):
    """`key: value` of a context literal; later entries see earlier ones."""

    key: str
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class ContextLiteral(Node):
    """`{key: value, …}`."""

    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """`function(arguments)`; a built-in or a function of the scope is a Name. With `names`, arguments are by name."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class TypeName(Node):
    """A type as written: `number`, `list<string>`, `context<a: number>`, `function<number> -> string`, `range<date>`.

    `name` is `list`, `range`, `context`, `function` or a simple type; `arguments` are the element type of a list or
    range, the entry types of a context (`keys` beside them), or the parameter types of a function.
    """

    name: str
    arguments: tuple[TypeName, ...] = ()
    keys: tuple[str, ...] = ()
    result: TypeName | None = None


@dataclass(frozen=True, slots=True, eq=False)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: TypeName


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Node):
    """A formal parameter of a function literal."""

    name: str
    type: TypeName | None


@dataclass(frozen=True, slots=True, eq=False)
class FunctionLiteral(Node):
    """`function(parameters) body`; `external` ones are parsed and never run."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool


@dataclass(frozen=True, slots=True, eq=False)
class Test(Node):
    """One unary test: something that is true or false of the value it is asked about (`?`)."""


@dataclass(frozen=True, slots=True, eq=False)
class AnyValue(Test):
    """`-`: true of every value."""


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonTest(Test):
    """`< value`, `>= value`, `= value`, `!= value`."""

    op: OneOf["=", "!=", "<", "<=", ">", ">="]
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class ExpressionTest(Test):
    """An expression: a range contains the value, a list has it or a test in it that is true, else they are equal.

    When the expression mentions `?` (the Name `?`) it is a boolean condition of its own.
    """

    expression: Node


@dataclass(frozen=True, slots=True, eq=False)
class UnaryTests(Node):
    """`test, test, …`, or `not(test, …)` when `negated`."""

    tests: tuple[Test, ...]
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class In(Node):
    """`value in test` or `value in (test, …)`."""

    value: Node
    tests: tuple[Test, ...]
