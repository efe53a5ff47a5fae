"""One check of one expression of a ruleset: what is found out about its nodes, and how its errors are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.feel.checked import Reference
from engine.feel.checking.facts import fact_path
from engine.feel.checking.narrowing import NOTHING_KNOWN, Chain, Truths
from engine.feel.checking.scopes import Scope
from engine.feel.checking.unify import is_scalar
from engine.feel.checking.words import a, quote
from engine.feel.errors import FeelError
from engine.feel.syntax import Filter, Node
from engine.feel.types import NULL, AnyType, ListType, ScalarType, Type

__all__ = ["DEEPEST", "Checking", "Rule"]

DEEPEST: Final = 120
"""Nodes within nodes that are looked at; every later stage walks the tree the same way, within Python's own limit."""

Rule = Callable[["Checking", Any, Scope], Type]
"""What gives the type of one kind of node."""


class Checking:
    """One check.

    Attributes:
        source: the text of the expression, quoted in messages.
        types: the type of every node looked at.
        references: the meaning of every name.
        chains: the narrowing chain of every name and path that has one.
        truths: what follows from every condition looked at; nothing when it is not there.
    """

    def __init__(self, rules: Mapping[type[Node], Rule], source: str, none_means: Mapping[str, str]) -> None:
        self.source: Final = source
        self.types: Final[dict[Node, Type]] = {}
        self.references: Final[dict[Node, Reference]] = {}
        self.chains: Final[dict[Node, Chain]] = {}
        self.truths: Final[dict[Node, Truths]] = {}
        self._rules: Final = rules
        self._none_means: Final = none_means
        self._depth = 0

    def type_of(self, node: Node, scope: Scope) -> Type:
        """The type of `node`, entered into `types`.

        Raises:
            FeelError: when the types of `node` or of anything in it do not fit.
        """
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.error("too-deep", "The expression is nested too deeply.", node, remedy="Name a part as a value.")
        type_ = self._rules[node.__class__](self, node, scope)
        self._depth -= 1
        self.types[node] = type_
        return type_

    def present(self, node: Node, scope: Scope) -> Type:
        """The type of `node`, which must not be none.

        Raises:
            FeelError: `may-be-none`, or what `type_of` raises.
        """
        type_ = self.type_of(node, scope)
        if type_.optional:
            raise self.may_be_none(node, type_)
        return type_

    def boolean(self, node: Node, scope: Scope, role: str) -> None:
        """Checks that `node`, which is `role` ("the condition of `if`"), is true or false and never none.

        Raises:
            FeelError: `type-mismatch`, `may-be-none`, or what `type_of` raises.
        """
        type_ = self.type_of(node, scope)
        if not is_scalar(type_, "boolean") and type_ != NULL:
            message = f"{role} must be true or false; {quote(node, self.source)} is {a(type_)}."
            remedy = "Compare it with something." if isinstance(type_, ScalarType) else ""
            raise self.error("type-mismatch", message, node, expected=("true or false",), remedy=remedy)
        if type_.optional:
            raise self.may_be_none(node, type_)

    def present_list(self, node: Node, scope: Scope, role: str) -> ListType:
        """The type of `node`, which must be a list and not be none.

        Raises:
            FeelError: `not-a-list`, `may-be-none`, or what `type_of` raises.
        """
        type_ = self.present(node, scope)
        if not isinstance(type_, ListType):
            message = f"{role} must be a list; {quote(node, self.source)} is {a(type_)}."
            raise self.error("not-a-list", message, node, expected=("a list",))
        return type_

    def truth(self, node: Node) -> Truths:
        """What follows when the condition `node`, already looked at, is true or false."""
        return self.truths.get(node, NOTHING_KNOWN)

    def error(
        self, code: str, message: str, node: Node, *, expected: tuple[str, ...] = (), remedy: str = ""
    ) -> FeelError:
        """An error at `node`, to be raised."""
        return FeelError(code, message, node.span, expected=expected, remedy=remedy)

    def may_be_none(self, node: Node, type_: Type) -> FeelError:
        """The error of using `node`, of `type_`, without having tested it."""
        text = quote(node, self.source)
        bare = text.strip("`")
        if type_ == NULL:
            return self.error("may-be-none", f"{text} is none here, which is no value to compute with.", node)
        if node in self.chains:
            meaning = self._none_means.get(fact_path(node, self.types, self.references))
            said = f" ({meaning})" if meaning else ""
            remedy = f"Test it first: `{bare} != null and …`."
            return self.error("may-be-none", f"{text} may be none{said}.", node, remedy=remedy)
        why = ": the list may have no such item" if isinstance(node, Filter) else ""
        remedy = f"Say what holds then: `or else({bare}, …)`; or make it a value of its own, and test that."
        if isinstance(type_, AnyType):
            remedy = ""
        return self.error("may-be-none", f"{text} may be none{why}.", node, remedy=remedy)

    def items_may_be_none(self, node: Node) -> FeelError:
        """The error of using the items of the list `node` where none of them may be none."""
        text = quote(node, self.source)
        remedy = f"Leave those out first: `{text.strip('`')}[item != null]`."
        return self.error("may-be-none", f"Items of {text} may be none.", node, remedy=remedy)
