"""The type checker: from a syntax tree to a checked one, with the type of every node and the meaning of every name.

In rulesets (`strict`) everything is typed and null-safe: what may be none must be tested before it is used, and a name
means one thing. Outside them (the conformance cases) FEEL is as the standard has it, and types are best effort.

What is refused, by its code:

- `unknown-name`, `unknown-entry`, `unknown-function`, `unknown-type`: there is nothing of that name.
- `ambiguous-name`: a name that could mean two things.
- `may-be-none`: used without a test, where it may be none.
- `type-mismatch`: a value of another type is needed; `no-common-type`: branches or items of different types.
- `not-a-choice`: a string that is none of the declared choices; `not-ordered`: `<` between choices without an order.
- `not-a-list`: gone through or filtered without being a list.
- `wrong-arguments`: too few, too many, or named as the function does not name them.
- `bad-literal`: a date, time, duration or number that is none; `duplicate-entry`: a context with an entry twice.
- `not-in-rulesets`: standard FEEL that rulesets leave out (`now()`, function values, ranges of choices, `partial`).
- `too-deep`: nested deeper than later stages can follow, or contexts within contexts of too many parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engine.feel import syntax as s
from engine.feel.checked import Checked
from engine.feel.checking import calls, loops, membership, naming, operators
from engine.feel.checking.contradictions import always
from engine.feel.checking.expectations import expect
from engine.feel.checking.facts import builtins_used, dependencies, paths
from engine.feel.checking.ordering import compared_choices
from engine.feel.checking.scopes import Scope
from engine.feel.checking.session import Checking, Rule
from engine.feel.checking.standard import Standard
from engine.feel.types import Type

__all__ = ["always", "builtins_used", "check", "compared_choices", "dependencies", "expect", "paths"]

_RULES: Final[Mapping[type[s.Node], Rule]] = MappingProxyType(
    {
        s.Literal: operators.literal,
        s.AtLiteral: operators.at_literal,
        s.Name: naming.name,
        s.Path: naming.path,
        s.Negation: operators.negative,
        s.BinaryOp: operators.binary,
        s.Comparison: operators.comparison,
        s.And: operators.and_,
        s.Or: operators.or_,
        s.If: operators.if_,
        s.For: loops.for_,
        s.Quantified: loops.quantified,
        s.Filter: loops.filter_,
        s.Between: membership.between,
        s.RangeLiteral: membership.range_literal,
        s.ListLiteral: loops.list_literal,
        s.ContextLiteral: loops.context_literal,
        s.Call: calls.call,
        s.InstanceOf: operators.instance_of,
        s.FunctionLiteral: loops.function_literal,
        s.UnaryTests: membership.unary_tests,
        s.In: membership.in_,
    }
)


def check(
    node: s.Node,
    scope: Mapping[str, Type],
    *,
    source: str = "",
    strict: bool = True,
    value: Type | None = None,
    none_means: Mapping[str, str] = MappingProxyType({}),
) -> Checked:
    """The checked tree of `node`.

    Args:
        node: an expression, or unary tests.
        scope: the names that it may use, with their types.
        source: the text that it was parsed from, quoted in messages.
        strict: whether it belongs to a ruleset; else it is standard FEEL.
        value: the type of the value that unary tests look at (`?`); needed for those.
        none_means: what none means for the facts that may be none, by their paths (`mark.at_risk_since`), for messages.

    Raises:
        FeelError: the first thing that does not fit, where it stands, and how to mend it. Outside rulesets that is
            `unknown-name` only.
    """
    names = Scope(MappingProxyType(dict(scope)))
    if value is not None:
        names = names.with_local("?", value, node)
    if strict:
        checking = Checking(_RULES, source, none_means)
        type_ = checking.type_of(node, names)
        return Checked(node, type_, checking.types, checking.references, source, strict=True)
    standard = Standard()
    type_ = standard.type_of(node, names)
    return Checked(node, type_, standard.types, standard.references, source, strict=False)
