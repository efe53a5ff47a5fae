"""How facts are declared in a document: a tree of facts, lists and groups. (`facts.py` has what they come to.)"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, GetJsonSchemaHandler, Tag, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from engine.rulesets.facts import FactKind
from engine.rulesets.scalars import Choice, Flag, Name, Number, Prose

__all__ = ["Choices", "DocumentPart", "FactDeclaration", "FactEntry", "FactGroupDeclaration", "FactListDeclaration"]


class DocumentPart(BaseModel):
    """What every mapping of a document has in common: no key but the declared ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, use_attribute_docstrings=True)


def _choices_tag(value: Any) -> str:
    return "<list>" if isinstance(value, list | tuple) else "<reference>"


Choices = Annotated[
    Annotated[tuple[Choice, ...], Field(min_length=1), Tag("<list>")] | Annotated[Choice, Tag("<reference>")],
    Discriminator(_choices_tag),
]
"""The strings themselves, or `reference.column`: the strings of that column, in its order."""


class FactDeclaration(DocumentPart):
    """A single fact."""

    type: FactKind | None = None
    """How it is written. An `event` is the day on which something happened; one after `as_of` has not happened yet."""
    like: Prose | None = None
    """The path of another fact (`marks.score`), of which everything is taken that is not said here."""
    one_of: Choices | None = None
    """The strings that it can be, or a column of a reference list that has them (`report_areas.area`)."""
    ordered: Flag | None = None
    """Whether the strings of `one_of` stand in their order, so that `<` compares them."""
    places: Annotated[int, Field(strict=True, ge=0, le=18)] | None = None
    """For a decimal: how many decimals it may have."""
    at_least: Number | None = None
    """The smallest number that it can be."""
    at_most: Number | None = None
    """The largest number that it can be."""
    none: Prose | None = None
    """What null means: only a fact that says so can be none."""
    means: Prose | None = None
    """The question to ask a person."""
    judged_by: Prose | None = None
    """Who judges it, when it is a judgment."""
    considers: tuple[Prose, ...] = ()
    """What they must consider."""
    deprecated: Prose | None = None
    """Why it is no longer read: it is accepted and checked, and no expression may use it."""


class FactListDeclaration(DocumentPart):
    """A list of facts or of groups of facts."""

    list_of: FactEntry
    """What each item is: a fact, or a group of entries."""
    means: Prose | None = None
    """What the list holds."""
    unique_by: tuple[Name, ...] = ()
    """Entries which together are different in every item."""
    sorted_by: Name | None = None
    """The entry by which expressions see the items sorted, smallest first."""
    deprecated: Prose | None = None
    """Why it is no longer read."""


class FactGroupDeclaration(DocumentPart):
    """A group: names of facts, lists and groups."""

    means: Prose | None = None
    entries: dict[Name, FactEntry] = Field(alias="<entries>")

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "<entries>" in value:
            return value
        entries = dict(value)
        means = {"means": entries.pop("means")} if isinstance(entries.get("means"), str) else {}
        return {**means, "<entries>": entries}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """In a document the entries stand beside `means`, not under a key of their own."""
        entries = handler.resolve_ref_schema(handler(schema))["properties"]["<entries>"]
        pattern, entry = next(iter(entries["patternProperties"].items()))
        return {
            "title": "Group",
            "description": cls.__doc__,
            "type": "object",
            "properties": {"means": {"anyOf": [{"type": "string"}, entry]}},
            "propertyNames": {"pattern": pattern},
            "additionalProperties": entry,
            "not": {"anyOf": [{"required": ["list_of"]}, _text_at("type"), _text_at("like")]},
        }


def _text_at(key: str) -> JsonSchemaValue:
    return {"required": [key], "properties": {key: {"type": "string"}}}


def _entry_tag(value: Any) -> str:
    """What a part of the tree of facts is, by its keys; one that holds plain values only is a (wrong) fact."""
    if isinstance(value, FactListDeclaration) or (isinstance(value, dict) and "list_of" in value):
        return "<list>"
    if isinstance(value, FactGroupDeclaration):
        return "<group>"
    if not isinstance(value, dict):
        return "<fact>"
    if isinstance(value.get("type"), str) or isinstance(value.get("like"), str):
        return "<fact>"
    inner = [isinstance(entry, dict) for key, entry in value.items() if key != "means"]
    return "<fact>" if value and not any(inner) else "<group>"


FactEntry = Annotated[
    Annotated[FactDeclaration, Tag("<fact>")]
    | Annotated[FactListDeclaration, Tag("<list>")]
    | Annotated[FactGroupDeclaration, Tag("<group>")],
    Discriminator(_entry_tag),
]

FactListDeclaration.model_rebuild()
FactGroupDeclaration.model_rebuild()
