"""What the two versions say about one case that changed: each side's lines that the other side does not say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import msgspec

from engine.decisions import INDETERMINATE
from engine.rosters.changes import REFUSED, Aspect, Line, RuleDifference, Told
from engine.rosters.model import Reject

__all__ = ["read_results", "told_alone", "told_aspect", "told_outcome", "told_reject"]

_encode: Final = msgspec.json.Encoder(decimal_format="number").encode

Row = Mapping[str, Any]
"""One row of a decision batch, as Python values."""


def told_outcome(before: Row, after: Row, rules: RuleDifference) -> tuple[Told, Told]:
    """Both sides of a case whose outcome changes: first of all by the rules that differ."""
    return (
        _told(before, _why(before, {*rules.ended, *rules.otherwise})),
        _told(after, _why(after, {*rules.began, *rules.otherwise})),
    )


def told_alone(row: Row) -> Told:
    """The side that decides a case whose facts the other does not accept."""
    return _told(row, _why(row, set()))


def told_reject(reject: Reject) -> Told:
    """The side of a version that does not accept the case's facts."""
    places = tuple(
        Line(one.path, f"{one.message} (expected: {one.expected})" if one.expected else one.message)
        for one in reject.violations
    )
    return Told(REFUSED, places or (Line("", reject.message),))


def told_aspect(before: Row, after: Row, aspect: Aspect) -> tuple[Told, Told]:
    """Both sides of a case that keeps its outcome and changes in `aspect`."""
    one, other = tuple(_LINES[aspect](before)), tuple(_LINES[aspect](after))
    return _told(before, _without(one, other)), _told(after, _without(other, one))


def _told(row: Row, lines: Iterable[Line]) -> Told:
    return Told(row["outcome"], tuple(lines), tuple(dict.fromkeys(one["rule"] for one in row["held"])))


def read_results(text: str) -> Any:
    """The results of a decision, from their JSON text; numbers are exact, and the order of the names says nothing."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def _why(row: Row, differing: set[str]) -> Iterator[Line]:
    """The messages of the rules that differ; where there is none, those that the outcome rests on."""
    held = row["held"]
    rules = [one for one in held if one["rule"] in differing]
    if not rules and not row["because"]:
        rules = [one for one in held if one["outcome"] == row["outcome"]]
    yield from (Line(_named(one["rule"], one["element"]), one["because"]) for one in rules)
    if row["because"]:
        yield Line("", row["because"])
    if row["outcome"] == INDETERMINATE:
        yield from _missing(row["missing_outcome"])


def _messages(row: Row) -> Iterator[Line]:
    for one in row["held"]:
        yield Line(_named(one["rule"], one["element"]), _cited(one["because"], one["cites"]))
    if row["because"] or row["cites"]:
        yield Line("", _cited(row["because"], row["cites"]))


def _rules(row: Row) -> Iterator[Line]:
    for one in row["held"]:
        yield Line(_named(one["rule"], one["element"]), one["because"])


def _obligations(row: Row) -> Iterator[Line]:
    for one in row["obligations"]:
        who = " to ".join(filter(None, (one["by"], one["to"])))
        text = f"{one['force']}: {one['text']}"
        yield Line(_named(one["rule"], one["element"]), f"{text} ({who})" if who else text)


def _due_dates(row: Row) -> Iterator[Line]:
    for one in row["obligations"]:
        yield Line(
            _named(one["rule"], one["element"]), f"{one['text']}: {_due(one['due'], unknown=one['due_unknown'])}"
        )


def _deadlines(row: Row) -> Iterator[Line]:
    for one in row["deadlines"]:
        due = _due(one["due"], unknown="due" in (one["unknown"] or ()))
        yield Line(_named(one["name"], one["element"]), f"{one['status'] or 'not known'}; {due}")


def _results(row: Row) -> Iterator[Line]:
    for name, value in read_results(row["results"]).items():
        yield Line(name, value if isinstance(value, str) else _encode(value).decode())


def _missing_facts(row: Row) -> Iterator[Line]:
    yield from _missing(row["missing_outcome"])
    yield from _missing(row["missing_details"])
    if row["outcome"] == INDETERMINATE:
        yield Line("", f"possible: {', '.join(row['candidates'])}")


def _missing(causes: Iterable[Row]) -> Iterator[Line]:
    for one in causes:
        yield Line(one["path"], f"not known: {one['detail']}" if one["detail"] else "not known")


_LINES: Final[Mapping[Aspect, Callable[[Row], Iterator[Line]]]] = MappingProxyType(
    {
        Aspect.RULES: _rules,
        Aspect.OBLIGATIONS: _obligations,
        Aspect.DUE_DATES: _due_dates,
        Aspect.DEADLINES: _deadlines,
        Aspect.RESULTS: _results,
        Aspect.MESSAGES: _messages,
        Aspect.MISSING: _missing_facts,
    }
)


def _without(lines: tuple[Line, ...], others: tuple[Line, ...]) -> tuple[Line, ...]:
    """`lines` without those that `others` has too, each as often as it stands there."""
    left = Counter(others)
    found = []
    for line in lines:
        if left[line]:
            left[line] -= 1
        else:
            found.append(line)
    return tuple(found)


def _named(name: str, element: int | None) -> str:
    return name if element is None else f"{name}[{element}]"


def _cited(because: str, cites: Iterable[str]) -> str:
    sections = ", ".join(cites)
    return f"{because} [{sections}]" if sections else because


def _due(due: Any, *, unknown: bool) -> str:
    return f"by {due}" if due is not None else "by a date that is not known" if unknown else "without a due date"
