"""Built-in functions on strings.

SQL counts code points, as FEEL does; it compares and searches bytes, which comes to the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from engine.feel.sql.builtins.model import Emit
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import item_of
from engine.feel.sql.operand import FALSE, Operand, quoted
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import BOOLEAN, TEXT, Items, Nothing, Number, Shape
from engine.feel.sql.wholes import let, truncated
from engine.feel.sql.within import settled
from engine.feel.syntax import Call, Literal

__all__ = ["EMITTERS"]

_LENGTH_BITS: Final = 31
_FAR: Final = 2**31 - 1
"""A place that no string has."""

_PLAIN: Final = frozenset(" ,;:/_#%&=<>!~'\"@")
"""What stands for itself in the pattern of `split`, besides letters and digits of ASCII."""


def _text(operand: Operand) -> Operand:
    if operand.shape != TEXT and not isinstance(operand.shape, Nothing):
        raise NotCovered("another value where a string is meant")
    return operand


def _substring(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """Unknown when the start is outside of the string, or the length is less than 1."""
    plan, text = compiler.plan, _text(arguments[0])
    start = truncated(plan, arguments[1], _FAR)
    count = truncated(plan, arguments[2], _FAR) if len(arguments) > 2 else f"length({text.sql})"

    def part(first: str) -> str:
        there = f"{first} BETWEEN 1 AND length({text.sql}) AND {start} <> 0 AND {count} >= 1"
        return f"CASE WHEN {there} THEN substring({text.sql}, {first}, {count}) END"

    from_start = f"CASE WHEN {start} < 0 THEN length({text.sql}) + {start} + 1 ELSE {start} END"
    return compiler.make(let(plan, from_start, part), TEXT)


def _string_length(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    text = _text(arguments[0])
    return compiler.make(f"length({text.sql})", Number(0, _LENGTH_BITS), known=text.known)


def _case(function: str) -> Emit:
    """SQL has other rules than FEEL for the case of some letters: a string with others than ASCII's is left out."""

    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        text = _text(arguments[0])
        other = f"coalesce(length({text.sql}) <> strlen({text.sql}), false)"
        if not compiler.plan.in_loop(other):
            compiler.plan.leave_out(other)
        return compiler.make(f"CASE WHEN NOT {other} THEN {function}({text.sql}) END", TEXT)

    return emit


def _plainly(sql: str, shape: Shape) -> Emit:
    """A function of strings that SQL has as FEEL has it."""

    def emit(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
        left, right = (_text(argument) for argument in arguments)
        return compiler.make(sql.format(left.sql, right.sql), shape, known=left.known and right.known)

    return emit


_BEFORE: Final = (
    "CASE WHEN strpos({0}, {1}) > 1 THEN left({0}, strpos({0}, {1}) - 1) WHEN strpos({0}, {1}) >= 0 THEN '' END"
)
_AFTER: Final = (
    "CASE WHEN {1} = '' THEN {0} WHEN strpos({0}, {1}) > 0"
    " THEN substring({0}, strpos({0}, {1}) + length({1}), length({0})) WHEN strpos({0}, {1}) = 0 THEN '' END"
)


def _string_join(compiler: Compiler, _: Call, arguments: Sequence[Operand]) -> Operand:
    """None are left out."""
    plan, items = compiler.plan, arguments[0]
    if not isinstance(items.shape, Items) or items.items.element not in (TEXT, Nothing()):
        raise NotCovered("another value where a list of strings is meant")
    between = _text(arguments[1]) if len(arguments) > 1 else Operand("''", TEXT, known=True)
    item = plan.item()
    texts = f"list_transform({items.sql}, lambda {item}: {item_of(items.items, item).sql}::VARCHAR)"
    sql, open_ = settled(plan, _joined(plan, texts, between), [items, between])
    return compiler.make(sql, TEXT, known=open_ == FALSE)


def _joined(plan: Plan, texts: str, between: Operand) -> str:
    """The strings of a list with `between` between them."""
    if between.sql.startswith("'"):
        return f"array_to_string({texts}, {between.sql})"
    item, left, right = (plan.item() for _ in range(3))
    there = f"list_filter({texts}, lambda {item}: {item} IS NOT NULL)"
    delimiter = f"coalesce({between.sql}::VARCHAR, '')"
    joined = "list_reduce({0}, lambda {1}, {2}: {1} || {3} || {2})"
    return let(
        plan,
        there,
        lambda held: f"CASE WHEN len({held}) = 0 THEN '' ELSE {joined.format(held, left, right, delimiter)} END",
    )


def _split(compiler: Compiler, node: Call, arguments: Sequence[Operand]) -> Operand:
    """By a delimiter that is no pattern."""
    text = _text(arguments[0])
    written = next((one for one in node.arguments if isinstance(one, Literal) and one.value.__class__ is str), None)
    delimiter = str(written.value) if written is not None else ""
    constant = arguments[1].sql == quoted(delimiter)
    if (
        not constant
        or not delimiter
        or not all(one in _PLAIN or (one.isascii() and one.isalnum()) for one in delimiter)
    ):
        raise NotCovered("splitting by a pattern")
    return compiler.make(f"string_split({text.sql}, {quoted(delimiter)})", Items(TEXT), known=text.known)


EMITTERS: Final[Mapping[str, Emit]] = MappingProxyType(
    {
        "contains": _plainly("contains({}, {})", BOOLEAN),
        "ends with": _plainly("suffix({}, {})", BOOLEAN),
        "lower case": _case("lower"),
        "split": _split,
        "starts with": _plainly("prefix({}, {})", BOOLEAN),
        "string join": _string_join,
        "string length": _string_length,
        "substring": _substring,
        "substring after": _plainly(_AFTER, TEXT),
        "substring before": _plainly(_BEFORE, TEXT),
        "upper case": _case("upper"),
    }
)
