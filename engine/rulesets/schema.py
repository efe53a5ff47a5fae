"""JSON Schemas (2020-12): of documents, for editors; of a ruleset's facts and results, to generate clients from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel

from engine.cases.records import LARGEST_DECIMAL, LARGEST_INTEGER, MAX_ITEMS_OF_LIST
from engine.feel.types import ListType, ScalarType, Type
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.documents import Ruleset
from engine.rulesets.facts import Fact, FactGroup, FactKind, FactList, FactNode
from engine.rulesets.scalars import exact

__all__ = ["DIALECT", "document_schema", "facts_schema", "results_schema", "ruleset_schema"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_DECIMAL_TEXT: Final = r"^-?[0-9]+(\.[0-9]+)?$"

_KINDS: Final[Mapping[FactKind, Mapping[str, Any]]] = MappingProxyType(
    {
        "string": {"type": "string"},
        "integer": {"type": "integer"},
        "decimal": {"type": ["number", "string"]},
        "boolean": {"type": "boolean"},
        "date": {"type": "string", "format": "date"},
        "event": {"type": "string", "format": "date"},
        "date-time": {"type": "string"},  # a zone may be left out, which the format `date-time` does not allow
        "days-duration": {"type": "string", "format": "duration"},
        "months-duration": {"type": "string", "format": "duration"},
    }
)


def ruleset_schema() -> dict[str, Any]:
    """The JSON Schema of a ruleset document, for editors that complete and check YAML by one.

    What only the checks of a whole document can say (names, types of expressions, circles) is not in it.
    """
    return document_schema(Ruleset)


def document_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a document that is to fit `model`."""
    return {"$schema": DIALECT, **_closed(model.model_json_schema(by_alias=True))}


def _closed(schema: Any) -> Any:
    """The same schema, in which a mapping whose keys follow a pattern has no others."""
    match schema:
        case dict():
            inner = {key: _closed(value) for key, value in schema.items()}
            return {**inner, "additionalProperties": False} if "patternProperties" in schema else inner
        case list():
            return [_closed(value) for value in schema]
        case _:
            return schema


def facts_schema(checked: CheckedRuleset) -> dict[str, Any]:
    """The JSON Schema of the facts of a case.

    Nothing is required: what is left out is unknown. Null is in it where the fact declares what none means; anywhere
    else it would only say that the fact is left out.
    """
    return {"$schema": DIALECT, "title": f"Facts of {checked.document.ruleset}", **_node(checked.facts)}


def results_schema(checked: CheckedRuleset) -> dict[str, Any]:
    """The JSON Schema of the results of a decision. Nothing is required: what no rule sets is left out."""
    properties = {
        name: {**_result(checked.result_types[name]), **_described(str(result.means or ""))}
        for name, result in checked.results.items()
    }
    return {
        "$schema": DIALECT,
        "title": f"Results of {checked.document.ruleset}",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _node(node: FactNode) -> dict[str, Any]:
    match node:
        case FactGroup():
            properties = {name: _node(entry) for name, entry in node.entries.items()}
            schema = {"type": "object", "properties": properties, "additionalProperties": False}
            return {**schema, **_described(node.means)}
        case FactList():
            schema = {"type": "array", "items": _node(node.element), "maxItems": MAX_ITEMS_OF_LIST}
            return {**schema, **_described(node.means), **_deprecated(node.deprecated)}
        case Fact():
            return _fact(node)


def _fact(fact: Fact) -> dict[str, Any]:
    schema = dict(_KINDS[fact.kind])
    if fact.choices:
        schema["enum"] = list(fact.choices)
    if fact.kind == "integer":
        schema["minimum"] = _number(fact.at_least, -LARGEST_INTEGER)
        schema["maximum"] = _number(fact.at_most, LARGEST_INTEGER)
    if fact.kind == "decimal":
        schema |= _decimal(fact)
    if fact.none is not None:
        types = schema["type"]
        schema["type"] = [*(types if isinstance(types, list) else [types]), "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return {**schema, **_described(_words(fact)), **_deprecated(fact.deprecated)}


def _decimal(fact: Fact) -> dict[str, Any]:
    """A number, or the same as a string, which is exact in every language."""
    low = {"exclusiveMinimum": -int(LARGEST_DECIMAL)} if fact.at_least is None else {"minimum": _number(fact.at_least)}
    high = {"exclusiveMaximum": int(LARGEST_DECIMAL)} if fact.at_most is None else {"maximum": _number(fact.at_most)}
    return {"pattern": _DECIMAL_TEXT, **low, **high}


def _number(bound: Decimal | None, otherwise: int = 0) -> int | float:
    if bound is None:
        return otherwise
    number = exact(bound)
    return number if isinstance(number, int) else float(number)


def _words(fact: Fact) -> str:
    """The question, with what a person who answers it must know."""
    ends = {
        "Null:": fact.none or "",
        "Judged by": fact.judged_by,
        "Considering:": "; ".join(fact.considers),
        "Decimals:": "" if fact.places is None else f"at most {fact.places}",
        "Deprecated:": fact.deprecated,
    }
    order = "In this order, lowest first." if fact.ordered else ""
    said = (fact.means, order, *(f"{what} {words}." for what, words in ends.items() if words))
    return " ".join(part for part in said if part)


def _result(type_: Type) -> dict[str, Any]:
    match type_:
        case ListType(element=element):
            return {"type": "array", "items": _result(element)}
        case ScalarType(name="number"):
            return {"type": "integer" if type_.integer else "number"}
        case ScalarType(name="date"):
            return {"type": "string", "format": "date"}
        case ScalarType(name="string", choices=choices) if choices:
            return {"type": "string", "enum": list(choices)}
        case ScalarType(name=name):
            return {"type": name}
        case _:
            raise TypeError(f"a result cannot be {type_}")


def _described(text: str) -> dict[str, Any]:
    return {"description": text} if text else {}


def _deprecated(why: str) -> dict[str, Any]:
    return {"deprecated": True} if why else {}
