"""The tokens of a FEEL type: `number`, `list<date and time>`, `context<a: string>`, `function<number> -> string`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.feel.characters import BLANK, KEY, WORD
from engine.feel.names import normalised, words_end

__all__ = ["type_tokens"]

_LONG_NAME = re.compile(r"(?:date\s+and\s+time|days\s+and\s+time\s+duration|years\s+and\s+months\s+duration)\b")
_LESS = re.compile(r"\s*<(?!=)")
_WITH_PARTS = {
    "list": "TYPE_LIST",
    "range": "TYPE_RANGE",
    "context": "TYPE_CONTEXT",
    "function": "TYPE_FUNCTION",
}

_Token = tuple[str, int, int, str]


def type_tokens(text: str, at: int) -> Iterator[_Token]:
    """The tokens of the type that stands at offset `at`: kind, start, end, text.

    They end with the type, or before the first thing that cannot belong to one.
    """
    open_: list[str] = []
    last = ""
    while True:
        blank = BLANK.match(text, at)
        at = blank.end() if blank else at
        token = _next(text, at, last, open_)
        if token is None:
            return
        yield token
        last, _, at, _ = token
        if last in _WITH_PARTS.values():
            open_.append(last)
        elif last == "TYPE_GREATER" and open_.pop() == "TYPE_FUNCTION":
            last = "FUNCTION_END"  # an arrow and the type of the result follow
        if not open_ and last in {"TYPE", "TYPE_GREATER"}:
            return


def _next(text: str, at: int, last: str, open_: list[str]) -> _Token | None:
    """The token at `at`, after one of kind `last`, within the types that are `open_`; None when none fits."""
    if last in _WITH_PARTS.values():
        return ("TYPE_LESS", at, at + 1, "<")
    if last == "FUNCTION_END":
        return ("TYPE_ARROW", at, at + 2, "->") if text.startswith("->", at) else None
    if last in {"TYPE", "TYPE_GREATER"} or (last == "TYPE_LESS" and text.startswith(">", at)):
        kind = {",": "COMMA", ">": "TYPE_GREATER"}.get(text[at : at + 1]) if open_ else None
        return (kind, at, at + 1, text[at]) if kind else None
    if last == "NAME":
        return ("COLON", at, at + 1, ":") if text.startswith(":", at) else None
    if last in {"TYPE_LESS", "COMMA"} and open_[-1] == "TYPE_CONTEXT":
        return _key(text, at)
    return _name(text, at)


def _key(text: str, at: int) -> _Token | None:
    found = KEY.match(text, at)
    return ("NAME", at, at + len(found[0].rstrip()), normalised(found[0])) if found else None


def _name(text: str, at: int) -> _Token | None:
    found = _LONG_NAME.match(text, at)
    end = found.end() if found else words_end(text, at)
    if end == at and (word := WORD.match(text, at)) and word[0] in {"function", "null"}:
        end = word.end()
    if end == at:
        return None
    name = normalised(text[at:end])
    return (_WITH_PARTS[name] if name in _WITH_PARTS and _LESS.match(text, end) else "TYPE", at, end, name)
