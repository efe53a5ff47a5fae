"""The facts of a case from a file; and the template of such a file, with the places that are still to be filled in.

A place of a template is a string in angle brackets, `"<a date, as 2018-11-02>"`. What is still such a string when the
file is read counts as left out; so do a list item, a group and a list in which nothing has been filled in.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from clients.cli.failures import FailureError

if TYPE_CHECKING:
    from rollbook.declarations import Fact

__all__ = ["GivenFacts", "read_facts", "template"]

_LEFT_OUT: Final = object()
_KINDS: Final[Mapping[str, str]] = {
    "string": "text",
    "integer": "a whole number",
    "decimal": "a number",
    "boolean": "true or false",
    "date": "a date, as 2018-11-02",
    "event": "the date on which it happened, as 2018-11-02",
    "date-time": "date and time, as 2018-11-02T08:30:00",
    "days-duration": "a length of time, as P10D",
    "months-duration": "a length of time, as P1Y6M",
}


@dataclass(frozen=True, slots=True)
class GivenFacts:
    """The facts as they are sent, and how many places of a template were still to be filled in."""

    facts: str | Mapping[str, Any]
    places_left: int


def read_facts(source: str) -> GivenFacts:
    """The facts in the file `source`, or on standard input where it is `-`.

    Raises:
        FailureError: when it is not the text of one JSON object.
        OSError: when it cannot be read.
    """
    name = "standard input" if source == "-" else source
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        facts = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        message = f"{name}:{error.lineno}:{error.colno}: this is no JSON: {error.msg}."
        raise FailureError(message, "The facts of a case are one JSON object.") from None
    except UnicodeDecodeError:
        message = f"{name} is not UTF-8."
        raise FailureError(message) from None
    if not isinstance(facts, dict):
        message = f"{name} holds no JSON object."
        raise FailureError(message, 'The facts of a case are one JSON object: {"student": {…}, …}.')
    places = _count_places(facts)
    if not places:
        return GivenFacts(text, 0)  # as it is written, so that numbers stay exact
    filled = _filled(facts)
    return GivenFacts({} if filled is _LEFT_OUT else filled, places)


def template(facts: Iterable[Fact]) -> str:
    """A JSON object with a place for each of `facts` (in the order of the document), one item in each list."""
    root: dict[str, Any] = {}
    for fact in facts:
        if not fact.deprecated:
            _put(root, fact)
    return json.dumps(root, indent=2, ensure_ascii=False)


def _put(root: dict[str, Any], fact: Fact) -> None:
    here: Any = root
    *above, last = fact.path.split(".")
    for name in above:
        here = here[name.removesuffix("[]")]
        here = here[0] if name.endswith("[]") else here
    name = last.removesuffix("[]")
    value: Any = {} if fact.type == "group" else _place(fact)
    here[name] = [value] if fact.is_list else value


def _place(fact: Fact) -> str:
    kind = f"one of: {', '.join(fact.choices)}" if fact.choices else _KINDS[fact.type]
    none = f"; null: {fact.none_means}" if fact.none_means else ""
    return f"<{kind}{none}>"


def _is_place(value: object) -> bool:
    return isinstance(value, str) and value.startswith("<") and value.endswith(">")


def _count_places(value: object) -> int:
    match value:
        case Mapping():
            return sum(map(_count_places, value.values()))
        case str():
            return int(_is_place(value))
        case Sequence():
            return sum(map(_count_places, value))
        case _:
            return 0


def _filled(value: Any) -> Any:
    """The value without its places; `_LEFT_OUT` where nothing else was in it. What is empty by itself stays."""
    match value:
        case dict() if value:
            entries = {name: filled for name, entry in value.items() if (filled := _filled(entry)) is not _LEFT_OUT}
            return entries or _LEFT_OUT
        case list() if value:
            items = [filled for item in value if (filled := _filled(item)) is not _LEFT_OUT]
            return items or _LEFT_OUT
        case _:
            return _LEFT_OUT if _is_place(value) else value
