"""Which characters FEEL names, white space and strings are made of (DMN 1.5, 10.3.1.2), as regular expressions."""

from __future__ import annotations

import re

from engine.feel.errors import FeelError, Span

__all__ = ["BLANK", "GAP", "KEY", "LATER_WORD", "NUMBER", "WORD", "unescaped"]

_SPACES = "\\s\u0085\u180e\u200b\ufeff"
_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
).removeprefix("?")  # `?` starts a name in the standard, but only the value asked about is ever called so
_PART = f"{_START}0-9\u00b7\u0300-\u036f\u203f-\u2040"

BLANK = re.compile(rf"(?:[{_SPACES}]|//[^\n\r\u0085\u2028\u2029]*|/\*.*?\*/)+", re.DOTALL)
"""White space and comments."""

WORD = re.compile(rf"(?![{_SPACES}])[{_START}](?:(?![{_SPACES}])[{_PART}])*")
"""One word of a name."""

LATER_WORD = re.compile(rf"(?:(?![{_SPACES}])[{_PART}])+")
"""A word that is not the first of a name: it may start with a digit."""

GAP = re.compile(rf"[{_SPACES}]+")
"""White space without comments, as it may stand within a name."""

KEY = re.compile(rf"(?![{_SPACES}])[{_START}][{_PART}{_SPACES}./\-'+*]*")
"""A name where it is declared: there it may have white space and the characters `. / - ' + *` in it."""

NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|([nrt'\"\\]))")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "\\": "\\"}
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")


def unescaped(body: str, span: Span) -> str:
    r"""The characters that stand for themselves or as `\n`, `\u00e9`, `\U01F40E` between the quotes of a string.

    A backslash before any other character stands for itself, as the standard's regular expressions need it.

    Raises:
        FeelError: when an escape stands for no character.
    """

    def character(found: re.Match[str]) -> str:
        digits = found[1] or found[2]
        if not digits:
            return _PLAIN[found[3]]
        if int(digits, 16) > 0x10FFFF:
            raise FeelError("syntax", f"`{found[0]}` stands for no character.", span)
        return chr(int(digits, 16))

    text = _ESCAPE.sub(character, body)
    text = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    if _HALF.search(text):
        raise FeelError("syntax", "A string has one half of a pair of `\\u` escapes without the other.", span)
    return text
