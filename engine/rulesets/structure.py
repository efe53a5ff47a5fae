"""Holds a document to its model: what does not fit becomes problems, and what does fit is kept for further checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.rulesets.findings import Findings, Path, did_you_mean
from engine.rulesets.yaml_source import Source

__all__ = ["Structured", "fit"]

Model = TypeVar("Model", bound=BaseModel)

_COMMA = "Within `{ }` and `[ ]` a comma ends a text; put a text or an expression with a comma in quotes."
_BEYOND_A_NAME = re.compile(r"[^\w.-]|^-")
"""What no key has that was meant as one: it is what came after a comma."""

_CODES: Mapping[str, tuple[str, str]] = {
    "tuple_type": ("not-a-list", "A list is expected here: `[one, two]`."),
    "dict_type": ("not-a-mapping", "Keys and values are expected here: `key: value`."),
    "model_type": ("not-a-mapping", "Keys and values are expected here: `key: value`."),
    "model_attributes_type": ("not-a-mapping", "Keys and values are expected here: `key: value`."),
    "too_short": ("empty-value", "At least one is needed here."),
    "int_type": ("not-a-number", "A whole number is expected here."),
    "int_parsing": ("not-a-number", "A whole number is expected here."),
    "text": ("not-text", ""),
    "pattern": ("bad-name", ""),
    "date": ("bad-date", ""),
    "number": ("not-a-number", ""),
    "boolean": ("not-a-boolean", ""),
    "parameter": ("bad-parameter", ""),
}


@dataclass(frozen=True, slots=True)
class Structured(Generic[Model]):
    """What fits the model.

    Attributes:
        document: the document, without the parts that do not fit.
        broken: the paths (one or two keys long) of parts that were left out or changed; what refers to them cannot be
            judged.
    """

    document: Model
    broken: frozenset[Path]


def fit(
    source: Source, model: type[Model], findings: Findings, *, placeholders: Mapping[str, Any], nulls: bool = False
) -> Structured[Model] | None:
    """The document of `source` as a `model`; None when too little of it fits to go on.

    `placeholders` stand for required parts that are missing, so that the rest can still be checked. Unless `nulls`, a
    key without a value is a problem.
    """
    if not isinstance(source.data, dict):
        message = "The document is empty." if source.data is None else "A document is made of keys and values."
        findings.error(source.value(()), (), "not-a-mapping", message, f"Begin with `{next(iter(placeholders))}: …`.")
        return None
    broken: set[Path] = set()
    data = source.data if nulls else _without_empty(source, findings, broken)
    reported = False
    for _ in range(4):
        try:
            return Structured(model.model_validate(data), frozenset(broken))
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=True)
        for detail in details:
            path, on_key = _path(detail)
            if not reported and path not in broken:
                _report(source, model, detail, path, findings, on_key=on_key)
            data = _pruned(data, detail, path, placeholders, broken)
        reported = True
    return None


def _without_empty(source: Source, findings: Findings, broken: set[Path]) -> Any:
    def pruned(value: Any, path: Path) -> Any:
        match value:
            case dict():
                kept = {}
                for key, entry in value.items():
                    inner = (*path, key)
                    if entry is None:
                        message = f"Nothing is written after `{key[:60]}:`."
                        remedy = _COMMA if _BEYOND_A_NAME.search(key) else "Fill it in or leave it out."
                        findings.error(source.key(inner), inner, "empty-value", message, remedy)
                        broken.update((inner, inner[:2]))
                    else:
                        kept[key] = pruned(entry, inner)
                return kept
            case list():
                return [pruned(entry, (*path, index)) for index, entry in enumerate(value)]
            case _:
                return value

    return pruned(source.data, ())


def _path(detail: ErrorDetails) -> tuple[Path, bool]:
    """Where in the document an error of pydantic's is, and whether it is about the key itself."""
    parts = tuple(
        part for part in detail["loc"] if not (isinstance(part, str) and part[:1] == "<" and part[-1:] == ">")
    )
    if parts and parts[-1] == "[key]":
        return parts[:-1], True
    return parts, False


def _report(
    source: Source,
    model: type[BaseModel],
    detail: ErrorDetails,
    path: Path,
    findings: Findings,
    *,
    on_key: bool,
) -> None:
    kind = detail["type"]
    context = detail.get("ctx") or {}
    match kind:
        case "extra_forbidden":
            known = _known_keys(model, path[:-1])
            remedy = did_you_mean(str(path[-1]), known) or f"Known here: {', '.join(sorted(known))}."
            name = str(path[-1])[:60]
            findings.error(source.key(path), path, "unknown-key", f"`{name}` is not a key that is known here.", remedy)
        case "missing":
            findings.error(source.key(path[:-1]), path, "missing-key", f"`{path[-1]}` is missing here.")
        case "literal_error":
            words = _words(str(context.get("expected", "")))
            message = f"One of these is expected here: {', '.join(words)}."
            remedy = did_you_mean(str(detail["input"]), words)
            findings.error(source.value(path), path, "unknown-word", message, remedy)
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            message = f"The number is {'smaller' if 'ge' in context else 'larger'} than {bound}."
            findings.error(source.value(path), path, "out-of-range", message)
        case _:
            code, message = _CODES.get(kind, ("not-valid", ""))
            place = source.key(path) if on_key else source.value(path)
            findings.error(place, path, code, message or detail["msg"])


def _words(expected: str) -> list[str]:
    return [word.strip(" '") for part in expected.split(" or ") for word in part.split(",")]


def _pruned(data: Any, detail: ErrorDetails, path: Path, placeholders: Mapping[str, Any], broken: set[Path]) -> Any:
    """The data without what the error is about: a key that is not known, else the whole named part around it."""
    broken.add(path[:2])
    if detail["type"] == "extra_forbidden":
        return _without(data, path)
    if detail["type"] == "missing":
        if len(path) == 1:
            return {**data, path[0]: placeholders[str(path[0])]}
        path = path[:-1]
    if len(path) > 1 and isinstance(path[1], str) and isinstance(data.get(path[0]), dict):
        return _without(data, path[:2])
    broken.add(path[:1])
    rest = _without(data, path[:1])
    return {**rest, path[0]: placeholders[str(path[0])]} if path[0] in placeholders else rest


def _without(data: Any, path: Path) -> Any:
    if not path:
        return data
    key, rest = path[0], path[1:]
    if isinstance(data, dict):
        if not rest:
            return {name: entry for name, entry in data.items() if name != key}
        return {name: _without(entry, rest) if name == key else entry for name, entry in data.items()}
    if isinstance(data, list) and isinstance(key, int) and rest:
        return [_without(entry, rest) if index == key else entry for index, entry in enumerate(data)]
    return data


@cache
def _schema(model: type[BaseModel]) -> Mapping[str, Any]:
    return model.model_json_schema(by_alias=True)


def _known_keys(model: type[BaseModel], path: Path) -> frozenset[str]:
    """The keys that the mapping at `path` may have."""
    schema = _schema(model)
    level = [schema]
    for part in path:
        level = [inner for outer in level for inner in _inner(schema, outer, part)]
    return frozenset(key for part in level for one in _resolved(schema, part) for key in one.get("properties", {}))


def _resolved(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "$ref" in part:
        yield from _resolved(schema, schema["$defs"][part["$ref"].rpartition("/")[2]])
        return
    for alternative in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        yield from _resolved(schema, alternative)
    yield part


def _inner(schema: Mapping[str, Any], part: Mapping[str, Any], key: str | int) -> Iterator[Mapping[str, Any]]:
    for one in _resolved(schema, part):
        if isinstance(key, int):
            found = one.get("items")
        else:
            patterns = one.get("patternProperties", {})
            found = one.get("properties", {}).get(key) or next(iter(patterns.values()), one.get("additionalProperties"))
        if isinstance(found, dict):
            yield found
