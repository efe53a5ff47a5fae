"""JSON Schemas (draft 2020-12) of the facts that a ruleset reads and the results that it sets: to generate clients."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from engine.cases.records import LARGEST_DECIMAL, LARGEST_INTEGER, MAX_ITEMS_OF_LIST
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.documents import Result
from engine.rulesets.facts import Fact, FactGroup, FactKind, FactList, FactNode

__all__ = ["facts_schema", "results_schema"]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

_DECIMAL_TEXT: Final = r"^-?[0-9]+(\.[0-9]+)?$"

_KINDS: Final[Mapping[FactKind, Mapping[str, Any]]] = MappingProxyType(
    {
        "string": {"type": "string"},
        "integer": {"type": "integer"},
        "decimal": {"type": ["number", "string"]},
        "boolean": {"type": "boolean"},
        "date": {"type": "string", "format": "date"},
        "event": {"type": "string", "format": "date"},
        "date-time": {"type": "string", "format": "date-time"},
        "days-duration": {"type": "string", "format": "duration"},
        "months-duration": {"type": "string", "format": "duration"},
    }
)

_RESULTS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "string": {"type": "string"},
        "integer": {"type": "integer"},
        "decimal": {"type": "number"},
        "boolean": {"type": "boolean"},
        "date": {"type": "string", "format": "date"},
    }
)


def facts_schema(checked: CheckedRuleset) -> dict[str, Any]:
    """What `Case.facts_json` may hold. Nothing in it is required: what is left out is unknown.

    Null is accepted everywhere; where a fact says what none means it stands for that, elsewhere for "left out".
    """
    schema = _node(checked.facts)
    schema["type"] = "object"
    return {"$schema": _DRAFT, "title": f"Facts of {checked.document.title}", **schema}


def results_schema(checked: CheckedRuleset) -> dict[str, Any]:
    """What `Decision.results_json` may hold. Nothing in it is required: a result that no rule sets is left out."""
    return {
        "$schema": _DRAFT,
        "title": f"Results of {checked.document.title}",
        "type": "object",
        "properties": {str(name): _result(result) for name, result in checked.results.items()},
        "additionalProperties": False,
    }


def _node(node: FactNode) -> dict[str, Any]:
    match node:
        case FactGroup():
            properties = {name: _node(entry) for name, entry in node.entries.items()}
            schema = {"type": ["object", "null"], "properties": properties, "additionalProperties": False}
            return schema | _described(node.means)
        case FactList():
            schema = {"type": ["array", "null"], "items": _node(node.element), "maxItems": MAX_ITEMS_OF_LIST}
            return schema | _described(node.means) | ({"deprecated": True} if node.deprecated else {})
        case Fact():
            return _fact(node)


def _fact(fact: Fact) -> dict[str, Any]:
    schema = dict(_KINDS[fact.kind])
    types = schema["type"]
    schema["type"] = [*types, "null"] if isinstance(types, list) else [types, "null"]
    if fact.choices:
        schema["enum"] = [*fact.choices, None]
    if fact.kind == "integer":
        schema["minimum"] = -LARGEST_INTEGER if fact.at_least is None else _number(fact.at_least)
        schema["maximum"] = LARGEST_INTEGER if fact.at_most is None else _number(fact.at_most)
    if fact.kind == "decimal":
        schema |= _decimal(fact)
    none = f"null: {fact.none}." if fact.none else ""
    schema |= _described(" ".join(filter(None, (fact.means, none))))
    return schema | ({"deprecated": True} if fact.deprecated else {})


def _decimal(fact: Fact) -> dict[str, Any]:
    """A number, or the same as a string; how many decimals it may have can be said of the string only."""
    low: dict[str, Any] = {"exclusiveMinimum": -int(LARGEST_DECIMAL)}
    high: dict[str, Any] = {"exclusiveMaximum": int(LARGEST_DECIMAL)}
    if fact.at_least is not None:
        low = {"minimum": _number(fact.at_least)}
    if fact.at_most is not None:
        high = {"maximum": _number(fact.at_most)}
    return low | high | {"pattern": _DECIMAL_TEXT}


def _number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _result(result: Result) -> dict[str, Any]:
    item = dict(_RESULTS[result.type or result.list_of or "string"])
    if result.one_of:
        item["enum"] = [str(choice) for choice in result.one_of]
    schema = {"type": "array", "items": item} if result.list_of or result.merge == "union" else item
    return schema | _described(result.means or "")


def _described(text: str) -> dict[str, Any]:
    return {"description": str(text)} if text else {}
