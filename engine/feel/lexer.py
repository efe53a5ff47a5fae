"""FEEL text to tokens: the part of the syntax that depends on which names there are.

FEEL names may have spaces in them, and `+ - * / ' .` or reserved words when they are declared so. Two names never stand
side by side in FEEL, so a row of words that are not reserved is always one name; of declared names with anything else
in them the longest that fits is taken. A name declared within the text counts from there to its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lark import Token
from lark.lexer import Lexer

from engine.feel.characters import BLANK, KEY, NUMBER, WORD, unescaped
from engine.feel.errors import FeelError
from engine.feel.names import MAX_NAME, DeclaredNames, normalised, words_end
from engine.feel.positions import MAX_DEPTH, MAX_LENGTH, Positions, too_deep, too_long
from engine.feel.symbols import symbol_at, unreadable
from engine.feel.type_lexer import type_tokens

__all__ = ["TokenLexer", "tokens"]


class TokenLexer(Lexer):
    """Hands the tokens it is given to Lark's parser."""

    def __init__(self, _configuration: Any) -> None:
        """Nothing is to be configured: the tokens are made before."""

    def lex(self, data: Iterable[Token]) -> Iterator[Token]:  # type: ignore[override] # Lark hands on what parse is given
        """The tokens, as they are."""
        yield from data


def tokens(text: str, names: Iterable[str], functions: Iterable[str], positions: Positions) -> list[Token]:
    """The tokens of an expression or of unary tests.

    Args:
        text: what to read.
        names: the declared names.
        functions: the names of the built-in functions.
        positions: of the text.

    Raises:
        FeelError: `syntax` for what is no token, `too-deep`, `too-long`.
    """
    if len(text) > MAX_LENGTH:
        raise too_long(positions.span(0, len(text)))
    return _Scanner(text, names, functions, positions).run()


_STRING = re.compile(r'(@?)"((?:[^"\\\n\r]|\\[^\n\r])*)"')
_INSTANCE_OF = re.compile(r"instance\s+of\b")
_ITERATED = re.compile(r"\s+in\b")
_EXTERNAL = re.compile(r"external\b")
_OPENING = {"LPAR", "LSQB", "LBRACE", "RANGE_OPEN"}
_CLOSING = {"RPAR", "RSQB", "RBRACE", "RANGE_CLOSE"}
_OPERAND_ENDS = _CLOSING | {"NAME", "NUMBER", "STRING", "AT_STRING", "TRUE", "FALSE", "NULL", "TYPE", "TYPE_GREATER"}
# After a `[` that ends a range no operand can follow; after one that starts a filter one must.
_AFTER_RANGE = re.compile(r"$|[)\],}=<>!+*/.]|\[|(?:and|or|then|else|return|satisfies|in|between|instance)\b")


@dataclass(slots=True)
class _Open:
    """A bracket that is open, or the iterators of a `for`, `some` or `every`.

    Attributes:
        kind: the type of the bracket's token; ITERATORS; PARAMETERS for the bracket of a function literal.
        dots: whether a `..` was seen in it.
    """

    kind: str
    dots: bool = False


class _Scanner:
    """Reads one text. The methods `_…` named after what they read move `self._at` and append to `self._out`."""

    def __init__(self, text: str, names: Iterable[str], functions: Iterable[str], positions: Positions) -> None:
        self._text = text
        self._positions = positions
        self._declared = DeclaredNames(names, functions)
        self._at = 0
        self._out: list[Token] = []
        self._open: list[_Open] = []

    def run(self) -> list[Token]:
        self._skip_blank()
        while self._at < len(self._text):
            self._token()
            self._skip_blank()
        return self._out

    # --- one token

    def _token(self) -> None:
        text, at = self._text, self._at
        if self._name_is_declared_here() and self._declaration():
            return
        if found := _STRING.match(text, at):
            self._string(found)
        elif found := NUMBER.match(text, at):
            self._emit("NUMBER", found.end())
        elif text[at] == "?":
            self._emit("NAME", at + 1)
        elif (end := self._name_end()) > at:
            self._name(end)
        elif found := WORD.match(text, at):
            self._keyword(found[0])
        elif symbol := symbol_at(text, at):
            self._symbol(*symbol)
        else:
            raise unreadable(text, at, self._positions)

    def _string(self, found: re.Match[str]) -> None:
        span = self._positions.span(found.start(), found.end())
        self._emit("AT_STRING" if found[1] else "STRING", found.end(), unescaped(found[2], span))

    def _name(self, end: int) -> None:
        name = normalised(self._text[self._at : end])
        if name.split(" ")[0] == "not" and name not in self._declared and self._last() != "DOT":
            self._not()
        else:
            self._emit("NAME", end, name)

    def _not(self) -> None:
        end = self._at + len("not")
        if not self._text[end:].lstrip().startswith("("):
            message = "`not` needs brackets around what it is said of."
            raise FeelError("syntax", message, self._positions.span(self._at, end), remedy="Write `not(…)`.")
        self._emit("NAME", end, "not")

    def _keyword(self, word: str) -> None:
        if found := _INSTANCE_OF.match(self._text, self._at):
            self._emit("INSTANCE_OF", found.end())
            self._type()
            return
        self._emit(word.upper(), self._at + len(word))
        if word in {"for", "some", "every"}:
            self._push("ITERATORS")
        elif word in {"return", "satisfies"} and self._inside() == "ITERATORS":
            self._open.pop()

    def _symbol(self, kind: str, end: int) -> None:
        if kind == "LSQB" and self._ends_range(end):
            kind = "RANGE_CLOSE"
        elif kind == "RSQB" and self._last() not in _OPERAND_ENDS | {"LSQB"}:
            kind = "RANGE_OPEN"
        was = self._last()
        self._emit(kind, end)
        if kind in _OPENING:
            self._push("PARAMETERS" if kind == "LPAR" and was == "FUNCTION" else kind)
        elif kind in _CLOSING:
            self._close()
        elif kind == "DOTS" and self._open:
            self._open[-1].dots = True
        elif kind == "COLON" and self._inside() == "PARAMETERS":
            self._type()

    def _close(self) -> None:
        while self._inside() == "ITERATORS":
            self._open.pop()
        if not self._open:
            return
        if self._open.pop().kind == "PARAMETERS":
            self._skip_blank()
            if found := _EXTERNAL.match(self._text, self._at):
                self._emit("EXTERNAL", found.end())

    def _ends_range(self, end: int) -> bool:
        if self._last() not in _OPERAND_ENDS or not self._open or not self._open[-1].dots:
            return False
        blank = BLANK.match(self._text, end)
        return _AFTER_RANGE.match(self._text, blank.end() if blank else end) is not None

    # --- names

    def _name_end(self) -> int:
        """Where the name that starts here ends; the position itself when none does."""
        end = words_end(self._text, self._at)
        if self._last() == "DOT" and end == self._at and (word := WORD.match(self._text, self._at)):
            end = word.end()  # an entry may be called like a reserved word
        return max(end, self._declared.longest_end(self._text, self._at))

    def _name_is_declared_here(self) -> bool:
        """Whether an iterator, a context key, a parameter or the name of an argument may start here."""
        last = self._last()
        if last in {"FOR", "SOME", "EVERY", "LBRACE"}:
            return True
        return last == "LPAR" or (last == "COMMA" and self._inside() in {"ITERATORS", "LBRACE", "LPAR", "PARAMETERS"})

    def _declaration(self) -> bool:
        """Reads a name up to the `in`, `:`, `,` or `)` after it; False, and nothing is read, when it is not there."""
        found = KEY.match(self._text, self._at)
        if not found:
            return False
        inside = self._inside()
        if inside == "ITERATORS":
            if not (before := _ITERATED.search(self._text, self._at, found.end())):
                return False
            end = before.start()
        else:
            end = self._at + len(found[0].rstrip())
            blank = BLANK.match(self._text, end)
            after = self._text[blank.end() if blank else end :][:1]
            if after != ":" and not (inside == "PARAMETERS" and after in {",", ")"}):
                return False
        name = normalised(self._text[self._at : end])
        if len(name) > MAX_NAME:
            message = f"The name is longer than {MAX_NAME} characters."
            raise FeelError("too-long", message, self._positions.span(self._at, end))
        self._emit("NAME", end, name)
        if inside != "LPAR":
            self._declared.add(name)
        return True

    # --- the scanner itself

    def _type(self) -> None:
        for kind, start, end, value in type_tokens(self._text, self._at):
            self._at = start
            self._emit(kind, end, value)

    def _emit(self, kind: str, end: int, value: str | None = None) -> None:
        start = self._at
        span = self._positions.span(start, end)
        text = self._text[start:end] if value is None else value
        self._out.append(
            Token(kind, text, start_pos=start, end_pos=end, line=span.line, column=span.column, end_line=span.line)
        )
        self._at = end

    def _push(self, kind: str) -> None:
        self._open.append(_Open(kind))
        if len(self._open) > MAX_DEPTH:
            last = self._out[-1]
            raise too_deep(self._positions.span(last.start_pos or 0, last.end_pos or 0))

    def _last(self) -> str:
        return self._out[-1].type if self._out else ""

    def _inside(self) -> str:
        return self._open[-1].kind if self._open else ""

    def _skip_blank(self) -> None:
        if found := BLANK.match(self._text, self._at):
            self._at = found.end()
