"""What a ruleset expects of a whole expression: a premise is true or false, a due date is a date."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.feel.checked import Checked
from engine.feel.checking.facts import fact_path
from engine.feel.checking.unify import fits
from engine.feel.checking.words import a, quote, quoted_choices
from engine.feel.errors import FeelError
from engine.feel.types import ListType, ScalarType, Type

__all__ = ["expect"]


def expect(checked: Checked, type_: Type, what: str, *, none_means: Mapping[str, str] = MappingProxyType({})) -> None:
    """Checks that the value of a whole expression has the type that it is used for.

    Args:
        checked: the expression.
        type_: the type that is needed; optional when the value may be none.
        what: what the value is for, as the start of a sentence: "A premise", "The result `comment_code`".
        none_means: what none means for the facts that may be none, by their paths.

    Raises:
        FeelError: `may-be-none`, `not-a-choice` when it could be a string that is no choice, else `type-mismatch`.
    """
    actual, node = checked.type, checked.root
    text = quote(node, checked.source)
    if not fits(actual, type_):
        raise _misfit(checked, actual, type_, what)
    if actual.optional and not type_.optional:
        meaning = none_means.get(fact_path(node, checked.types, checked.references))
        said = f" ({meaning})" if meaning else ""
        bare = text.strip("`")
        remedy = f"Say what holds then: `or else({bare}, …)` or `if … = null then … else …`."
        raise FeelError("may-be-none", f"{what} must not be none; {text} may be{said}.", node.span, remedy=remedy)


def _misfit(checked: Checked, actual: Type, wanted: Type, what: str) -> FeelError:
    node = checked.root
    text = quote(node, checked.source)
    inner, wanted_inner = actual, wanted
    while isinstance(inner, ListType) and isinstance(wanted_inner, ListType):
        inner, wanted_inner = inner.element, wanted_inner.element
    if isinstance(inner, ScalarType) and isinstance(wanted_inner, ScalarType) and inner.name == wanted_inner.name:
        if fits(inner, wanted_inner):
            message = f"Items of {text} may be none; {what[0].lower()}{what[1:]} has none."
            return FeelError("may-be-none", message, node.span, remedy="Leave those out: `[item != null]`.")
        choices = quoted_choices(wanted_inner.choices)
        others = [choice for choice in inner.choices if choice not in wanted_inner.choices]
        can_be = quoted_choices(others) if others else "any text"
        message = f"{what} is {choices}; {text} can be {can_be}."
        return FeelError("not-a-choice", message, node.span)
    message = f"{what} must be {a(wanted)}; {text} is {a(actual)}."
    return FeelError("type-mismatch", message, node.span, expected=(a(wanted),))
