"""FEEL text to syntax tree (DMN 1.5, 10.3.1): the first stage of the pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree, UnexpectedToken

from engine.feel.expectations import unexpected
from engine.feel.lexer import TokenLexer, tokens
from engine.feel.positions import Positions
from engine.feel.syntax import Node, UnaryTests
from engine.feel.tree_builder import TreeBuilder

__all__ = ["parse", "parse_unary_tests"]


def parse(text: str, names: Iterable[str] = (), *, line: int = 1, column: int = 1) -> Node:
    """The syntax tree of an expression.

    Args:
        text: the expression.
        names: the names in scope. Only those that are more than plain words matter here (`a-b`, `time and date`); which
            names there are at all is for the checker to say. The built-in functions are always known.
        line: the line of its document that the text starts in.
        column: the column that it starts in.

    Raises:
        FeelError: `syntax` where the text is no expression, with what would have been expected there; `too-deep` when
            it is nested more than 60 levels deep; `too-long` when it has more than 20,000 characters.
    """
    positions = Positions(text, line, column)
    return TreeBuilder(positions).expression(_tree(text, names, positions, "start_expression"))


def parse_unary_tests(text: str, names: Iterable[str] = (), *, line: int = 1, column: int = 1) -> UnaryTests:
    """The syntax tree of unary tests: what stands in a cell of a decision table (`"a", "b"`, `>= 5`, `not(< 3)`, `-`).

    Args and errors are those of `parse`.
    """
    positions = Positions(text, line, column)
    return TreeBuilder(positions).unary_tests(_tree(text, names, positions, "start_tests"))


def _tree(text: str, names: Iterable[str], positions: Positions, start: str) -> Tree[Token]:
    found = tokens(text, names, _functions(), positions)
    if start == "start_tests":
        _mark_negation(found)
    try:
        tree: Tree[Token] = _grammar().parse(found, start=start)
    except UnexpectedToken as error:
        raise unexpected(error.token, _accepted(found, error.token, start), len(text), positions) from None
    return tree


def _accepted(found: list[Token], at: Token, start: str) -> set[str]:
    """The types of the tokens that would have fitted in place of `at`.

    The state in which the parser gave up does not tell: it was reduced as far as the wrong token let it.
    """
    parser: Any = _grammar().parse_interactive(start=start)
    for token in found:
        if token is at:
            break
        parser.feed_token(token)
    return set(parser.accepts())


def _mark_negation(found: list[Token]) -> None:
    """Makes the first token NOT when the whole text is `not(…)`, which as a cell negates tests."""
    if len(found) < 3 or found[0] != "not" or found[0].type != "NAME" or found[1].type != "LPAR":
        return
    depth = 0
    for place, token in enumerate(found):
        depth += {"LPAR": 1, "RPAR": -1}.get(token.type, 0)
        if depth == 0 and place > 0:
            if place == len(found) - 1:
                found[0] = Token.new_borrow_pos("NOT", "not", found[0])
            return


def _functions() -> frozenset[str]:
    from engine.feel.builtins import names  # not at the top: a built-in may read ranges with this parser

    return names()


@cache
def _grammar() -> Lark:
    options: dict[str, Any] = {"maybe_placeholders": False, "propagate_positions": True}
    return Lark(
        Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer=TokenLexer,
        start=["start_expression", "start_tests"],
        **options,
    )
