"""A ruleset as it is written: the models that a document must fit, and that its JSON Schema is made from.

Keys are as in the language: ids in kebab-case, names that expressions read in snake_case. Whatever is left out has a
default, and a default never counts in a ruleset's version.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from engine.rulesets.deadline_documents import Deadline, Pause
from engine.rulesets.fact_documents import (
    DocumentPart,
    FactDeclaration,
    FactEntry,
    FactGroupDeclaration,
    FactListDeclaration,
)
from engine.rulesets.rule_documents import Action, Applies, Default, Expectation, Obligation, Result, Rule
from engine.rulesets.scalars import Cites, Day, Expression, Id, Name, Prose, Rows, RulesetId, exact

__all__ = [
    "Action",
    "Applies",
    "Authority",
    "Deadline",
    "Default",
    "Effective",
    "Expectation",
    "FactDeclaration",
    "FactEntry",
    "FactGroupDeclaration",
    "FactListDeclaration",
    "Interpretation",
    "NotDecided",
    "Obligation",
    "Parameter",
    "ParameterValue",
    "Pause",
    "Reference",
    "Result",
    "Rule",
    "Ruleset",
    "Section",
    "Table",
    "ValueEntry",
]

ScalarParameter = int | Decimal | bool | str | date
ParameterValue = ScalarParameter | tuple[ScalarParameter, ...]
"""What a parameter can be: a number, a string, `true` or `false`, a day, or a list of one of these."""


def _parameter_value(value: Any) -> ParameterValue:
    """A value as YAML has it, numbers without what they remember of how they were written."""
    match value:
        case list() | tuple() if value and not any(isinstance(item, list | tuple) for item in value):
            return tuple(_scalar(item) for item in value)
        case _:
            return _scalar(value)


def _scalar(value: Any) -> ScalarParameter:
    match value:
        case bool() | date():
            return value
        case str():
            return str(value)
        case int():
            return int(value)
        case Decimal():
            return exact(Decimal(value))
        case _:
            raise PydanticCustomError(
                "parameter", "A parameter is a number, text, `true` or `false`, a day, or a list of one of these."
            )


class Section(DocumentPart):
    """Where a section of the authority stands."""

    pages: Prose | None = None
    """Its page or pages."""
    title: Prose | None = None
    """What it is called."""


class Authority(DocumentPart):
    """The text that a ruleset encodes."""

    document: Prose
    """What it is called."""
    issued: Day | None = None
    """The day on which it was issued."""
    url: Prose | None = None
    """Where it can be read."""
    sections: dict[Prose, Section] = Field(default_factory=dict)
    """Its sections; when they are given, citations must name them or a part of them (`IX.A` of `IX`)."""


class Effective(DocumentPart):
    """When a ruleset is meant to be in force; publishing sets what is."""

    from_: Day = Field(alias="from")
    """The first day."""
    until: Day | None = None
    """The last day, included."""


class Parameter(DocumentPart):
    """A number (or text, day, list) that the policy sets, and may set anew from another day on."""

    cites: Cites = Cites()
    """The sections that it rests on."""
    means: Prose | None = None
    """What it is."""
    from_: Annotated[
        dict[
            Day,
            Annotated[
                ParameterValue,
                BeforeValidator(_parameter_value),
                WithJsonSchema({"type": ["number", "string", "boolean", "array"]}),
            ],
        ],
        Field(alias="from", min_length=1),
    ]
    """Its value from each day on; before the first day it has none."""


class ValueEntry(DocumentPart):
    """A named expression."""

    is_: Expression = Field(alias="is")
    """The expression."""
    means: Prose | None = None
    """What it is."""
    cites: Cites = Cites()
    """The sections that it rests on."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return value if isinstance(value, dict | ValueEntry) else {"is": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A value may also be written as the bare expression."""
        full = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [{"type": ["string", "number", "boolean"]}, full]}


Hit = Literal["unique", "first"]


class Table(DocumentPart):
    """A decision table. With an `outcome` among its outputs each row is a rule, else the table is a value."""

    cites: Cites = Cites()
    """The sections that its rows rest on."""
    means: Prose | None = None
    """What it says."""
    hit: Hit
    """`unique`: at most one row fits any case. `first`: the first row that fits."""
    inputs: Annotated[dict[Name, Expression], Field(min_length=1)]
    """The columns that are asked, each with its expression."""
    outputs: Annotated[dict[Name, Prose], Field(min_length=1)]
    """The columns that are answered, each with its type: a simple type, the path of a fact, or `outcome`."""
    because: Prose | None = None
    """The message of every row that has none of its own (only with an outcome)."""
    rows: Rows
    """The pipe table: columns `id`, the inputs, the outputs, and where wanted `cites` and `because`."""


class Reference(DocumentPart):
    """A fixed list of the policy."""

    cites: Cites = Cites()
    """The sections that it stands in."""
    means: Prose | None = None
    """What it lists."""
    columns: Annotated[dict[Name, Prose], Field(min_length=1)]
    """Its columns, each with its type: a simple type or the path of a fact."""
    rows: Rows
    """The pipe table."""


class Interpretation(DocumentPart):
    """A reading of the text where it allows more than one."""

    about: Prose
    """The rule, value or table that rests on it."""
    reading: Prose
    """How the text was read."""
    other: Prose
    """How else it could be read."""


class NotDecided(DocumentPart):
    """A provision that cannot be decided from facts."""

    cites: Cites
    what: Prose
    """What is left open."""
    who: Prose
    """Who decides it."""


class Ruleset(DocumentPart):
    """A ruleset: the facts it reads, its parameters, values and tables, its rules, and what they conclude."""

    ruleset: RulesetId
    """Its name: `district/name`."""
    title: Prose
    """What it is called."""
    question: Prose | None = None
    """The question that it answers."""
    authority: Authority | None = None
    """The text that it encodes."""
    effective: Effective | None = None
    """When it is meant to be in force."""
    time_zone: Prose | None = None
    """In which its days begin, an IANA name: `America/Los_Angeles`."""
    case: tuple[Prose, ...] = ()
    """What one case is: `[student, marking area, reporting period]`."""
    calendar: Prose | None = None
    """The calendar of cases that name none."""
    owner: Prose | None = None
    """Who answers for it."""
    review_by: Day | None = None
    """Until when it should be looked at again."""
    supersedes: Prose | None = None
    """What it replaces."""
    terms: dict[Prose, Prose] = Field(default_factory=dict)
    """Words of the policy, with what they mean."""

    facts: dict[Name, FactEntry] = Field(default_factory=dict)
    """What a case says, as a tree of groups, lists and facts."""
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    """What the policy sets and may change."""
    values: dict[Name, ValueEntry] = Field(default_factory=dict)
    """Named expressions."""
    tables: dict[Name, Table] = Field(default_factory=dict)
    """Decision tables."""
    reference: dict[Name, Reference] = Field(default_factory=dict)
    """Fixed lists of the policy."""
    deadlines: dict[Name, Deadline] = Field(default_factory=dict)
    """Until when what must be done."""
    results: dict[Name, Result] = Field(default_factory=dict)
    """What rules set beside the outcome."""
    actions: dict[Id, Action] = Field(default_factory=dict)
    """What rules oblige to."""

    outcomes: Annotated[tuple[Id, ...], Field(min_length=1)]
    """What can be concluded, strongest first."""
    default: Default | None = None
    """The outcome when no rule concludes one."""
    applies: Applies | None = None
    """Which cases it is about."""
    rules: dict[Id, Rule] = Field(default_factory=dict)
    """The rules."""
    expects: tuple[Expectation, ...] = ()
    """What must be consistent between facts."""
    interpretation: tuple[Interpretation, ...] = ()
    """How the text was read where it allows more than one reading."""
    not_decided: tuple[NotDecided, ...] = ()
    """Provisions that cannot be decided from facts."""
