"""What to say when a token does not fit: in the words of someone who writes policy, not of the grammar."""

from __future__ import annotations

from collections.abc import Iterable

from lark import Token

from engine.feel.errors import FeelError
from engine.feel.positions import Positions

__all__ = ["unexpected"]

_VALUE = frozenset({"NUMBER", "STRING", "LPAR", "LSQB", "LBRACE", "NAME"})
_STARTS = _VALUE | {
    *("AT_STRING", "TRUE", "FALSE", "NULL", "MINUS", "IF", "FOR", "SOME", "EVERY", "FUNCTION", "RANGE_OPEN", "NOT")
}
_ARITHMETIC = frozenset({"ADD", "MINUS", "STAR", "SLASH", "POWER"})
_CONTINUES = _ARITHMETIC | {"COMPARE", "AND", "OR", "IN", "BETWEEN", "DOT", "LSQB", "LPAR", "INSTANCE_OF"}
_WORDS = {
    "NAME": "a name",
    "STRING": "a string",
    "COMPARE": "a comparison such as `<`",
    "COMMA": "`,`",
    "COLON": "`:`",
    "DOTS": "`..`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "RBRACE": "`}`",
    "RANGE_CLOSE": "",  # is said by `]`
    "INSTANCE_OF": "`instance of`",
    "TYPE_LESS": "`<`",
    "TYPE_GREATER": "`>`",
    "TYPE_ARROW": "`->`",
    "MINUS": "`-`",
    "$END": "the end of the expression",
}


def unexpected(token: Token, accepted: Iterable[str], length: int, positions: Positions) -> FeelError:
    """The error for a token that does not fit where it stands.

    Args:
        token: the token, `$END` when the text ended too early.
        accepted: the types of the tokens that would have fitted.
        length: of the text, in characters.
        positions: of the text.
    """
    if token.type == "$END":
        message = "The expression stops too early." if length else "There is no expression."
        span = positions.span(length, length)
    else:
        start, end = token.start_pos or 0, token.end_pos or 0
        message = f"{_shown(token)} does not fit here."
        span = positions.span(start, end)
    return FeelError("syntax", message, span, expected=_expected(frozenset(accepted)))


def _shown(token: Token) -> str:
    match token.type:
        case "STRING" | "AT_STRING":
            return "A string"
        case "NAME" | "NUMBER":
            return f"`{token}`" if len(token) <= 40 else f"`{token[:40]}…`"
        case _:
            return f"`{token}`"


def _expected(accepted: frozenset[str]) -> tuple[str, ...]:
    general: list[str] = []
    if accepted >= _VALUE:
        general.append("a value")
        accepted -= _STARTS
    if accepted >= _ARITHMETIC:
        general.append("an operator such as `+`, `=` or `and`" if "AND" in accepted else "an operator such as `+`")
        accepted -= _CONTINUES
    if "TYPE" in accepted:
        general.append("a type")
        accepted -= {"TYPE", "TYPE_LIST", "TYPE_RANGE", "TYPE_CONTEXT", "TYPE_FUNCTION"}
    end = [_WORDS["$END"]] if "$END" in accepted else []
    words = sorted({_WORDS.get(kind, f"`{kind.lower()}`") for kind in accepted - {"$END"}} - {""})
    return (*words, *general, *end)
