"""How types, names and parts of an expression are called in messages to policy writers."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from engine.feel.syntax import Name, Node, Path
from engine.feel.types import NULL, AnyType, ContextType, FunctionType, ListType, RangeType, ScalarType, Type

__all__ = ["a", "listed", "near", "quote", "quoted_choices"]

_LONGEST = 60
_MOST_LISTED = 12

_PLURALS = {
    "boolean": "true-or-false values",
    "number": "numbers",
    "string": "texts",
    "date": "dates",
    "time": "times",
    "date and time": "dates with times",
    "days and time duration": "durations in days",
    "years and months duration": "durations in months",
}
_SINGULARS = {
    "boolean": "true or false",
    "number": "a number",
    "string": "text",
    "date": "a date",
    "time": "a time",
    "date and time": "a date with a time",
    "days and time duration": "a duration in days",
    "years and months duration": "a duration in months",
}


def a(type_: Type) -> str:
    """A phrase for one value of `type_`: `a number`, `a list of dates`, `a group with area, score`."""
    match type_:
        case ScalarType() if type_ == NULL:
            return "null"
        case ScalarType():
            return _SINGULARS.get(type_.name, type_.name)
        case ListType():
            return "an empty list" if isinstance(type_.element, AnyType) else f"a list of {_plural(type_.element)}"
        case RangeType():
            return f"a range of {_plural(type_.element)}"
        case ContextType():
            return f"a group with {listed(type_.entries)}" if type_.entries else "a group"
        case FunctionType():
            return "a function"
        case _:
            return "a value that is not known before"


def _plural(type_: Type) -> str:
    match type_:
        case ScalarType():
            return _PLURALS.get(type_.name, type_.name)
        case ListType():
            return "lists"
        case ContextType():
            return "groups"
        case _:
            return "values"


def listed(words: Iterable[str], joining: str = "and") -> str:
    """The words in one phrase: `a, b and c`; of many only the first dozen."""
    known = list(words)
    if len(known) > _MOST_LISTED:
        return f"{', '.join(known[:_MOST_LISTED])} {joining} {len(known) - _MOST_LISTED} more"
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} {joining} {known[-1]}" if known else ""


def quoted_choices(choices: Iterable[str]) -> str:
    """The choices as they are written in an expression: `"a", "b" or "c"`."""
    return listed((f'"{choice}"' for choice in choices), "or")


def near(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Up to three of `names` that `name` may be a slip of, the nearest first."""
    plain: dict[str, str] = {}
    for known in names:
        plain.setdefault(_plain(known), known)
    wanted = _plain(name)
    found = get_close_matches(wanted, plain, n=5, cutoff=0.65)
    found.sort(key=lambda guess: not guess.startswith(wanted))
    return tuple(plain[guess] for guess in found[:3])


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").replace("-", " ")


def quote(node: Node, source: str) -> str:
    """The text that `node` was read from, on one line and not too long, between backquotes."""
    text = " ".join(source[node.span.start : node.span.end].split()) or _rebuilt(node)
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[: _LONGEST - 1]}…`"


def _rebuilt(node: Node) -> str:
    match node:
        case Name():
            return node.name
        case Path():
            return f"{_rebuilt(node.source)}.{node.name}"
        case _:
            return "this"
