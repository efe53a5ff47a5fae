"""The conformance cases: reading them, and whether a value is what a case expects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.feel import types as t
from engine.feel.decimals import read_number
from engine.feel.values import kind_of, parse_date, parse_date_time, parse_duration, parse_time, text

__all__ = ["Case", "load"]

FILE = Path(__file__).parents[2] / ".." / "shared" / "conformance" / "feel_tck.jsonl"
TOLERANCE = Decimal("1e-8")

_SCALARS = {
    type_.name: type_
    for type_ in (t.BOOLEAN, t.NUMBER, t.STRING, t.DATE, t.TIME, t.DATE_TIME, t.DAYS_DURATION, t.MONTHS_DURATION)
}


@dataclass(frozen=True, slots=True)
class Case:
    """One case: an expression with its inputs, and what it should give.

    Attributes:
        id: suite, case and node.
        suite: the suite it belongs to.
        core: whether it uses only what school policies need.
        expression: FEEL.
        inputs: the values of the names in it.
        scope: their types.
        expected: the value it should give.
        error_expected: whether it should fail, for which null is right.
        result_type: the declared type of the result, as the file has it; None when there is none.
    """

    id: str
    suite: str
    core: bool
    expression: str
    inputs: Mapping[str, Any]
    scope: Mapping[str, t.Type]
    expected: Any
    error_expected: bool
    result_type: Any

    @property
    def kind(self) -> str:
        """`value` when a value is expected, else `null`."""
        return "null" if self.expected is None else "value"

    def passes(self, value: Any) -> bool:
        """Whether `value` is what is expected, once it is coerced to the declared type."""
        actual = _coerced(value, self.result_type)
        return _agree(actual, self.expected) or (self.error_expected and actual is None)


def load() -> list[Case]:
    """All cases.

    Raises:
        FileNotFoundError: with what is missing, when the file is not there.
    """
    if not FILE.exists():
        message = f"the conformance cases are missing: {FILE} (they are not part of this project)"
        raise FileNotFoundError(message)
    return [_case(json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines()]


def _case(row: dict[str, Any]) -> Case:
    return Case(
        id=f"{row['suite']}/{row['case']}/{row['node']}",
        suite=row["suite"],
        core=row["core"],
        expression=row["expression"],
        inputs={name: _value(value) for name, value in row["inputs"].items()},
        scope={name: t.may_be_none(_type(row["input_types"].get(name))) for name in row["inputs"]},
        expected=_value(row["expected"]),
        error_expected=row["expected_error"],
        result_type=row["result_type"],
    )


def _value(tagged: dict[str, Any]) -> Any:
    kind: str = tagged["t"]
    value: Any = tagged.get("v")
    match kind:
        case "null" | "boolean" | "string":
            return value
        case "number":
            return read_number(value)
        case "list":
            return [_value(item) for item in value]
        case "context":
            return {name: _value(entry) for name, entry in value.items()}
        case _:
            read: Any = {"date": parse_date, "time": parse_time, "date and time": parse_date_time}
            return read.get(kind, parse_duration)(value)


def _type(declared: Any) -> t.Type:
    match declared:
        case {"list": element}:
            return t.ListType(_type(element))
        case {"context": entries}:
            return t.ContextType({name: _type(entry) for name, entry in entries.items()})
        case str() if declared in _SCALARS:
            return _SCALARS[declared]
        case _:
            return t.ANY


def _coerced(value: Any, declared: Any) -> Any:
    """A value of the declared type: of one item a list and back; null for what is of another type."""
    if value is None or declared is None:
        return value
    if _conforms(value, declared):
        return value
    if isinstance(value, list) and len(value) == 1 and _conforms(value[0], declared):
        return value[0]
    return [value] if _conforms([value], declared) else None


def _conforms(value: Any, declared: Any) -> bool:
    if value is None:
        return True
    match declared:
        case {"list": element}:
            return isinstance(value, list) and all(_conforms(item, element) for item in value)
        case {"context": entries}:
            return isinstance(value, dict) and all(
                name in value and _conforms(value[name], entry) for name, entry in entries.items()
            )
        case _:
            return kind_of(value) == str(declared)


def _agree(actual: Any, expected: Any) -> bool:
    kind = kind_of(expected)
    if kind_of(actual) != kind:
        return False
    match kind:
        case "number":
            return abs(Decimal(actual) - Decimal(expected)) <= TOLERANCE
        case "list":
            return len(actual) == len(expected) and all(map(_agree, actual, expected))
        case "context":
            return actual.keys() == expected.keys() and all(_agree(actual[name], expected[name]) for name in expected)
        case _:
            return text(actual) == text(expected)
