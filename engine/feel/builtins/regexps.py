"""`matches`, `replace` and `split`: XPath's functions on regular expressions, in linear time.

A pattern that is refused and a flag that XPath does not have give null; so does, in `replace` and `split`, a pattern
that matches the empty string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from engine.feel.builtins.patterns import compiled
from engine.feel.errors import FeelBudgetError
from engine.feel.run import MAX_ITEMS, MAX_TEXT, Run

__all__ = ["matches", "replace", "split"]

_REPLACEMENT: Final = re.compile(r"\\([\\$])|\$([0-9]{1,3})|([^\\$]+)")


def _pattern(text: Any, pattern: Any, flags: Any) -> Any:
    if text.__class__ is not str or pattern.__class__ is not str or not (flags is None or flags.__class__ is str):
        return None
    return None if _unpaired(text) else compiled(pattern, flags or "")


def _unpaired(text: str) -> bool:
    """Whether `text` has half of a surrogate pair, which no expression can be matched against."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def matches(run: Run, text: Any, pattern: Any, flags: Any = None) -> bool | None:
    """Whether `pattern` matches anywhere in `text`."""
    expression = _pattern(text, pattern, flags)
    if expression is None:
        return None
    run.spend(len(text) >> 4)
    return expression.search(text) is not None


def replace(run: Run, text: Any, pattern: Any, replacement: Any, flags: Any = None) -> str | None:
    """`text` with every match replaced; in the replacement `$1` is the first group, `$0` all of it.

    Raises:
        FeelBudgetError: when the text would be too long.
    """
    expression = _pattern(text, pattern, flags)
    if expression is None or replacement.__class__ is not str or expression.search("") is not None:
        return None
    expand = _expander(replacement, expression.groups)
    if expand is None:
        return None
    pieces: list[str] = []
    length = end = 0
    for found in expression.finditer(text):
        run.spend(1 + (len(text) - end >> 10))
        if found.start() == found.end():
            return None
        pieces.extend((text[end : found.start()], expand(found)))
        length += len(pieces[-1]) + len(pieces[-2])
        if length > MAX_TEXT:
            raise FeelBudgetError("a string would be longer than one may be")
        end = found.end()
    return "".join((*pieces, text[end:]))


def _expander(replacement: str, groups: int) -> Callable[[Any], str] | None:
    """What makes the text for one match; None when the replacement is not written as XPath wants it."""
    parts: list[str | int] = []
    place = 0
    while place < len(replacement):
        found = _REPLACEMENT.match(replacement, place)
        if found is None:
            return None
        place = found.end()
        if found[2] is None:
            parts.append(found[1] or found[3])
            continue
        digits = found[2]
        while len(digits) > 1 and int(digits) > groups:
            digits = digits[:-1]
        place -= len(found[2]) - len(digits)
        parts.append(int(digits) if int(digits) <= groups else "")

    def expand(match: Any) -> str:
        return "".join(part if isinstance(part, str) else match.group(part) or "" for part in parts)

    return expand


def split(run: Run, text: Any, delimiter: Any) -> list[str] | None:
    """The parts of `text` between the matches of `delimiter`; empty ones count.

    Raises:
        FeelBudgetError: when there are too many.
    """
    expression = _pattern(text, delimiter, None)
    if expression is None or expression.search("") is not None:
        return None
    parts: list[str] = []
    end = 0
    for found in expression.finditer(text):
        run.spend(1 + (len(text) - end >> 10))
        if found.start() == found.end():
            return None
        parts.append(text[end : found.start()])
        if len(parts) >= MAX_ITEMS:
            raise FeelBudgetError("a list would have more items than one may have")
        end = found.end()
    return [*parts, text[end:]]
