"""Which values may be compared: by `=`, by `<`, and by their place among ordered choices."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.feel.checked import Checked
from engine.feel.checking.session import Checking
from engine.feel.checking.unify import clash, is_scalar, orderable
from engine.feel.checking.words import a, near, quote, quoted_choices
from engine.feel.errors import FeelError
from engine.feel.syntax import Between, Comparison, ComparisonTest, Literal, Node
from engine.feel.types import ScalarType, Type

__all__ = ["Side", "check_equal", "check_order", "compared_choices"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two things compared: its type, and the node it was read from (None for the value that a cell tests)."""

    type: Type
    node: Node | None = None


def compared_choices(checked: Checked, node: Node) -> tuple[str, ...] | None:
    """The ordered choices by whose places `node` compares, lowest first.

    None when `node` compares its values themselves; it is a Comparison by `<` and the like, a Between or a
    ComparisonTest, of which each operand is then one of the choices.
    """
    operands: tuple[Node, ...] = ()
    match node:
        case Comparison():
            operands = (node.left, node.right) if node.op not in {"=", "!="} else ()
        case Between():
            operands = (node.value, node.low, node.high)
        case ComparisonTest():
            operands = (node.value,) if node.op not in {"=", "!="} else ()
        case _:
            pass
    for operand in operands:
        type_ = checked.types[operand]
        if isinstance(type_, ScalarType) and type_.ordered and checked.strict:
            return type_.choices
    return None


def check_equal(check: Checking, left: Side, right: Side) -> None:
    """Checks that the two can be equal at all.

    Raises:
        FeelError: `type-mismatch` when their types differ, `not-a-choice` when they have no choice in common.
    """
    why = clash(left.type, right.type)
    if why == "type":
        raise _mismatch(check, left, right)
    if why == "choices":
        raise _not_a_choice(check, left, right)


def check_order(check: Checking, left: Side, right: Side, op: str) -> None:
    """Checks that `left op right` is defined, and enters the order of the choices for both when they have one.

    Raises:
        FeelError: `type-mismatch`, `not-a-choice`, or `not-ordered` for choices without an order.
    """
    for side in (left, right):
        if not orderable(side.type):
            message = f"{_said(check, side)} is {a(side.type)}, which has no order for `{op}`."
            raise _error("type-mismatch", message, (side, right))
    if clash(left.type, right.type) == "type":
        raise _mismatch(check, left, right)
    if isinstance(left.type, ScalarType) and isinstance(right.type, ScalarType):
        _check_choices(check, (left, left.type), (right, right.type), op)


def _check_choices(check: Checking, left: tuple[Side, ScalarType], right: tuple[Side, ScalarType], op: str) -> None:
    for (side, type_), (other, narrow) in ((left, right), (right, left)):
        if not type_.ordered or (narrow.ordered and len(narrow.choices) > len(type_.choices)):
            continue
        same_order = not narrow.ordered or narrow.choices == type_.choices
        if not narrow.choices or not set(narrow.choices) <= set(type_.choices) or not same_order:
            raise _not_a_choice(check, side, other)
        for part in (side, other):
            if part.node is not None:
                check.types[part.node] = replace(type_, optional=False)
        return
    for side, type_ in (left, right):
        if len(type_.choices) > 1:
            message = f"The choices of {_said(check, side)} have no order, so `{op}` cannot compare them."
            remedy = "Declare them with `ordered: true`, lowest first, or list those that are meant: `in (…)`."
            raise _error("not-ordered", message, (side, left[0], right[0]), remedy=remedy)


def _mismatch(check: Checking, left: Side, right: Side) -> FeelError:
    message = f"{_said(check, left)} is {a(left.type)}, {_said(check, right)} is {a(right.type)}: they do not compare."
    return _error("type-mismatch", message, (right, left), remedy=_conversion(check, left, right))


def _conversion(check: Checking, left: Side, right: Side) -> str:
    for side, other in ((left, right), (right, left)):
        text = _said(check, side).strip("`")
        if is_scalar(side.type, "date and time") and is_scalar(other.type, "date"):
            return f"Compare its day: `date({text})`."
        if is_scalar(side.type, "string") and isinstance(side.node, Literal) and isinstance(other.type, ScalarType):
            if other.type.name in {"date", "date and time", "time"}:
                return f"Write `@{text}`."
            if other.type.name == "number":
                return "Write the number without quotes."
        if is_scalar(side.type, "number") and isinstance(side.node, Literal) and is_scalar(other.type, "string"):
            return f'Write it in quotes: `"{text}"`.'
    return ""


def _not_a_choice(check: Checking, left: Side, right: Side) -> FeelError:
    odd, known = (
        (left, right) if isinstance(left.node, Literal) and not isinstance(right.node, Literal) else (right, left)
    )
    choices = known.type.choices if isinstance(known.type, ScalarType) else ()
    odd_choices = odd.type.choices if isinstance(odd.type, ScalarType) else ()
    if not choices or (isinstance(left.node, Literal) and isinstance(right.node, Literal)):
        message = f"{_said(check, left)} and {_said(check, right)} have no choice in common: they can never be equal."
        return _error("not-a-choice", message, (right, left))
    if not odd_choices:
        message = f"{_said(check, odd)} can be any text, {_said(check, known)} is {quoted_choices(choices)}."
        return _error("not-a-choice", message, (odd, known), remedy="Declare the same choices for both.")
    message = f"{_said(check, odd)} is not among the choices of {_said(check, known)}: {quoted_choices(choices)}."
    meant = near(odd_choices[0], choices) if len(odd_choices) == 1 else ()
    remedy = f'Did you mean `"{meant[0]}"`?' if meant else ""
    return _error("not-a-choice", message, (odd, known), remedy=remedy)


def _said(check: Checking, side: Side) -> str:
    return "the value tested" if side.node is None else quote(side.node, check.source)


def _error(code: str, message: str, places: tuple[Side, ...], *, remedy: str = "") -> FeelError:
    """The error at the first of `places` that is in the text."""
    span = next((side.node.span for side in places if side.node is not None), None)
    return FeelError(code, message[0].upper() + message[1:], span, remedy=remedy)
