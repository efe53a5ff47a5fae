"""What single values of a document are: text as it was written, expressions, citations, ids, names, days, numbers."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

__all__ = [
    "KEBAB",
    "SNAKE",
    "Choice",
    "Cites",
    "Day",
    "Expression",
    "Flag",
    "Id",
    "Name",
    "Number",
    "PlainText",
    "Prose",
    "Rows",
    "RuleReference",
    "RulesetId",
    "WrittenDecimal",
    "WrittenInteger",
    "as_written",
    "decimals",
    "exact",
]

KEBAB = "[a-z0-9]+(?:-[a-z0-9]+)*"
SNAKE = "[a-z][a-z0-9]*(?:_[a-z0-9]+)*"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SCALAR_TYPES = ["string", "number", "boolean"]


class WrittenInteger(int):
    """A whole number that remembers how it was written (`007`)."""

    written: str

    @classmethod
    def of(cls, written: str) -> Self:
        """The number that `written` says."""
        number = cls(written)
        number.written = written
        return number


class WrittenDecimal(Decimal):
    """A number with decimals that remembers how it was written (`1.10`)."""

    written: str

    @classmethod
    def of(cls, written: str) -> Self:
        """The number that `written` says."""
        number = cls(written)
        number.written = written
        return number


def exact(number: Decimal) -> int | Decimal:
    """The same number without zeros at its end: an integer when it is whole. Never rounds."""
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise TypeError("a number of a document is finite")
    while exponent < 0 and digits and digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    return Decimal((sign, digits, exponent)) if exponent < 0 and digits else int(number)


def decimals(number: int | Decimal) -> int:
    """How many decimals the number has when it is written without zeros at its end."""
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return -exponent if isinstance(exponent, int) else 0


def as_written(value: Any) -> str | None:
    """The text of a single value of a document as it stands there; None for lists, mappings and nothing."""
    match value:
        case str():
            return value
        case WrittenInteger() | WrittenDecimal():
            return value.written
        case bool():
            return "true" if value else "false"
        case int() | Decimal() | float():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return None


def _text(value: Any) -> str:
    written = as_written(value)
    if written is None:
        raise PydanticCustomError("text", "Text is expected here.")
    return written


class PlainText(str):
    """Text kept exactly; the base of the kinds of text below, which differ in what white space means."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accepts every single value, as the text that was written."""
        return core_schema.no_info_plain_validator_function(cls._read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Editors see what YAML makes of it before the model reads it as text."""
        return {"type": _SCALAR_TYPES}

    @classmethod
    def _read(cls, value: Any) -> Self:
        return cls(_text(value))


class Choice(PlainText):
    """One of the strings that a fact or result can be; exactly as written."""

    __slots__ = ()


class Prose(PlainText):
    """Text for people; a stretch of white space reads as one space."""

    __slots__ = ()

    @classmethod
    def _read(cls, value: Any) -> Self:
        return cls(" ".join(_text(value).split()))


class Cites(Prose):
    """Sections of the authority, separated by `,` or `;`."""

    __slots__ = ()

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections one by one, in the order written."""
        return tuple(section for part in re.split("[,;]", self) if (section := part.strip()))


class Expression(PlainText):
    """A FEEL expression."""

    __slots__ = ()


class Rows(PlainText):
    """A pipe table: a line of column names, then a line per row, cells separated by `|`."""

    __slots__ = ()


MOST_CHARACTERS: Final = 200
"""Characters that a name or id may have; the tables of the decision log have columns of that width."""


def _matching(pattern: str, what: str, most: int = MOST_CHARACTERS) -> BeforeValidator:
    compiled = re.compile(pattern)

    def check(value: Any) -> str:
        text = _text(value)
        if len(text) > most:
            raise PydanticCustomError("pattern", "A name has at most {most} characters.", {"most": most})
        if compiled.fullmatch(text) is None:
            raise PydanticCustomError("pattern", "{what}", {"what": what})
        return text

    return BeforeValidator(check)


def _pattern_schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": _limited(pattern)})


def _limited(pattern: str) -> str:
    """The pattern of a JSON Schema, which has no length for keys."""
    return f"^(?!.{{{MOST_CHARACTERS + 1}}}){pattern}$"


Id = Annotated[
    str,
    _matching(KEBAB, "An id is lower-case words joined by hyphens: `too-few-days`."),
    WithJsonSchema({"type": ["string", "integer"], "pattern": _limited(KEBAB)}),
]
"""A `kebab-case` id of a rule, outcome or action."""

Name = Annotated[
    str,
    _matching(SNAKE, "A name is lower-case words joined by underscores, a letter first: `grade_level`."),
    _pattern_schema(SNAKE),
]
"""A `snake_case` name that expressions read."""

_RULESET = f"{KEBAB}/{KEBAB}"
RulesetId = Annotated[
    str,
    _matching(_RULESET, "A ruleset is named by its district and its own name: `lausd/grade-marking`."),
    _pattern_schema(_RULESET),
]
"""`district/name`."""

_RULE = f"(?:(?:{_RULESET}#)?{KEBAB}|{SNAKE}/{KEBAB})"
RuleReference = Annotated[
    str,
    _matching(
        _RULE, "A rule is named by its id (`too-few-days`), a table's row by `table/row`.", 2 * MOST_CHARACTERS + 1
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{_RULE}$"}),
]
"""A rule's id, `table/row`, or `district/name#rule` for a rule of another ruleset."""


def _day(value: Any) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("date", "There is no such day in the calendar.") from None
    raise PydanticCustomError("date", "A day is written as year, month and day: 2018-08-03.")


Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"})
]
"""A day, ISO 8601."""


def _number(value: Any) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise PydanticCustomError("number", "A number is expected here.")


Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
"""A number, read as a decimal."""


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise PydanticCustomError("boolean", "Either `true` or `false` is expected here.")


Flag = Annotated[bool, BeforeValidator(_flag)]
"""`true` or `false`."""
