"""Built-ins on strings (DMN 1.5, table 75). Positions count code points from 1, or from -1 at the end."""

from __future__ import annotations

from typing import Any, Final

from engine.feel.builtins.fitting import INTEGER
from engine.feel.builtins.model import Builtin, NoResult, Overload, Param, ResultType
from engine.feel.builtins.regexps import matches, replace, split
from engine.feel.decimals import whole
from engine.feel.errors import FeelBudgetError
from engine.feel.run import MAX_TEXT
from engine.feel.types import BOOLEAN, NUMBER, STRING, ListType
from engine.feel.types import may_be_none as optional

__all__ = ["BUILTINS"]

_OMITTED: Final = object()


def _substring(string: Any, start: Any, length: Any = _OMITTED) -> str | None:
    """The part from `start`; null when that is outside of the string, or `length` is less than 1."""
    first = whole(start)
    if string.__class__ is not str or first is None or first == 0 or abs(first) > len(string):
        return None
    begin = first - 1 if first > 0 else len(string) + first
    if length is _OMITTED:
        return str(string[begin:])
    count = whole(length)
    return str(string[begin : begin + count]) if count is not None and count >= 1 else None


def _string_length(string: Any) -> int | None:
    return len(string) if string.__class__ is str else None


def _upper_case(string: Any) -> str | None:
    return _short_enough(string.upper()) if string.__class__ is str else None


def _lower_case(string: Any) -> str | None:
    return _short_enough(string.lower()) if string.__class__ is str else None


def _short_enough(text: str) -> str:
    """`text`; a letter can have an upper case of three."""
    if len(text) > MAX_TEXT:
        raise FeelBudgetError("a string would be longer than one may be")
    return text


def _both_strings(left: Any, right: Any) -> bool:
    return left.__class__ is str and right.__class__ is str


def _substring_before(string: Any, match: Any) -> str | None:
    """What stands before the first `match`; empty when there is none."""
    if not _both_strings(string, match):
        return None
    place = string.find(match)
    return str(string[:place]) if place > 0 else ""


def _substring_after(string: Any, match: Any) -> str | None:
    """What stands after the first `match`; empty when there is none."""
    if not _both_strings(string, match):
        return None
    place = string.find(match)
    return str(string[place + len(match) :]) if place >= 0 else ""


def _contains(string: Any, match: Any) -> bool | None:
    return match in string if _both_strings(string, match) else None


def _starts_with(string: Any, match: Any) -> bool | None:
    return bool(string.startswith(match)) if _both_strings(string, match) else None


def _ends_with(string: Any, match: Any) -> bool | None:
    return bool(string.endswith(match)) if _both_strings(string, match) else None


def _string_join(items: Any, delimiter: Any = None) -> str | None:
    """The strings of a list, one after the other, null ones left out; null when something in it is no string."""
    if items.__class__ is not list or not (delimiter is None or delimiter.__class__ is str):
        return None
    parts = [item for item in items if item is not None]
    if not all(part.__class__ is str for part in parts):
        return None
    between = delimiter or ""
    if sum(map(len, parts)) + len(between) * len(parts) > MAX_TEXT:
        raise FeelBudgetError("a string would be longer than one may be")
    return between.join(parts)


def _overload(*parameters: Param, result: ResultType, no_result: NoResult = "never") -> tuple[Overload, ...]:
    return (Overload(parameters, result, no_result),)


_STRING: Final = Param("string", STRING)
_MATCH: Final = Param("match", STRING)
_INPUT: Final = Param("input", STRING)
_PATTERN: Final = Param("pattern", STRING)
_FLAGS: Final = Param("flags", STRING, optional=True, accepts_none=True)

BUILTINS: Final = (
    Builtin(
        "substring",
        _overload(
            _STRING,
            Param("start position", NUMBER),
            Param("length", NUMBER, optional=True),
            result=STRING,
            no_result="unknown",
        ),
        _substring,
    ),
    Builtin("string length", _overload(_STRING, result=INTEGER), _string_length),
    Builtin("upper case", _overload(_STRING, result=STRING), _upper_case),
    Builtin("lower case", _overload(_STRING, result=STRING), _lower_case),
    Builtin("substring before", _overload(_STRING, _MATCH, result=STRING), _substring_before),
    Builtin("substring after", _overload(_STRING, _MATCH, result=STRING), _substring_after),
    Builtin("contains", _overload(_STRING, _MATCH, result=BOOLEAN), _contains),
    Builtin("starts with", _overload(_STRING, _MATCH, result=BOOLEAN), _starts_with),
    Builtin("ends with", _overload(_STRING, _MATCH, result=BOOLEAN), _ends_with),
    Builtin(
        "matches",
        _overload(_INPUT, _PATTERN, _FLAGS, result=BOOLEAN, no_result="unknown"),
        matches,
        needs_run=True,
    ),
    Builtin(
        "replace",
        _overload(_INPUT, _PATTERN, Param("replacement", STRING), _FLAGS, result=STRING, no_result="unknown"),
        replace,
        needs_run=True,
    ),
    Builtin(
        "split",
        _overload(_STRING, Param("delimiter", STRING), result=ListType(STRING), no_result="unknown"),
        split,
        needs_run=True,
    ),
    Builtin(
        "string join",
        _overload(
            Param("list", ListType(optional(STRING))),
            Param("delimiter", STRING, optional=True, accepts_none=True),
            result=STRING,
        ),
        _string_join,
        unknown="deep",
    ),
)
