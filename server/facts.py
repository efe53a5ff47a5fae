"""Facts as they are sent: a `google.protobuf.Struct` to plain Python, and how deeply JSON text is nested."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value

from engine.errors import Violation
from server.errors import RefusalError, too_large

__all__ = ["check_nesting", "plain_facts"]

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]')


def check_nesting(text: str, most_levels: int) -> None:
    """Passes where the JSON text has at most `most_levels` levels of objects and lists.

    Text that is not as declared is looked at, to say so if this is why; other text need not be, since what a ruleset
    declares has an end.

    Raises:
        RefusalError: TOO_LARGE.
    """
    if text.count("[") + text.count("{") <= most_levels:
        return
    level = 0
    for found in _BRACKETS.finditer(text):
        bracket = found[0]
        if bracket in "[{":
            level += 1
            if level > most_levels:
                raise _too_deep(most_levels)
        elif bracket in "]}":
            level -= 1


def plain_facts(facts: Struct, most_levels: int) -> dict[str, Any]:
    """The facts of a Struct as dictionaries, lists, strings, booleans, None, and numbers.

    Written by hand, since json_format takes half as long again and gives floats. A Struct's numbers are doubles: a
    whole one becomes an int, any other the Decimal of the shortest text that gives the double back (0.1 is 0.1).

    Raises:
        RefusalError: TOO_LARGE for more than `most_levels` levels of objects and lists; FACT_INVALID for a value that
            is none of the kinds of JSON.
    """
    return _object(facts.fields, most_levels, most_levels)


def _object(fields: Mapping[str, Value], levels: int, most_levels: int) -> dict[str, Any]:
    if not levels:
        raise _too_deep(most_levels)
    return {name: _plain(value, levels - 1, most_levels) for name, value in fields.items()}


def _plain(value: Value, levels: int, most_levels: int) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else Decimal(repr(number))
    if kind == "bool_value":
        return value.bool_value
    if kind == "struct_value":
        return _object(value.struct_value.fields, levels, most_levels)
    if kind == "list_value":
        if not levels:
            raise _too_deep(most_levels)
        return [_plain(item, levels - 1, most_levels) for item in value.list_value.values]
    if kind == "null_value":
        return None
    violation = Violation("facts", "a value of one of the kinds", "A google.protobuf.Value has no kind set.")
    raise RefusalError("FACT_INVALID", "The facts are not what the ruleset declares.", (violation,))


def _too_deep(most_levels: int) -> RefusalError:
    return too_large("nesting", most_levels, None, "The facts are nested too deeply.", "facts")
